"""The `accolade` command."""
