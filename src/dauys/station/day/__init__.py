"""The members' side of a station: the day step by step, what went wrong, the count, the protocols."""
