"""What a source, and a connection of one, may be called."""

NAME = "[a-z0-9_-]{1,64}"
"""A regular expression for the whole name, which is used unchanged in addresses, keys and metrics."""
