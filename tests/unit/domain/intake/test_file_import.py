from __future__ import annotations

import pytest

from chalicelib.domain.intake.file_import import UploadKey, import_id, parse_key
from chalicelib.errors import Invalid


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("reviews/csv/shop/a.csv", UploadKey("csv", "shop", "a.csv")),
        ("reviews/csv/shop/2026/01/a.csv", UploadKey("csv", "shop", "2026/01/a.csv")),
        ("emails/shop/abc", UploadKey("inbound_email", "shop", "abc")),
        ("emails/shop/in/abc", UploadKey("inbound_email", "shop", "in/abc")),
    ],
)
def test_a_key_says_where_a_file_belongs(key: str, said: UploadKey) -> None:
    assert parse_key(key) == said


@pytest.mark.parametrize(
    "key",
    [
        "", "/", "x", "reviews", "reviews/csv/a.csv", "reviews//shop/a.csv", "reviews/csv//a.csv", "emails/a",
        "emails//a", "reviews/csv/shop/", "emails/shop/", "/reviews/csv/shop/a.csv", "reviews/csv/Shop/a.csv",
        "reviews/csv/sh op/a.csv", "emails/" + "x" * 65 + "/a", "reviews/../shop/a.csv",
        "reviews/csv/s\n/a.csv", "reviews/csv/shop/a\0.csv", "emails/shop/\uffff",
    ],
)  # fmt: skip
def test_a_key_of_another_form_is_refused(key: str) -> None:
    with pytest.raises(Invalid):
        parse_key(key)


def test_an_import_is_named_by_its_key_and_its_bytes() -> None:
    one = import_id("b", "k", "e")
    assert one == import_id("b", "k", "e")
    assert len({one, import_id("c", "k", "e"), import_id("b", "l", "e"), import_id("b", "k", "f")}) == 4
