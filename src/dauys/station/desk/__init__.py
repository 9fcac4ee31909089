"""The check-in desk: who voted, by which channel, and nothing of what or with which card."""
