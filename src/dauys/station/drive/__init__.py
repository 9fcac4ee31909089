"""Simulated voters: they use the real pages of a station at its address, and measure how long they wait."""
