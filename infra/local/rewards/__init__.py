"""A stand-in provider of rewards for the local cloud and for tests."""
