"""Writes docs/sources/: a page for each source in plugins/, made of the plugin and its golden requests."""
