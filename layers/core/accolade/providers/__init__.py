"""Reward providers: one folder each; the port comes with redemption."""
