"""The back-test: a history replayed through the same `decide` as production, on states in a temporary SQLite file."""
