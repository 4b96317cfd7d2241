"""A mail as the tree of its parts, whatever its boundaries are like."""

from __future__ import annotations

from base64 import encodebytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sources.mail.parts import MAX_NESTING, MAX_PARTS, Part, parse
from tests.plugins.mail.mails import mail, multipart, part

ONE, TWO = part("text/plain", "one"), part("text/plain", "two")


def bodies(found: Part) -> list[bytes]:
    """Of all parts that have no parts."""
    return [body for child in found.children for body in bodies(child)] or [found.content.strip()]


@pytest.mark.parametrize(
    "entity",
    [
        multipart("mixed", ONE, TWO),
        multipart("mixed", ONE, TWO, end=False),  # the end is missing
        multipart("mixed", ONE, TWO).replace(b"\r\n", b"\n"),
        multipart("mixed", ONE, TWO).replace(b"\r\n", b"\r\r\n"),
        multipart("mixed", ONE, TWO).replace(b"--BB\r\n", b"--BB \t\r\n"),
        multipart("mixed", ONE, TWO).replace(b"boundary=BB", b'Boundary = "BB" ; charset=x'),
        multipart("mixed", ONE, TWO).replace(b"boundary=BB", b"boundary=CC"),  # another one than named
        multipart("mixed", ONE, TWO).replace(b"; boundary=BB", b""),  # none named
        multipart("mixed", ONE, TWO).replace(b"; boundary=BB", b"\r\n\tboundary=BB"),
        multipart("mixed", ONE, TWO) + b"an epilogue\r\n--BB\r\n\r\nno part\r\n",
        multipart("mixed", ONE, TWO).replace(b"\r\n\r\n--BB", b"\r\n\r\nThis is MIME.\r\n--BB", 1),
        multipart("mixed", ONE, TWO).replace(b"\r\n\r\n--BB", b"\r\n--BB", 1),  # no line between
        multipart("mixed", ONE, b"\r\ntwo"),  # a part without headers
        multipart("mixed", ONE, b"two"),
        multipart("mixed", ONE, TWO).replace(b"--BB\r\n", b"", 1),  # a delimiter is lost
        multipart("mixed", ONE, TWO).replace(b"--BB\r\n", b"\r\n", 1),
        multipart("mixed", ONE, TWO).replace(b"--BB\r\n", b"-=-BB\r\n", 1),  # or damaged
        multipart("mixed", multipart("related", ONE, boundary="CC"), TWO).replace(
            b"\r\n--BB\r\nContent-Type: t", b"\r\n-BB\r\nContent-Type: t"
        ),
        multipart("mixed", multipart("related", ONE, boundary="BBB"), TWO),  # one's beginning is the other
        multipart("mixed", multipart("related", ONE, boundary="CC", end=False), TWO),
        multipart("mixed", multipart("related", ONE, boundary="--BB"), TWO),
    ],
)
def test_both_parts_are_found(entity: bytes) -> None:
    assert bodies(parse(mail(entity))) == [b"one", b"two"]


def test_an_end_that_comes_too_early_loses_nothing() -> None:
    early = multipart("mixed", ONE, b"TWO").replace(b"--BB\r\nTWO", b"--BB--\r\n" + TWO)
    one, two = bodies(parse(mail(early)))
    assert one == b"one"
    assert two.startswith(b"two")


def test_a_multipart_in_base64_is_read() -> None:
    head, _, body = multipart("mixed", ONE, TWO).partition(b"\r\n\r\n")
    encoded = head + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encodebytes(body)
    assert bodies(parse(mail(encoded))) == [b"one", b"two"]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("text/html", "text/html"),
        ("TEXT/HTML;charset=utf-8", "text/html"),
        ("text", "text/plain"),
        ("text/", "text/plain"),
        ("html", "text/plain"),
        ("", "text/plain"),
        ("image/png name=a.png", "image/png"),
        ("application/vnd.ms-excel (a sheet)", "application/vnd.ms-excel"),
    ],
)
def test_a_type_is_read(header: str, kind: str) -> None:
    assert parse(f"Content-Type: {header}\n\nx".encode()).kind == kind


def test_in_a_digest_parts_are_mails() -> None:
    digest = parse(mail(multipart("digest", b"\r\nSubject: one\r\n\r\n1", b"\r\nSubject: two\r\n\r\n2")))
    assert [child.kind for child in digest.children] == ["message/rfc822"] * 2


@pytest.mark.parametrize("before", [b"", b"\r\n", b"\n \n\t\n", b"From ina@cust.example Tue Mar  3\n"])
def test_what_stands_before_the_headers_is_passed_over(before: bytes) -> None:
    assert parse(before + mail(ONE)).headers.raw("subject") == "Help"


def test_parts_beyond_the_most_are_counted() -> None:
    found = parse(mail(multipart("mixed", *[ONE] * 10_000)))
    assert len(found.children) == MAX_PARTS
    assert found.left_out == 10_000 - MAX_PARTS


def test_parts_nested_too_deep_stay_together() -> None:
    entity = ONE
    for depth in range(MAX_NESTING + 20):
        entity = multipart("mixed", entity, TWO, boundary=f"b{depth}x")
    assert len(bodies(parse(mail(entity)))) == MAX_NESTING + 1


@given(st.binary(max_size=200))
def test_nothing_is_an_error(raw: bytes) -> None:
    bodies(parse(raw))
    bodies(parse(multipart("mixed", raw, ONE) + raw))


@pytest.mark.parametrize(
    "piece",
    [
        b"--",
        b"--BB",
        b"\n--BB",
        b"\n--BB\n",
        b"\n--BB--",
        b"\n--x\nContent-Type: a/b\n",
        b"\r",
        b"\n",
        b" \n",
    ],
)
def test_a_megabyte_of_anything_is_read(piece: bytes) -> None:
    many = piece * (1_000_000 // len(piece))
    parse(many)
    parse(mail(multipart("mixed", many)))
    parse(mail(multipart("mixed", many).replace(b"boundary=BB", b"boundary=CC")))
    parse(mail(multipart("mixed", many).replace(b"; boundary=BB", b"")))
