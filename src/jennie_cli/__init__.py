"""jennie finds, judges and trades Korean stocks for one person with one account."""
