"""From station protocols to the house."""
