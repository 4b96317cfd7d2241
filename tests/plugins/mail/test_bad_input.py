"""Mails that are broken or hostile: told, bounded, nothing lost."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sources.inbound_email import MAX_MAIL, InboundEmail
from tests.plugins.mail.mails import mail, multipart, part
from triggeriq import AttachedFile, Connection, Feedback, FileHint, Item, Unreadable
from triggeriq.testing import check

HINT = FileHint(name="1", modified_at=datetime(2026, 3, 3, tzinfo=UTC))


def read(raw: bytes) -> Item:
    ((_, item),) = InboundEmail().read(BytesIO(raw), HINT, None, Connection(source="inbound_email"))
    check(item)
    return item


def feedback(raw: bytes) -> Feedback:
    item = read(raw)
    assert isinstance(item, Feedback)
    return item


WORDS = part("text/plain", "It crashes")


def test_of_ten_thousand_parts_the_words_and_the_first_files_are_kept_and_the_rest_is_told() -> None:
    item = feedback(mail(multipart("mixed", WORDS, *[part("image/png", "x")] * 10_000)))
    assert item.text == "It crashes"
    assert len(item.attachments) + item.attributes["files_left_out"] == 10_000


def test_headers_of_a_megabyte_cost_no_words() -> None:
    for header in (b"X-Long: " + b"a" * 1_000_000, b"\r\n".join(b"X-%d: a" % n for n in range(100_000))):
        for entity in (
            header + b"\r\n" + WORDS,
            WORDS.replace(b"\r\n\r\n", b"\r\n" + header + b"\r\n\r\n", 1),
        ):
            assert feedback(mail(entity)).text == "It crashes"


def test_charsets_that_nobody_knows_cost_no_words() -> None:
    entity = multipart("mixed", *[part(f"text/plain; charset=x-{n}", f"word{n} ö") for n in range(300)])
    subject = " ".join(f"=?x-{n}?q?w=C3=B6rd{n}?=" for n in range(300))
    item = feedback(mail(entity, subject))
    assert all(f"word{n} ö" in item.text for n in range(300))
    assert all(f"wörd{n}" in (item.title or "") for n in range(300))


def test_what_is_nested_deep_is_read_or_kept() -> None:
    entity = WORDS
    for depth in range(500):
        entity = multipart("mixed", entity, boundary=f"b{depth}x")
    item = feedback(mail(entity))
    assert "It crashes" in item.text
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3_000)
    )
    feedback(b"From: a@b.example\n" + nested)


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"hello", bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"{}"]
)
def test_what_is_no_mail_is_told(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="no mail"):
        read(raw)


def test_a_mail_that_is_too_long_is_told() -> None:
    with pytest.raises(Unreadable, match="longer than"):
        read(b"Subject: x\n\n" + b"x" * MAX_MAIL)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "x-uuencode", "8bit"])
@pytest.mark.parametrize(
    "piece", [b"=", b"A", b"\xff", b"\n", b"M ", b"<a ", b"> ", b"begin 644 a\n", b"\x1b$B"]
)
@pytest.mark.parametrize("kind", ["text/plain; charset=utf-8; format=flowed", "text/html; charset=euc-jp"])
def test_a_body_of_a_megabyte_of_anything_is_read(encoding: str, piece: bytes, kind: str) -> None:
    body = piece * (1_000_000 // len(piece))
    feedback(mail(part(kind, body, f"Content-Transfer-Encoding: {encoding}")))


@given(st.binary(max_size=300))
def test_bytes_are_a_mail_or_told(raw: bytes) -> None:
    with suppress(Unreadable):
        read(raw)
    read(b"Subject: x\n" + raw)
    read(mail(raw))


@st.composite
def entities(draw: st.DrawFn, words: Iterator[int], depth: int = 3) -> bytes:
    """A letter, a file, or several; each has a word of its own."""
    word = f"word{next(words)}w"
    encoded = b64encode(f"It says {word} here".encode()).decode()
    forms = ["plain", "base64", "html", "file", "alternative", "mail"] + ["multipart"] * (3 if depth else 0)
    match draw(st.sampled_from(forms)):
        case "plain":
            return part("text/plain; charset=utf-8; format=flowed", f"Hello \r\n{word}\r\n\r\nBye")
        case "base64":
            return part("text/plain; charset=utf-8", encoded, "Content-Transfer-Encoding: base64")
        case "html":
            return part('text/html; charset="utf-8"', f"<html><body>\r\n<p>{word}</p>\r\n</body>")
        case "file":
            named = f'Content-Disposition: attachment;\r\n filename="{draw(st.sampled_from("abc"))}.pdf"'
            return part("application/pdf", encoded, named, "Content-Transfer-Encoding: base64")
        case "alternative":
            html = part("text/html", f"<p>{word}</p>")
            return multipart("alternative", part("text/plain", word), html, boundary=f"=_{word}")
        case "mail":
            return part("message/rfc822", mail(part("text/plain", word)))
        case _:
            inner = draw(st.lists(entities(words, depth - 1), min_size=1, max_size=3))
            return multipart(draw(st.sampled_from(["mixed", "related"])), *inner, boundary=f"{word}")


@st.composite
def broken(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """A mail of which one line is broken, and what must not get lost of it."""
    words = count()
    lines = mail(draw(entities(words))).split(b"\r\n")
    kept = [b"word%dw" % n for n in range(next(words))]
    kept = [word for word in kept if any(carries(line, word) for line in lines)]
    bare = [n for n, line in enumerate(lines) if n > 3 and not any(carries(line, word) for word in kept)]
    place = draw(st.sampled_from(bare))
    line = lines[place]
    cut = draw(st.integers(0, len(line)))
    match draw(st.sampled_from(["gone", "twice", "cut", "byte", "blank", "indented"])):
        case "gone":
            del lines[place]
        case "twice":
            lines.insert(place, line)
        case "cut":
            lines[place] = line[:cut]
        case "byte":
            lines[place] = line[:cut] + draw(st.binary(min_size=1, max_size=1)) + line[cut:]
        case "blank":
            lines.insert(place, b"")
        case "indented":
            lines[place] = b" " + line
    return b"\r\n".join(lines), kept


def carries(line: bytes, word: bytes) -> bool:
    """Whether a line is one with the word's letters, which are not to be broken."""
    return (word in line and b"boundary=" not in line and not line.startswith(b"--")) or encoded_of(
        word
    ) in line


def encoded_of(word: bytes) -> bytes:
    return b64encode(b"It says " + word + b" here")


@given(broken())
def test_one_thing_that_is_broken_loses_no_words(case: tuple[bytes, list[bytes]]) -> None:
    raw, kept = case
    item = feedback(raw)
    found = f"{item.text}\n{item.quoted}".encode("utf-8", "surrogateescape")
    found += b"".join(file.content for file in item.attachments if isinstance(file, AttachedFile))
    for word in kept:
        assert word in found or encoded_of(word) in found, raw
