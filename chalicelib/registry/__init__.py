"""Plugins: each is found, loaded and called on its own, so that one that fails affects only its own part."""

from chalicelib.registry.discovery import Found, discover
from chalicelib.registry.loading import Plugin
from chalicelib.registry.registry import Registry

__all__ = ["Found", "Plugin", "Registry", "discover"]
