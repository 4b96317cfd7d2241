"""The contract of a source that reads files."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import ClassVar

import pytest

from triggeriq import Connection, Item, Nothing, Unreadable
from triggeriq.testing import hostile
from triggeriq.testing.alone import alone
from triggeriq.testing.applying import parametrize
from triggeriq.testing.golden import uploads
from triggeriq.testing.samples import Forward, Pieces, Upload, connected, matches
from triggeriq.testing.source_contract import SourceContract, check, consume


class FileContract(SourceContract):
    """A source that reads files."""

    uploads: ClassVar[tuple[Upload, ...]] = ()
    golden_files: ClassVar[str | Path] = ""
    """A folder of golden files, see `triggeriq.testing.golden`; `uploads` are those in code."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        super().pytest_generate_tests(metafunc)
        if "upload" in metafunc.fixturenames:
            parametrize(metafunc, self, "upload", self._uploads())

    def _uploads(self) -> tuple[Upload, ...]:
        """The golden ones, and those in code."""
        found = (*(uploads(self.golden_files) if self.golden_files else ()), *self.uploads)
        assert found, f"{type(self).__name__} brings no golden file: a contract over nothing proves nothing"
        return found

    def test_a_file_becomes_the_expected_items(self, upload: Upload) -> None:
        items, error = self._read(upload)
        assert len(items) == len(upload.expect), items
        for (_, item), expected in zip(items, upload.expect, strict=True):
            assert matches(item, expected), item
        assert upload.unreadable in error if upload.unreadable else not error

    def test_its_items_are_well_formed(self, upload: Upload) -> None:
        for _, item in self._read(upload)[0]:
            check(item)

    def test_reading_twice_gives_the_same(self, upload: Upload) -> None:
        assert self._read(upload) == self._read(upload)

    def test_reading_goes_on_behind_any_mark(self, upload: Upload) -> None:
        items, error = self._read(upload)
        for place, (mark, _) in enumerate(items, start=1):
            assert self._read(upload, resume=mark) == (items[place:], error)
            assert self._read(upload, resume=mark, forward=True) == (items[place:], error)

    def test_pieces_of_any_size_give_the_same(self, upload: Upload) -> None:
        whole = self._read(upload)
        for size in (1, 3, 7, 64):
            assert self._read(upload, piece=size) == whole

    def test_a_cut_file_is_unreadable_at_worst(self, upload: Upload) -> None:
        for end in range(0, len(upload.body), max(1, len(upload.body) // 40)):
            self._file_survives(upload, upload.body[:end])

    def test_hostile_files_are_unreadable_at_worst(self, upload: Upload) -> None:
        for body in hostile.BODIES:
            self._file_survives(upload, body)
            self._file_survives(upload, upload.body[: len(upload.body) // 2] + body)

    def test_without_settings_it_reads_too(self, upload: Upload) -> None:
        """No connection is needed for an upload."""
        source = self.source()
        connection = Connection(source=source.name)
        read = source.read(BytesIO(upload.body), upload.hint(), None, connection)
        consume(item for _, item in read if not isinstance(item, Nothing))

    def test_it_asks_for_nothing_but_what_it_is_given(self, upload: Upload) -> None:
        """No network, no other file, no environment, and no clock."""
        with alone() as asked:
            self._read(upload)
        assert asked == []

    def _read(
        self, upload: Upload, resume: str | None = None, piece: int = 1 << 20, *, forward: bool = False
    ) -> tuple[list[tuple[str, Item]], str]:
        source = self.source()
        items: list[tuple[str, Item]] = []
        try:
            for mark, item in source.read(
                (Forward if forward else Pieces)(upload.body, piece),
                upload.hint(),
                resume,
                connected(source, upload.settings),
            ):
                if not isinstance(item, Nothing):
                    items.append((mark, item))
        except Unreadable as error:
            return items, str(error)
        return items, ""

    def _file_survives(self, upload: Upload, body: bytes) -> None:
        source = self.source()
        read = source.read(BytesIO(body), upload.hint(), None, connected(source, upload.settings))
        consume(item for _, item in read if not isinstance(item, Nothing))
