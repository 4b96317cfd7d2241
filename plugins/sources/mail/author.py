"""Who wrote a mail. Its header From says so, unless a list or a form put its own address there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plugins.sources.mail.addresses import Address
from plugins.sources.mail.headers import Headers

_NOBODY = re.compile(r"(?:do[-_.]?)?not?[-_.]?reply\b|wordpress@", re.IGNORECASE)
"""Addresses of forms, which nobody reads."""
_VIA = re.compile(r" (?:via|über) ", re.IGNORECASE)
"""So lists write a name, "'Ina Lund' via Support", where its domain's DMARC forbids them to send for it."""


def author_of(headers: Headers) -> Address:
    """The mailbox of whom the header From names. Where that is a list's or a form's, it is the one of
    X-Original-From or Reply-To; where From holds no address, that of Sender or Reply-To. Either of its parts
    is empty where the mail does not tell it."""
    claimed = next(iter(headers.addresses("from")), Address("", ""))
    found = next(_mailboxes(headers, "from", "sender", "reply-to"), Address("", ""))
    via = _VIA.search(claimed.name)
    if original := next(_mailboxes(headers, "x-original-from"), None):
        return original
    if via or _NOBODY.match(found.address):
        for box in _mailboxes(headers, "reply-to"):
            if box.address.lower() != found.address.lower() and not _NOBODY.match(box.address):
                name = claimed.name[: via.start()].strip("\"' ") if via else ""
                return Address(box.name or name, box.address)
    return Address(claimed.name or found.name, found.address)


def _mailboxes(headers: Headers, *names: str) -> Iterator[Address]:
    return (box for name in names for box in headers.addresses(name) if box.address)
