"""Sentences for people, in Kazakh, Russian and English."""
