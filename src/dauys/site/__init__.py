"""The public site, rendered from the data of a result."""
