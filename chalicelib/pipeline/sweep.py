"""Sweep: uploads that S3 told nobody of, or that were registered and never queued."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.file_import import Import, import_id
from chalicelib.domain.upload import Upload
from chalicelib.pipeline.register_upload import RegisterUpload
from chalicelib.ports import Clock, StoredObject

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(hours=24)
"""How old an upload may be to be found; S3 itself tries for six hours."""
SETTLE = timedelta(minutes=2)
"""How old it must be: younger ones are on their way."""


class Listing(Protocol):
    bucket: str

    def list(self, prefix: str, since: datetime) -> Iterator[StoredObject]: ...


class KnownImports(Protocol):
    def find(self, id: str) -> Import | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The use-case. Returns how many uploads it registered. Raises Unavailable."""

    uploads: Listing
    imports: KnownImports
    register: RegisterUpload
    now: Clock

    def __call__(self, time_left: Callable[[], float]) -> int:
        now = self.now()
        found = 0
        for prefix in ("reviews/", "emails/"):
            for stored in self.uploads.list(prefix, now - LOOK_BACK):
                if time_left() < 5:
                    return found
                if stored.modified_at > now - SETTLE:
                    continue
                id = import_id(self.uploads.bucket, stored.key, stored.etag)
                known = self.imports.find(id)
                if known is None or not (known.queued or known.over):
                    log.warning("found an upload that nobody read", extra={"import_id": id})
                    self.register(
                        Upload(self.uploads.bucket, stored.key, stored.etag, stored.size, stored.modified_at)
                    )
                    found += 1
        return found
