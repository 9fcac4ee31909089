"""Typed face of the Rust core."""
