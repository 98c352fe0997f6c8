"""The vocabulary of the house. Imports nothing of ours but itself, and no I/O."""
