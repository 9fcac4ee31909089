"""Synthetic elections from a seed."""
