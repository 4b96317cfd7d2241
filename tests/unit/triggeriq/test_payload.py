"""Strict JSON, and the readers of facts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggeriq import Unreadable
from triggeriq.payload import (
    MAX_DEPTH,
    at,
    identifier,
    labels,
    milliseconds,
    moment,
    name,
    number,
    parse_json,
    parse_object,
    rating,
    text,
)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "^not JSON at line 1, column 1$"),
        (b"{", "^not JSON at line 1, column 2$"),
        (b'{"a": 1} x', "^not JSON at line 1, column 10$"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 7"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b"[Infinity]", "Infinity"),
        (b"[-Infinity]", "-Infinity"),
        (b"[1e999]", "too large"),
        (b"[" + b"9" * 5_000 + b"]", "5000 digits"),
        (b"[" + b"9" * 301 + b"]", "301 digits"),
        (b"[0." + b"9" * 299 + b"]", "301 digits"),
        (b"[" * 100_000, "nested too deep|not JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "nested"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested"),
        (b"[" * 900 + b"]" * 900, "nested deeper than"),
    ],
)
def test_what_no_store_can_keep_is_unreadable(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse_json(body)


def test_nesting_is_bounded_exactly() -> None:
    assert parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    parse_json(b"[" + b"[]," * 500 + b"[]]")
    with pytest.raises(Unreadable):
        parse_json(b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2))


@pytest.mark.parametrize("body", [b"[]", b"1", b'"a"', b"null", b"true"])
def test_only_an_object_will_do(body: bytes) -> None:
    with pytest.raises(Unreadable, match="a JSON object is expected"):
        parse_object(body)


def test_what_a_customer_typed_passes() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a": "\\ud800\\u0000"}') == {"a": "\ud800\x00"}
    assert parse_json(b"9" * 300) == int("9" * 300)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-01-02T11:19:36-07:00", datetime(2024, 1, 2, 18, 19, 36, tzinfo=UTC)),
        ("2025-01-08T10:12:07.672717030Z", datetime(2025, 1, 8, 10, 12, 7, 672717, tzinfo=UTC)),
        (" 2025-01-08 10:12 ", datetime(2025, 1, 8, 10, 12, tzinfo=UTC)),
        ("2025-01-08", datetime(2025, 1, 8, tzinfo=UTC)),
        (1767323045, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (1767323045.5, datetime(2026, 1, 2, 3, 4, 5, 500000, tzinfo=UTC)),
        ("1767323045", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (1767323045123, datetime(2026, 1, 2, 3, 4, 5, 123000, tzinfo=UTC)),
        ("1767323045123456", datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)),
        ("1767323045000000000", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ({"$date": "2026-01-02T03:04:05Z"}, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ({"$date": 1767323045000}, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ({"seconds": 1767323045, "nanoseconds": 0}, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ({"_seconds": "1767323045"}, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ({"$date": {"$date": 1}}, None),
        *((value, None) for value in (None, True, "", "yesterday", "2024-02-30", 0, -1, [], {}, 10**300)),
        *(
            (value, None)
            for value in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "1e9", "x" * 99)
        ),
        *((value, None) for value in (float("nan"), float("inf"), "٣" * 10, "9" * 20, "\ud800")),
    ],
)
def test_a_time_is_aware_or_none(value: object, expected: datetime | None) -> None:
    assert moment(value) == expected


def test_a_time_as_a_version() -> None:
    assert milliseconds(datetime(2026, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC)) == 1767323045999
    assert milliseconds(None) == 0


def test_texts_numbers_and_labels() -> None:
    assert [text(value) for value in (" a ", " ", "", 7, 7.5, True, None, [])] == [
        " a ",
        None,
        None,
        "7",
        "7.5",
        None,
        None,
        None,
    ]
    assert [number(value) for value in (4, "4", "4,5", " 4.5 ", "x", True, None, float("nan"), 10**400)] == [
        4,
        4,
        4.5,
        4.5,
        None,
        None,
        None,
        None,
        None,
    ]
    assert [rating(value) for value in (0, 1, "5", 5.1, 10, None)] == [None, 1, 5, None, None, None]
    assert [labels(value) for value in ("a b a", "a b, c;d", ["x", 1, None, " "], None, {"a": 1})] == [
        ["a", "b"],
        ["a b", "c", "d"],
        ["x", "1"],
        [],
        [],
    ]


def test_an_identifier_is_fit_to_be_a_key() -> None:
    assert [identifier(value) for value in (" a ", 7, None)] == ["a", "7", None]
    for odd in ("x" * 257, "a\x00b", "\ud800", "a\nb"):
        assert len(identifier(odd) or "") == 64
    assert identifier("a\x00b") != identifier("ab")


def test_a_path_leads_through_objects_and_lists() -> None:
    document = {"a": [{"b": 1}], "0": 2}
    assert [
        at(document, *path.split("."))
        for path in ("a.0.b", "a.1.b", "a.x", "0", "a.0.b.c", "a." + "9" * 5000)
    ] == [1, None, None, 2, None, None]


@given(ANYTHING)
def test_no_reader_raises(value: object) -> None:
    for reader in (text, name, identifier, number, rating, labels, moment):
        reader(value)
    at(value, "a", "0", "")


@pytest.mark.parametrize(
    ("written", "stars"),
    [
        ("4/5", 4),
        ("4 / 5", 4),
        ("4,5 von 5", 4.5),
        ("4.0 out of 5.0", 4),
        ("3 of 5 stars", 3),
        ("5 stars", 5),
        ("1 Stern", 1),
        ("4 étoiles", 4),
        ("2 estrellas", 2),
        ("★★★★☆", 4),
        ("⭐⭐⭐", 3),
        ("3★", 3),
        ("4", 4),
        ("4/10", None),
        ("0/5", None),
        ("9 stars", None),
        ("☆☆☆☆☆", None),
        ("4 apples", None),
        ("4/5 but slow", None),
        ("", None),
        ("★" * 1_000_000, None),
        ("4" + " " * 1_000_000 + "/5", None),
    ],
)
def test_a_rating_may_be_written_out(written: str, stars: float | None) -> None:
    assert rating(written) == stars
