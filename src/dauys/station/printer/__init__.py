"""Printers of a polling station: driven directly, without a spooler; simulated ones for tests and drills."""
