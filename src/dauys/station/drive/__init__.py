"""Simulated voters and members, who use the real pages: for load, demo and drills."""
