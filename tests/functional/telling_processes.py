"""Functions whose output goes to a file, whichever test they were started in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.stack import Stack
from tests.functional.by_hand import Functions


class Telling(Functions):
    """See Functions; `read` gives what they told since it was asked last."""

    def __init__(self, stack: Stack, folder: Path, settings: Mapping[str, str]) -> None:
        super().__init__(stack, folder, settings)
        self._output, self._seen = folder / "output", 0
        self._output.touch()

    def read(self) -> str:
        with self._output.open("rb") as file:
            file.seek(self._seen)
            told = file.read()
        self._seen += len(told)
        return told.decode()

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        with self._into_the_file():
            return super().invoke(function, event)

    @contextmanager
    def _into_the_file(self) -> Iterator[None]:
        """A process that is started inside has the file as its standard output and error."""
        kept = [os.dup(number) for number in (1, 2)]
        with self._output.open("ab") as file:
            for number in (1, 2):
                os.dup2(file.fileno(), number)
        try:
            yield
        finally:
            for number, former in zip((1, 2), kept, strict=True):
                os.dup2(former, number)
                os.close(former)
