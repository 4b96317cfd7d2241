"""Tags fit where a ticket keeps them."""

from __future__ import annotations

from chalicelib.domain.tickets.tags import TAG_LIMIT, TAGS_BYTES, TAGS_MOST, fitting, tags_of


def test_each_tag_is_there_once_and_trimmed() -> None:
    assert tags_of([" refund ", "refund", "", " ", "vip"]) == ("refund", "vip")


def test_a_long_tag_is_cut() -> None:
    assert tags_of(["x" * 200]) == ("x" * TAG_LIMIT,)


def test_tags_beyond_the_number_and_the_bytes_are_left_out() -> None:
    short = tuple(f"t{number}" for number in range(80))
    assert fitting(short) == short[:TAGS_MOST]
    wide = tuple(f"{number:02}{'漢' * 90}" for number in range(50))
    assert 0 < sum(len(tag.encode()) for tag in fitting(wide)) <= TAGS_BYTES
    assert fitting(wide) == wide[:5]
