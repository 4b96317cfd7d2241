"""What passes between the core and a source that fetches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.registry.budget import paused
from triggeriq.polling import Answer, Http, Polled

CURSOR_LIMIT = 1_000
"""Characters of a cursor; it is stored."""
PAGE_LIMIT = 4_000_000
"""Bytes of a page."""


class Unhurried:
    """Http (triggeriq.polling). The time that the provider takes does not count against the plugin."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] = {}, body: bytes | None = None
    ) -> Answer:
        with paused():
            return self._http.request(method, url, headers=headers, body=body)

    def now(self) -> datetime:
        return self._http.now()


def page_fault(page: Any) -> str:
    """What is wrong with what a source yielded; "" where it is a page, or None, which is none."""
    if page is None:
        return ""
    if not isinstance(page, Polled) or not isinstance(page.body, bytes):
        return "yielded something that is no Polled"
    if len(page.body) > PAGE_LIMIT:
        return f"yielded a page of more than {PAGE_LIMIT:,} bytes"
    if page.cursor is not None and not (isinstance(page.cursor, str) and len(page.cursor) <= CURSOR_LIMIT):
        return f"yielded a cursor that is no text of {CURSOR_LIMIT:,} characters at most"
    return ""
