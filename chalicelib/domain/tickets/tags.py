"""What tags a ticket can have."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

TAGS_MOST = 50
TAG_LIMIT = 100
"""Characters of one."""
TAGS_BYTES = 1_500
"""Of all tags of a ticket, in UTF-8: a row of the index by which lists are made has 2,704 bytes."""


def tags_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The tags that these texts name, each once."""
    return tuple(dict.fromkeys(tag for text in texts if (tag := text.strip()[:TAG_LIMIT].strip())))


def fitting(tags: tuple[str, ...]) -> tuple[str, ...]:
    """As many as a ticket has room for."""
    ends = accumulate(len(tag.encode()) for tag in tags)
    return tuple(tag for tag, end in zip(tags, ends, strict=True) if end <= TAGS_BYTES)[:TAGS_MOST]
