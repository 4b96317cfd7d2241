"""Keeps the system running: health, jobs, dead letters, plugins that fail."""
