"""What the trade commands do once their arguments are known."""
