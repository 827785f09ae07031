"""The fiftyx command, one file a command."""
