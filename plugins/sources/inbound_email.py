"""Mail as SES puts it into S3: one mail is one feedback. docs/mail.md says what becomes of it.

https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from triggeriq import Connection, FileHint, Ignore, Item, Source, Unreadable, hookimpl

MAX_MAIL = 40_000_000
"""Bytes of a mail; SES stores no larger one."""


class InboundEmail(Source):
    """One mail, one feedback, named by its Message-ID, or else by who says what and when."""

    name = "inbound_email"
    title = "E-mail (files only: mail comes through SES and S3, so webhooks are refused)"
    content_types = ("message/rfc822",)
    reads = ("",)  # SES names its objects without an ending

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item]]:
        if hint.name == "AMAZON_SES_SETUP_NOTIFICATION":
            yield "1", Ignore("the test object that SES writes")
        elif resume is None:
            # Here, for it is much code, and each function loads all sources while one reads mail
            from plugins.sources.mail.item import item_of

            yield "1", item_of(_whole(stream), hint.modified_at)


def _whole(stream: BinaryIO) -> bytes:
    raw = bytearray()
    while piece := stream.read(1 << 20):
        raw += piece
        if len(raw) > MAX_MAIL:
            raise Unreadable(f"a mail longer than {MAX_MAIL:,} bytes")
    return bytes(raw)


@hookimpl
def register_sources(register: Any) -> None:
    register(InboundEmail)
