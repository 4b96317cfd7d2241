"""JSON that is sent to our own API, read strictly."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import Any

from chalicelib.errors import Invalid
from triggeriq import Unreadable
from triggeriq.payload import parse_json

DEPTH_LIMIT = 50
"""How deep JSON may be nested; nothing of ours needs more than a tenth of it."""
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""Characters that our stores can't keep."""


def strict_json(body: bytes) -> Any:
    """The JSON in the body of a request to our own API. It is parsed as strictly as a partner's
    (triggeriq.payload). Besides, a byte order mark is refused, and so is any character that our stores can't
    keep.

    Raises Invalid.
    """
    if body.startswith(BOM_UTF8):
        raise Invalid("the body begins with a byte order mark; leave it out")
    try:
        value = parse_json(body)
    except Unreadable as error:
        raise Invalid(f"the body can't be read: {error}") from None
    _check(value)
    return value


def _check(value: Any) -> None:
    level = [value]
    for _ in range(DEPTH_LIMIT):
        deeper: list[Any] = []
        for item in level:
            if isinstance(item, str):
                if UNSTORABLE.search(item):
                    raise Invalid("the body holds a NUL or half a surrogate pair, which no text has")
            elif isinstance(item, dict):
                deeper += item.keys()
                deeper += item.values()
            elif isinstance(item, list):
                deeper += item
        if not deeper:
            return
        level = deeper
    raise Invalid(f"the body is nested deeper than {DEPTH_LIMIT} levels")
