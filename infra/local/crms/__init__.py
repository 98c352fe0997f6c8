"""Stand-in CRMs: the parts of the vendors' HTTP APIs that Accolade uses, in memory, for tests and the demo."""
