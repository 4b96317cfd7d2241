"""Keeps the system well: health, dead letters, plugins that fail."""
