"""Sweep: finds uploads that S3 told nobody of, and those that were registered but never queued."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Protocol

from chalicelib.domain.intake.file_import import import_id
from chalicelib.domain.intake.upload import Upload
from chalicelib.pipeline.intake.register_upload import RegisterUpload
from chalicelib.ports.intake import ImportStore
from chalicelib.ports.operations import Clock, StoredObject, TimeLeft

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(hours=24)
"""How old an upload may be to be found; S3 itself tries for six hours."""
SETTLE = timedelta(minutes=2)
"""How old an upload must be: a younger one may still be registered in the ordinary way."""
STOP_SECONDS = 5.0
"""So many seconds before the deadline nothing more is begun; the next run finds it."""


class Listing(Protocol):
    bucket: str

    def pages(self, prefix: str, since: datetime) -> Iterator[Sequence[StoredObject]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The use-case. Returns how many uploads it registered. Raises Unavailable."""

    uploads: Listing
    imports: ImportStore
    register: RegisterUpload
    now: Clock

    def __call__(self, time_left: TimeLeft) -> int:
        now = self.now()
        found = 0
        listings = (self.uploads.pages(prefix, now - LOOK_BACK) for prefix in ("reviews/", "emails/"))
        # A page of each in turn: a long listing of the one must not take all the time.
        for page in chain.from_iterable(zip_longest(*listings, fillvalue=())):
            if time_left() < STOP_SECONDS:
                break
            for stored in page:
                if stored.modified_at > now - SETTLE:
                    continue
                if time_left() < STOP_SECONDS:
                    return found
                found += self._register(stored)
        return found

    def _register(self, stored: StoredObject) -> bool:
        """Register an upload where nobody had. Returns whether it did."""
        id = import_id(self.uploads.bucket, stored.key, stored.etag)
        known = self.imports.find(id)
        if known is not None and (known.queued or known.over):
            return False
        log.warning("found an upload that nobody read", extra={"import_id": id})
        self.register(Upload(self.uploads.bucket, stored.key, stored.etag, stored.size, stored.modified_at))
        return True
