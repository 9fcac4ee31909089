"""Frozen values of an election: parties, places, stations, protocols. Standard library only."""
