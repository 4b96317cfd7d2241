"""Plugins: found, loaded and called, each on its own, so that one that fails loses its own part only."""

from chalicelib.registry.discovery import Found, discover
from chalicelib.registry.registry import Plugin, Registry

__all__ = ["Found", "Plugin", "Registry", "discover"]
