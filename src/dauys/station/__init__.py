"""The polling station: one laptop for the desk and the booths, through power cuts, without a network."""
