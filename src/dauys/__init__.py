"""Dauys: run a whole parliamentary election so that anyone can check it."""

__version__ = "0.1.0"
