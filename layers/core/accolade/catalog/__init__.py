"""Items that points are spent on, and the states of a redemption."""
