"""The pages of a polling station: one process serves desk and booths, and asks no other network."""
