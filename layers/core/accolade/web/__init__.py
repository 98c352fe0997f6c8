"""Pages and their routes."""
