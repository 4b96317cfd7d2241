"""A subscriber's address as it may be shown: it may hold what is secret."""

from __future__ import annotations

from urllib.parse import urlsplit

from chalicelib.domain.delivery.subscription import Format


def shown(url: str, format: Format) -> str:
    """Scheme, host and path, without a query. Of a chat's address the path too is left out: whoever knows it
    may post."""
    return origin(url) if format in ("slack", "teams") else origin(url) + urlsplit(url).path


def origin(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
