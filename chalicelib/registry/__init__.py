"""Plugins: each is found, loaded and called on its own, so that one that fails affects only its own part."""

from chalicelib.registry.discovery import Found, discover
from chalicelib.registry.registry import Plugin, Registry

__all__ = ["Found", "Plugin", "Registry", "discover"]
