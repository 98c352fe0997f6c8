"""Accolade: CRM facts become rewards, exactly once."""
