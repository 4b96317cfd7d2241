"""Each call of a plugin is told, and nothing of what a customer wrote."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, BinaryIO

import pytest

from chalicelib.errors import PluginFailed
from chalicelib.errors import Unreadable as CoreUnreadable
from chalicelib.registry.tracing import TracedRegistry, answered, refused
from tests.unit.pipeline.fakes import NOW
from tests.unit.registry.conftest import PATIENCE, Plugins
from triggeriq import (
    Bad,
    Connection,
    Draft,
    Event,
    Events,
    Feedback,
    FileHint,
    Ignore,
    Item,
    NotVerified,
    Received,
    Reply,
    Request,
    Review,
    Scheme,
    Source,
    Unreadable,
    Verdict,
    Verified,
    hookimpl,
)

WORDS = "my card is 4111 1111"
FEEDBACK = Feedback(external_id="x", text=WORDS)
CONNECTION = Connection(source="desk", name="c", secrets=("sesame",))
REQUEST = Request(method="POST", headers={"x-token": "sesame"}, body=WORDS.encode())
RECEIVED = Received(id="e", received_at=NOW, headers={}, body=WORDS.encode())


class Desk(Source):
    name = "desk"
    version = "3"
    reads = (".txt",)
    verification = (Scheme(kind="token", header="x-token"),)

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        if request.query.get("as") == "unreadable":
            raise Unreadable(WORDS)
        return Events(Event("e"), Event("f"))

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield FEEDBACK
        yield Bad(WORDS, WORDS)
        yield FEEDBACK

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item]]:
        for number, line in enumerate(stream.read().splitlines()):
            if line == b"raise":
                raise KeyError(WORDS)
            yield str(number), FEEDBACK


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.INFO, "chalicelib.registry.tracing")

    def told() -> list[tuple[str, str, str]]:
        found = [vars(record) for record in caplog.records if record.name == "chalicelib.registry.tracing"]
        assert all(record["msg"] == "a plugin was called" and record["ms"] >= 0 for record in found)
        assert WORDS not in repr(found)
        assert "sesame" not in repr(found)
        return [(record["plugin"], record["hook"], record["answer"]) for record in found]

    return told


def registry(plugins: Plugins, **members: Any) -> TracedRegistry:
    plugins.add("desk", **members)
    return TracedRegistry(plugins.found, seconds=PATIENCE, in_full=True)


def desk(plugins: Plugins) -> Source:
    found = registry(plugins, register_sources=hookimpl(lambda register: register(Desk))).find("desk")
    assert found is not None
    return found


def test_each_call_of_a_source_is_told(plugins: Plugins, lines: Any) -> None:
    source = desk(plugins)
    source.handshake(REQUEST, CONNECTION)
    source.verify(REQUEST, CONNECTION, NOW)
    source.receive(REQUEST, CONNECTION)
    list(source.transform(RECEIVED, CONNECTION))
    assert lines() == [
        ("desk/3", "handshake", "nothing"),
        ("desk/3", "verify", "verified"),
        ("desk/3", "receive", "2 events"),
        ("desk/3", "transform", "1 bad, 2 feedback"),
    ]


def test_a_refusal_is_told_by_its_word(plugins: Plugins, lines: Any) -> None:
    source = desk(plugins)
    with pytest.raises(NotVerified):
        source.verify(Request(method="POST", headers={"x-token": "other"}, body=b""), CONNECTION, NOW)
    unreadable = Request(method="POST", headers={}, body=b"", query={"as": "unreadable"})
    with pytest.raises(CoreUnreadable):
        source.receive(unreadable, CONNECTION)
    assert [answer for _, _, answer in lines()] == ["refused: mismatch", "unreadable"]


def test_a_file_is_told_once_with_all_its_items(plugins: Plugins, lines: Any) -> None:
    source = desk(plugins)
    hint = FileHint(name="notes.txt", modified_at=NOW)
    assert len(list(source.read(BytesIO(b"a\nb\nc"), hint, None, CONNECTION))) == 3
    with pytest.raises(PluginFailed):
        list(source.read(BytesIO(b"a\nraise\nc"), hint, None, CONNECTION))
    next(source.read(BytesIO(b"a\nb\nc"), hint, None, CONNECTION))  # whoever reads stops
    assert [answer for _, _, answer in lines()] == ["3 feedback", "1 feedback, failed", "1 feedback"]


def test_each_call_of_a_stage_is_told(plugins: Plugins, lines: Any) -> None:
    @hookimpl
    def classify(feedback: Feedback) -> Iterator[Verdict]:
        yield Verdict(facet="category", label="complaint")
        yield Verdict(facet="mood", label=feedback.text)

    @hookimpl
    def extract(feedback: Feedback) -> Mapping[str, str]:
        raise KeyError(feedback.text)

    asked = registry(plugins, classify=classify, extract=extract)
    (answer,) = asked.ask("classify", feedback=FEEDBACK)
    assert [verdict.facet for verdict in answer.value] == ["category", "mood"]
    (failed,) = asked.ask("extract", feedback=FEEDBACK, verdicts={})
    assert failed.failure.startswith("raised KeyError")
    assert lines() == [
        ("desk/1", "classify", "category=complaint, mood=…"),
        ("desk/1", "extract", "failed"),
    ]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "nothing"),
        (Verified(scheme="x-token"), "verified"),
        (Ignore(WORDS), "ignored"),
        (Reply(status=200, body=WORDS), "reply 200"),
        (Draft(title=WORDS, tags=()), "title, tags"),
        (Draft(), "nothing"),
        (Review(needs_review=True, reasons=(WORDS,)), "needs review"),
        (Review(needs_review=False), "needs no review"),
        ({"a": WORDS, "b": 1}, "2 facts"),
        ({"a": WORDS}, "1 fact"),
        ((Scheme(header="x-token"),), "1 scheme"),
        ([], "no item"),
        (WORDS, "str"),
    ],
)
def test_an_answer_is_told_by_what_it_is(value: Any, told: str) -> None:
    assert answered(value) == told


def test_an_answer_that_can_not_be_looked_at_is_told_to_be_odd() -> None:
    class Facts(dict[str, str]):
        def __len__(self) -> int:
            raise KeyError(WORDS)

    assert answered(Facts()) == "an odd answer"


def test_a_reason_that_the_contract_does_not_name_is_not_told() -> None:
    assert refused(NotVerified(WORDS)) == "refused"  # type: ignore[arg-type]
    assert refused(PluginFailed("desk/1", WORDS)) == "failed"
