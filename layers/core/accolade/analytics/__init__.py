"""Folds over entries."""
