"""Programs: documents, conditions, periods and compiled rules."""
