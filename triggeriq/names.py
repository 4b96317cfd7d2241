"""What a source and a connection of one may be called, and what a provider's address looks like."""

NAME = "[a-z0-9_-]{1,64}"
"""A regular expression for the whole name, which is used unchanged in addresses, keys and metrics."""
BASE_ADDRESS = r"^https?://[^\s?#@]{1,400}$"
"""What the address of a provider's API looks like in a setting, as a `pattern`: without a query and without a
user."""
