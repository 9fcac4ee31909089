"""Pages of the members of the commission."""
