"""docs/sources.md says how feedback of the default shape looks, and it is read as it says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from plugins.sources.csv_upload import CsvUpload
from plugins.sources.generic_json import GenericJson, GenericJsonSettings
from plugins.sources.standard_webhooks import StandardWebhooks
from tests.promises.test_docs import table
from triggeriq import (
    Answered,
    App,
    Author,
    Connection,
    Feedback,
    FileHint,
    Ignore,
    Received,
    Redacted,
    Unreadable,
)
from triggeriq.meanings import MEANINGS
from triggeriq.shape import ALIASES, DEFAULT

PAGE = (Path(__file__).parents[2] / "docs/sources.md").read_text(encoding="utf-8")
ROWS = table(PAGE, "part")
EXAMPLE, MAP = (json.loads(found) for found in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
(CSV,) = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
AT = datetime(2026, 5, 1, tzinfo=UTC)

FEEDBACK = Feedback(
    external_id="review-17",
    version=1767434400000,
    kind="review",
    title="Crashes on start",
    text="Since the update it crashes whenever I open it.",
    rating=2,
    language="en",
    author=Author(id="u-9", name="Ines Lund", email="ines@example.com"),
    created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    url="https://shop.example.com/reviews/17",
    app=App(id="com.example.shop", version="4.2.0"),
    thread="order-4711",
    attributes={"tags": ["checkout", "android"], "shop": "Berlin"},
)


def received(value: Any) -> Received:
    return Received(id="msg_1", received_at=AT, body=json.dumps(value).encode())


def read(name: str, content: str) -> Iterator[Any]:
    items = CsvUpload().read(
        BytesIO(content.encode()), FileHint(name=name, modified_at=AT), None, Connection(source="csv")
    )
    return (item for _, item in items)


def test_the_table_has_every_part_and_every_name() -> None:
    assert {row[0]: tuple(row[1].split(", ")) for row in ROWS} == ALIASES


def found_in(feedback: Feedback, part: str) -> Any:
    """What the feedback holds of a part."""
    if part == "tags":
        return feedback.attributes.get("tags")
    name = {"id": "external_id", "updated_at": "version"}.get(part, part)
    value: Any = feedback
    for step in name.split("."):
        value = getattr(value, step)
    return value


@pytest.mark.parametrize(
    ("part", "name", "example"),
    [(row[0], name, json.loads(row[4])) for row in ROWS for name in row[1].split(", ")],
)
def test_the_example_of_a_row_is_read_under_each_of_its_names(part: str, name: str, example: Any) -> None:
    value = example
    for step in reversed(name.split(".")):
        value = {step: value}
    said = {"title": "Words"} if part == "text" else {"text": "words"}
    feedback = DEFAULT.feedback({**said, **value}, external_id="made")
    wanted = {"created_at": FEEDBACK.created_at, "updated_at": FEEDBACK.version}.get(part, example)
    assert found_in(feedback, part) == wanted
    assert set(feedback.attributes) <= {"tags"}  # it is not left over


@pytest.mark.parametrize(
    ("part", "needed"), [(row[0], row[0] in ("text", "title", "rating")) for row in ROWS]
)
def test_one_of_three_is_needed(part: str, needed: bool) -> None:
    (example,) = (json.loads(row[4]) for row in ROWS if row[0] == part)
    value = example
    for step in reversed(part.split(".")):
        value = {step: value}
    if needed:
        assert DEFAULT.feedback(value, external_id="made")
    else:
        with pytest.raises(
            Unreadable, match=r"no text \(looked for in text, body, .*\), no title and no rating"
        ):
            DEFAULT.feedback(value, external_id="made")


def test_generic_json_reads_the_example() -> None:
    plain = Connection(source="generic_json", settings=GenericJsonSettings())
    assert list(GenericJson().transform(received(EXAMPLE), plain)) == [FEEDBACK]
    assert list(GenericJson().transform(received([EXAMPLE, EXAMPLE]), plain)) == [FEEDBACK] * 2
    within = Connection(source="generic_json", settings=GenericJsonSettings(items="a.b"))
    assert list(GenericJson().transform(received({"a": {"b": EXAMPLE}}), within)) == [FEEDBACK]


def test_standard_webhooks_reads_it_as_data_or_as_the_body() -> None:
    connection = Connection(source="standard_webhooks")
    for body in ({"data": EXAMPLE}, EXAMPLE):
        assert list(StandardWebhooks().transform(received(body), connection)) == [FEEDBACK]
    body = {"timestamp": "2026-01-02T03:04:05Z", "data": {"text": "words"}}
    (bare,) = StandardWebhooks().transform(received(body), connection)
    assert isinstance(bare, Feedback)
    assert (bare.external_id, bare.created_at) == ("msg_1", FEEDBACK.created_at)


def test_csv_reads_the_row_and_the_line() -> None:
    assert list(read("a.csv", CSV)) == [FEEDBACK]
    assert list(read("a.ndjson", json.dumps(EXAMPLE) + "\n")) == [FEEDBACK]
    (bare,) = read("a.csv", "text\nwords\n")
    assert bare == replace(Feedback(external_id="", text="words"), external_id=bare.external_id)
    assert re.fullmatch("[0-9a-f]{64}", bare.external_id)


def test_what_is_said_of_left_out_fields_is_so() -> None:
    plain = Connection(source="generic_json", settings=GenericJsonSettings())
    (rated,) = GenericJson().transform(received({"rating": 1}), plain)
    (said,) = GenericJson().transform(received({"text": "words"}), plain)
    assert (rated.kind, said.kind) == ("review", "message")  # type: ignore[union-attr]
    odd = DEFAULT.feedback({"text": "w", "rating": 9, "date": "soon"}, external_id="made")
    assert (odd.rating, odd.created_at, odd.attributes) == (None, None, {"rating": 9, "date": "soon"})


def test_what_the_page_says_that_values_mean_they_mean() -> None:
    rows = {row[0]: row[2].replace("\\|", "|") for row in table(PAGE, "meaning")}
    assert list(rows) == list(MEANINGS)
    connection = Connection(source="generic_json", settings=GenericJsonSettings(means=rows))
    item = {"id": "7", "thread": "t", "text": "words"}
    for means, told in (
        ({"visibility": "internal", "action": "deleted"}, Ignore("private")),
        ({"action": "removed", "author": {"role": "agent"}}, Redacted(external_id="7", at=AT)),
        ({"author": {"role": "agent"}}, Answered(thread="t", at=AT)),
    ):
        assert list(GenericJson().transform(received({**item, **means}), connection)) == [told]


def test_the_field_map_of_the_page_is_taken() -> None:
    item = {"payload": {"comments": [{"body": "words"}], "user": {"mail": "ines@example.com"}}, "id": "7"}
    connection = Connection(source="generic_json", settings=GenericJsonSettings(**MAP))
    (feedback,) = GenericJson().transform(received(item), connection)
    assert isinstance(feedback, Feedback)
    assert (feedback.text, feedback.author.email, feedback.external_id) == ("words", "ines@example.com", "7")
