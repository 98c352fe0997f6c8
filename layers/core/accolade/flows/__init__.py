"""Use cases, one file a verb: load, decide, commit."""
