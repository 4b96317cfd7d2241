"""ETag, If-Match and If-None-Match over a row's version (RFC 9110, 8.8.3 and 13.1)."""

from __future__ import annotations

import re
from collections.abc import Callable

from chalicelib.api.exchange import Call
from chalicelib.errors import Invalid, Stale

_TAG = r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"'
TAGS = rf"^[ \t]*(?:\*|{_TAG}(?:[ \t]*,[ \t]*{_TAG})*)[ \t]*$"
"""What a header with tags matches: one or more of them, or `*` for any."""


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


def wanted_version(call: Call, current: Callable[[], int]) -> int | None:
    """The version that If-Match asks for, or None where any will do.

    A weak tag counts as the strong one, since a proxy on the way may have weakened it. Of several tags one
    must be the current version, which is then returned. Raises Stale if none of them is, Invalid if the
    header can't be read.
    """
    header = call.headers.get("if-match")
    if header is None:
        return None
    tags = _tags(header, "If-Match")
    if not tags:
        return None
    versions = [int(tag) for tag in tags if re.fullmatch(r"[0-9]{1,18}", tag)]
    if len(tags) == 1 and versions:
        return versions[0]
    found = current()
    if found not in versions:
        raise Stale("If-Match names no version that is current; read it again and decide anew")
    return found


def unchanged(call: Call, version: int) -> bool:
    """Whether If-None-Match says that the client has this version already."""
    header = call.headers.get("if-none-match")
    if header is None:
        return False
    tags = _tags(header, "If-None-Match")
    return not tags or str(version) in tags


def _tags(header: str, name: str) -> list[str]:
    """The tags in a header; none of them stands for any, which is written `*`."""
    if not re.fullmatch(TAGS, header):
        raise Invalid(f'{name} is a version in quotation marks, as the ETag gave it, such as "3"', name)
    return re.findall(_TAG, header)
