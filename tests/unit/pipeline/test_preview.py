"""Previews: by which of its two methods a source is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.pipeline.preview import PreviewSource
from tests.unit.pipeline.fakes import FakeConnections, FakeSources, now
from triggeriq import Event, Events, Feedback, Item, Request, Source


class Both(Source):
    name = "both"
    reads = (".txt",)

    def receive(self, request: Any, connection: Any) -> Events:
        return Events(Event("e"))

    def transform(self, received: Any, connection: Any) -> Iterator[Item]:
        yield Feedback(external_id="webhook")

    def read(self, stream: Any, hint: Any, resume: Any, connection: Any) -> Iterator[tuple[str, Item]]:
        yield "1", Feedback(external_id=f"file {hint.name}")


@pytest.mark.parametrize(("headers", "expected"), [({}, "webhook"), ({"x-file-name": "a.txt"}, "file a.txt")])
def test_a_file_name_previews_the_bytes_as_a_file(headers: dict[str, str], expected: str) -> None:
    preview = PreviewSource(sources=FakeSources(Both()), connections=FakeConnections(), now=now)
    shown = preview("both", "default", Request(headers=headers, body=b"x"))
    assert [one.external_id for one in shown.feedback] == [expected]
    assert shown.errors == ()
