"""The JSON API: the same flows as the pages, for programs of others."""
