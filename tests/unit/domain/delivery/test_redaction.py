from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.api.event_examples import example
from chalicelib.domain.delivery.redaction import ITEMS_LIMIT, TEXT, redacted

HOSTILE = "<script>alert(document.cookie)</script>"
EVENT = {"specversion": "1.0", "id": "e-1", "source": "triggeriq", "type": "ticket.created"}


def of_ticket(**fields: Any) -> dict[str, Any]:
    return {**EVENT, "data": {**example("ticket.created", posted=False)["data"], **fields}}


def test_a_ticket_keeps_its_shape_and_nothing_of_anybody() -> None:
    event = of_ticket(
        text=HOSTILE,
        title="Ada Lovelace can't log in",
        author={"id": "ada", "name": "Ada Lovelace", "email": "ada@lovelace.example"},
        assignee="grace@acme.example",
        url="https://acme.example/customers/ada",
        details={"phone": "+49 151 23456789", "steps": ["login"], "total": "12.50", "born": "1815-12-10"},
        tags=["vip ada"],
        external_id="<4711@lovelace.example>",
        category={"label": "bug_report", "confidence": 0.9, "by": "Grace Hopper", "evidence": ["crashes"]},
    )
    data = redacted(event)["data"]
    assert set(data) == set(event["data"])
    said = json.dumps(data)
    secrets = ("Ada", "ada", "Grace", "grace", "lovelace", "4711", "151", "12.50", "1815", "script>", "login")
    assert [secret for secret in secrets if secret in said] == []
    assert data["author"] == {"id": TEXT, "name": TEXT, "email": "person@example.com"}
    assert data["details"] == {
        "phone": "+00 000 0000000", "steps": [TEXT], "total": "0.00", "born": "2000-01-01",
    }  # fmt: skip
    assert (data["url"], data["tags"], data["assignee"]) == (
        "https://example.com/",
        [TEXT],
        "person@example.com",
    )
    for name in (
        "id",
        "source",
        "connection",
        "kind",
        "status",
        "language",
        "created_at",
        "version",
        "changed",
    ):
        assert data[name] == event["data"][name]
    assert (data["category"]["label"], data["category"]["confidence"]) == ("bug_report", 0.9)


@pytest.mark.parametrize(
    "hostile", [HOSTILE, "=cmd|'/c calc'!A0", "{{7*7}}", "a\nb", "'; drop table", "\u202eabc"]
)
def test_not_even_a_field_that_is_kept_keeps_what_looks_like_something_else(hostile: str) -> None:
    event = of_ticket(language=hostile, source=hostile, changed=[hostile])
    assert hostile not in json.dumps(redacted(event), ensure_ascii=False)


def test_of_what_others_post_only_the_form_is_shown() -> None:
    event = {
        "specversion": "1.0", "id": "o-17", "source": "https://crm.example/ada", "type": "order.updated",
        "subject": "Ada", "time": "2026-03-01T09:00:00Z", "customer": "ada@example.org",
        "data": {"id": 17, "paid": True, "total": {"amount": 12.5}, "ada@example.org": 1, "to": None, "": ""},
    }  # fmt: skip
    assert redacted(event) == {
        "specversion": "1.0", "id": "o-17", "source": "https://example.com/", "type": "order.updated",
        "subject": TEXT, "time": "2026-03-01T09:00:00Z", "customer": "person@example.com",
        "data": {"id": 0, "paid": True, "total": {"amount": 0.0}, "field_4": 0, "to": None, "field_6": ""},
    }  # fmt: skip


def test_what_is_long_or_deep_is_cut() -> None:
    deep: Any = "x"
    for _ in range(60):
        deep = [{"a": deep}]
    shown = redacted({**EVENT, "type": "acme.deep", "data": {"deep": deep, "long": ["x" * 9_000] * 9_000}})
    assert len(json.dumps(shown)) < 3_000
    assert shown["data"]["long"] == [TEXT] * ITEMS_LIMIT


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=20), inner, max_size=5),
    max_leaves=20,
)


def form(value: Any) -> Any:
    if isinstance(value, dict):
        return {"object": [form(one) for one in value.values()]}
    return [form(one) for one in value] if isinstance(value, list) else type(value)


@given(JSON_VALUES)
def test_whatever_is_posted_keeps_its_form_and_is_the_same_if_redacted_again(data: Any) -> None:
    event = {**EVENT, "type": "acme.thing", "data": data}
    shown = redacted(event)
    assert form(shown["data"]) == form(data)
    assert redacted(shown) == shown


@given(st.text(min_size=1))
def test_no_text_of_what_is_posted_is_shown(text: str) -> None:
    marks = {
        TEXT,
        "person@example.com",
        "https://example.com/",
        "2000-01-01",
        "2000-01-01T00:00:00Z",
        "0.00",
        "0",
    }
    shown = redacted({**EVENT, "type": "acme.thing", "data": {"text": text}})
    assert shown["data"]["text"] in {*marks, "+00 000 0000000", "00000000-0000-0000-0000-000000000000"}
