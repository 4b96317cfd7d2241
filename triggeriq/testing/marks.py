"""What a scaffold left to be filled in: a line with FILL_IN says what."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

_MARK = re.compile(r"FILL_IN\b:?[ \t]*([^\n\"]{0,200})")
_SUFFIXES = (".py", ".md", ".toml", ".json", ".http")


class Mark(NamedTuple):
    """Something that is to be filled in."""

    file: str
    """With its folder, since every folder may have a README.md."""
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.what}"


def marks_in(places: Iterable[Path]) -> list[Mark]:
    """All marks in these files, and in the files right in these folders."""
    found = []
    for place in places:
        for file in sorted(place.iterdir()) if place.is_dir() else [place]:
            if file.suffix in _SUFFIXES and file.is_file():
                found += _marks(file)
    return found


def _marks(file: Path) -> list[Mark]:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [
        Mark(f"{file.parent.name}/{file.name}", number, mark[1].strip(" -—>*/.") or "something")
        for number, line in enumerate(lines, start=1)
        if (mark := _MARK.search(line))
    ]


def parametrize_left(metafunc: pytest.Metafunc, places: Iterable[Path]) -> None:
    """Run a test that takes what is `left` once for each mark in these files and folders. It is named after
    the mark, and expected to fail until that is gone: the run is green, and pytest's last line counts them.
    Where nothing is left it runs once, with None."""
    found = marks_in(place for place in dict.fromkeys(places) if place.exists())
    metafunc.parametrize(
        "left",
        [
            pytest.param(mark, marks=pytest.mark.xfail(reason="a mark of the scaffold", strict=True))
            for mark in found
        ]
        or [None],
        ids=[str(mark) for mark in found] or ["nothing"],
    )


def sources_of(*things: Any) -> list[Path]:
    """The files in which these classes, functions or modules stand."""
    return [Path(file) for thing in things if (file := inspect.getsourcefile(thing))]
