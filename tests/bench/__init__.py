"""Budgets of performance, each measured side by side with its reference in one run. Slowness is shown, never failed on."""
