"""Account names, and what a change of an award does to a wallet."""
