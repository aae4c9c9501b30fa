"""One module per command family: parse, call the engine, print."""
