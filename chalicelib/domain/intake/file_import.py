"""An uploaded file on its way to feedback."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from chalicelib.domain.intake.feedback import is_storable
from chalicelib.domain.operations.restriction import connection_id
from chalicelib.errors import Invalid
from triggeriq.names import NAME

ImportStatus = Literal["registered", "unpacking", "running", "done", "cancelled", "failed", "refused"]

MAIL = "inbound_email"
"""The source of what lies under emails/."""
MAIL_LIMIT = 40_000_000
"""Bytes of one mail: what SES delivers at most."""
FILE_LIMIT = 5_000_000_000
"""Bytes of one review file as stored: what one S3 PUT takes."""


@dataclass(frozen=True, slots=True)
class UploadKey:
    """What an upload's key says: reviews/<source>/<connection>/<file> or emails/<connection>/<file>."""

    source: str
    connection: str
    file: str


def parse_key(key: str) -> UploadKey:
    """Raises Invalid for a key of another form, saying the forms there are, and for one with a character
    that S3 takes and no other store does: feedback is kept with its key."""
    if not is_storable(key):
        raise Invalid("the key holds a control character; upload the file under another name", "key")
    match key.split("/"):
        case ["reviews", source, connection, *rest] if source and connection and rest and rest[-1]:
            parsed = UploadKey(source, connection, "/".join(rest))
        case ["emails", connection, *rest] if connection and rest and rest[-1]:
            parsed = UploadKey(MAIL, connection, "/".join(rest))
        case _:
            raise Invalid(
                "the key is neither reviews/<source>/<connection>/<file> nor emails/<connection>/<file>",
                "key",
            )
    for what, name in (("source", parsed.source), ("connection", parsed.connection)):
        if not re.fullmatch(NAME, name):
            raise Invalid(
                f"the key's {what} {name[:100]!r} is no name of a-z, 0-9, _ and -, at most 64", "key"
            )
    return parsed


def uploaded_under(source: str, connection: str) -> str:
    """The beginning of the keys of a connection's files, or mails."""
    return f"emails/{connection}/" if source == MAIL else f"reviews/{source}/{connection}/"


def may_hold(file: str, reads: Sequence[str]) -> bool:
    """Whether a file of this name, packed or not, may hold what has one of the endings `reads`. What a zip
    holds is known only when it is opened."""
    name = file.lower().removesuffix(".gz")
    return name.endswith(tuple(reads)) or (name.endswith(".zip") and bool(reads))


def size_limit(source: str) -> int:
    """The most bytes that one of its files may have as stored."""
    return MAIL_LIMIT if source == MAIL else FILE_LIMIT


def import_id(bucket: str, key: str, etag: str) -> str:
    """The same for the same bytes under the same key, however often S3 tells of them."""
    return hashlib.sha256(f"{bucket}\n{key}\n{etag}".encode("utf-8", "replace")).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What a packed file holds, as it lies unpacked in parts beside it, so that it need not be unpacked again
    from its beginning for each stretch."""

    name: str
    """The file's name, unpacked."""
    parts: tuple[int, ...] = ()
    """Bytes of each part."""
    damage: str = ""
    """What is wrong behind the last part: why there is no more."""

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """An uploaded file, and how far it was read."""

    id: str
    source: str
    connection: str
    bucket: str
    key: str
    etag: str
    size: int
    """Bytes as stored."""
    status: ImportStatus = "registered"
    queued: bool = False
    """Whether its job was sent."""
    bytes_read: int = 0
    """Of `size`, or of what it unpacks to where that lies in parts."""
    unpacked: Unpacked | None = None
    """The parts that a packed file lies in; while it is unpacked, those so far. Once the import is over, they
    are deleted."""
    read: int = 0
    """Rows read so far."""
    made: int = 0
    """Rows so far that became feedback."""
    quarantined: int = 0
    """Rows so far that could not be read."""
    mark: str | None = None
    """The last row dealt with, behind which reading goes on; None: none was yet."""
    head: bytes = b""
    """The header of a table of which a row could not be read."""
    reason: str | None = None
    """Why it failed or was refused, or why its first item that holds no feedback was passed over."""
    registered_at: datetime
    modified_at: datetime
    """When it was uploaded."""
    updated_at: datetime
    finished_at: datetime | None = None
    """When it was over; None: it is not."""
    reread_at: datetime | None = None
    """When it was last begun anew, after it had been read."""

    def anew(self, at: datetime) -> Import:
        """The same, to be read again from its beginning."""
        return replace(
            self,
            status="registered",
            bytes_read=0,
            unpacked=None,
            read=0,
            made=0,
            quarantined=0,
            mark=None,
            reason=None,
            finished_at=None,
            reread_at=at,
        )

    @property
    def file_name(self) -> str:
        """The file's name, unpacked, as far as that is known."""
        if self.unpacked is not None:
            return self.unpacked.name
        name = self.key.rpartition("/")[2]
        return re.sub(r"\.(gz|zip)$", "", name, flags=re.IGNORECASE)

    @property
    def taken(self) -> int:
        """Rows so far that nobody need send again: those that became feedback, and those that hold none."""
        return self.read - self.quarantined

    @property
    def connections(self) -> tuple[str, ...]:
        """Those that it is made of; none where its key names none."""
        return (connection_id(self.source, self.connection),) if self.source else ()

    @property
    def left(self) -> int:
        """Bytes not yet read, of a packed file in parts its unpacked ones. While it is unpacked: those not
        yet unpacked."""
        whole = self.unpacked.size if self.unpacked and self.status != "unpacking" else self.size
        return 0 if self.status == "done" else max(0, whole - self.bytes_read)

    @property
    def rows_left(self) -> int | None:
        """About how many rows are not yet read, were they as long as those before; None: nobody knows."""
        if self.over:
            return 0 if self.status == "done" else None
        if self.status != "running" or not (self.read and self.bytes_read):
            return None
        return round(self.left * self.read / self.bytes_read)

    @property
    def over(self) -> bool:
        return self.status in ("done", "cancelled", "failed", "refused")
