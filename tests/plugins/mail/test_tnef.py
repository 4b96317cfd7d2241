"""Outlook's winmail.dat. No real one may be passed on, so these are made after its specification."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sources.mail.letter import letter_of
from plugins.sources.mail.parts import parse
from plugins.sources.mail.tnef import opened
from tests.plugins.mail.mails import mail, multipart, part

BODY, PROPERTIES, CODE_PAGE = 0x0002800C, 0x00069003, 0x00069007
BEGIN, TITLE, CONTENT, FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
CYRILLIC = (CODE_PAGE, struct.pack("<II", 1251, 0))


def tnef(*attributes: tuple[int, bytes]) -> bytes:
    made = [struct.pack("<BII", 1, number, len(data)) + data + b"\0\0" for number, data in attributes]
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(made)


def properties(*values: tuple[int, int, bytes]) -> bytes:
    """Each with its type, its number and its value."""
    made = [struct.pack("<I", len(values))]
    for kind, number, value in values:
        name = b"\0" * 16 + struct.pack("<II", 0, 1) if number >= 0x8000 else b""
        size = b"" if kind in (3, 11) else struct.pack("<II", 1, len(value))
        made.append(struct.pack("<HH", kind, number) + name + size + value + b"\0" * (-len(value) % 4))
    return b"".join(made)


LONG_NAME = (FILE_PROPERTIES, properties((0x1F, 0x3707, "Größe.txt\0".encode("utf-16-le"))))
FILE = ((BEGIN, b"\0" * 14), (TITLE, b"GROE~1.TXT\0"), (CONTENT, b"hello"))
WORDS = "It crashes"


def test_files_have_their_long_names_and_their_content() -> None:
    found = opened(tnef(*FILE, LONG_NAME, *FILE)).files
    assert [(file.name, file.content_type, file.content) for file in found] == [
        ("Größe.txt", "text/plain", b"hello"),
        ("GROE~1.TXT", "text/plain", b"hello"),
    ]


@pytest.mark.parametrize(
    "attributes",
    [
        [(BODY, b"It crashes\0")],
        [(PROPERTIES, properties((0x1E, 0x1000, b"It crashes\0")))],
        [(PROPERTIES, properties((0x1F, 0x1000, "It crashes\0".encode("utf-16-le"))))],
        [(PROPERTIES, properties((0x102, 0x1013, b"<p>It <b>crashes</b></p>")))],
        [
            (
                PROPERTIES,
                properties((3, 0x0017, b"\1\0\0\0"), (11, 0x8005, b"\1\0"), (0x1E, 0x1000, b"It crashes\0")),
            )
        ],
        [(PROPERTIES, properties((0x101E, 0x8001, b"a\0\0\0"), (0x1E, 0x1000, b"It crashes\0")))],
        [(BODY, b"It crashes\0"), (BODY, b"cut")],
    ],
)
def test_the_letter_is_read(attributes: list[tuple[int, bytes]]) -> None:
    assert opened(tnef(*attributes)).text == WORDS


def test_texts_are_in_the_code_page_that_is_named() -> None:
    assert opened(tnef(CYRILLIC, (BODY, "Не работает\0".encode("cp1251")))).text == "Не работает"


def test_what_is_damaged_is_read_up_to_there() -> None:
    whole = tnef((BODY, b"It crashes\0"), *FILE, *FILE)
    assert opened(whole[:-3]).text == WORDS
    assert len(opened(whole[:-10]).files) == 1
    assert opened(b"no TNEF") == opened(b"") == ("", [])


def test_a_mail_has_the_files_instead_of_their_wrapping() -> None:
    wrapped = part("application/ms-tnef; name=winmail.dat", tnef((BODY, b"It crashes\0"), *FILE, LONG_NAME))
    found = letter_of(parse(mail(multipart("mixed", part("text/plain", "see file"), wrapped))))
    assert (found.text, [file.name for file in found.files]) == ("see file", ["Größe.txt"])
    found = letter_of(parse(mail(multipart("mixed", part("text/plain", ""), wrapped))))
    assert (found.text, [file.name for file in found.files]) == (WORDS, ["Größe.txt"])


def test_what_can_not_be_opened_stays_a_file() -> None:
    wrapped = part("application/octet-stream; name=winmail.dat", tnef((0x00069003, b"")))
    assert [file.name for file in letter_of(parse(mail(wrapped))).files] == ["winmail.dat"]


@given(st.binary(max_size=100))
def test_nothing_is_an_error(data: bytes) -> None:
    opened(data)
    opened(tnef((PROPERTIES, data), *FILE, (FILE_PROPERTIES, data)) + data)


@pytest.mark.parametrize(
    "piece", [b"\0", b"\xff", struct.pack("<BII", 1, BODY, 0) + b"\0\0", struct.pack("<BII", 1, BEGIN, 0)]
)
def test_a_megabyte_of_anything_is_read(piece: bytes) -> None:
    opened(tnef() + piece * (1_000_000 // len(piece)))
    opened(tnef((PROPERTIES, piece * (1_000_000 // len(piece)))))
    opened(tnef((PROPERTIES, struct.pack("<I", 1_000_000) + piece * (1_000_000 // len(piece)))))
