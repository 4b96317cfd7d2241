"""Attachments: the files that came with a ticket, each with an address that lives for minutes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.domain.tickets.plan import visible
from chalicelib.domain.tickets.ticket_attachment import KeptAttachment, TicketAttachment
from chalicelib.ports.operations import Blobs, Clock
from chalicelib.ports.tickets import TicketReader

SECONDS = 300
"""How long an address can be used."""

# Types of which a browser runs nothing. All else is served as bytes of no type: HTML, SVG and XML could bring
# scripts.
_HARMLESS = r"(?:audio|image|video)/[a-z0-9.-]+|application/pdf|text/(?:csv|plain)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAttachments:
    """The use-case; call it with the ticket's id. within: what the caller is restricted to; any other ticket
    does not exist for him. Raises NotFound, Invalid for a cursor that no list gave."""

    tickets: TicketReader
    artifacts: Blobs
    now: Clock

    def __call__(
        self, id: str, limit: int, cursor: str | None, within: Restriction | None = None
    ) -> Page[TicketAttachment]:
        visible(self.tickets.find(id), id, within)
        page = self.tickets.attachments(id, limit, cursor)
        return Page(tuple(map(self._with_address, page.items)), page.next)

    def _with_address(self, kept: KeptAttachment) -> TicketAttachment:
        file, is_kept = kept.file, kept.file.bytes > 0
        return TicketAttachment(
            name=file.name,
            content_type=file.content_type,
            bytes=file.bytes,
            feedback=kept.feedback,
            url=self._address(kept) if is_kept else None,
            expires_at=self.now() + timedelta(seconds=SECONDS) if is_kept else None,
        )

    def _address(self, kept: KeptAttachment) -> str:
        name, content_type = kept.file.name, kept.file.content_type
        harmless = re.fullmatch(_HARMLESS, content_type)
        return self.artifacts.address(
            kept.key,
            SECONDS,
            disposition=disposition(name),
            content_type=content_type if harmless else "application/octet-stream",
        )


def disposition(name: str) -> str:
    """The header Content-Disposition by which a browser saves the file, and never shows it. The name is there
    twice, for those that read only ASCII and for all others.

    https://www.rfc-editor.org/rfc/rfc6266#section-5
    """
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
