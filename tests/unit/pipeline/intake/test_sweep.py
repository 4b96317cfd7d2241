"""How far a sweep gets in its time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

from chalicelib.domain.intake.upload import Upload
from chalicelib.pipeline.intake.sweep import LOOK_BACK, SETTLE, Sweep
from chalicelib.ports.operations import StoredObject
from tests.unit.pipeline.fakes import NOW, FakeImports, now, plenty

MAIL = StoredObject("emails/support/one", "etag", 3, NOW - SETTLE)


class Bucket:
    """Has one mail, and so many pages of review files, all of them too old to look at."""

    bucket = "uploads"

    def __init__(self, pages: int) -> None:
        self._pages = pages
        self.listed = 0

    def pages(self, prefix: str, since: datetime) -> Iterator[Sequence[StoredObject]]:
        assert since == NOW - LOOK_BACK
        if prefix == "emails/":
            yield [MAIL]
            return
        for page in repeat((), self._pages):
            self.listed += 1
            yield page


def sweep(bucket: Bucket, registered: list[Upload]) -> Sweep:
    register: Any = registered.append
    return Sweep(uploads=bucket, imports=FakeImports(), register=register, now=now)


def test_a_long_listing_ends_with_the_time_and_keeps_no_other_waiting() -> None:
    bucket, registered = Bucket(pages=1_000), list[Upload]()
    left = iter([60.0, 60.0, 60.0, 6.0, 4.9])
    assert sweep(bucket, registered)(lambda: next(left)) == 1
    assert [upload.key for upload in registered] == [MAIL.key]
    assert bucket.listed < 10


def test_all_is_looked_at_while_there_is_time() -> None:
    bucket, registered = Bucket(pages=1_000), list[Upload]()
    assert sweep(bucket, registered)(plenty) == 1
    assert bucket.listed == 1_000
