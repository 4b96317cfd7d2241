"""What a source, and a connection of one, may be called."""

NAME = "[a-z0-9_-]{1,64}"
"""A regular expression of the whole name: it stands in addresses, keys and metrics as it is."""
