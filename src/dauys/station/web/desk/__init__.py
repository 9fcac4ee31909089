"""Pages of the check-in desk."""
