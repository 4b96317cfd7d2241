"""What stops the packaging."""

from __future__ import annotations


class PackageError(Exception):
    """There is no package; the message says which part failed and what to do, whole."""
