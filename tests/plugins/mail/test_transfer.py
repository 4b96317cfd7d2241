"""Transfer encodings, damaged as they come."""

from __future__ import annotations

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sources.mail.transfer import transferred

BOTH = b"The app crashes!Please refund order 77."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"VGhlIGFwcCBjcmFzaGVzIQ==\r\nUGxlYXNlIHJlZnVuZCBvcmRlciA3Ny4=", BOTH),  # two, each with its padding
        (b"VGhlIGFwcCBjcmFzaGVzIQ==UGxlYXNlIHJlZnVuZCBvcmRlciA3Ny4=", BOTH),
        (b"VGhlIGFwcCBjcmFzaGVzIVBsZWFzZSByZWZ1bmQgb3JkZXIgNzcu", BOTH),
        (b"VGhlIGFwcCBjcmFzaGVzIVBs\n\nZWFzZSByZWZ1bmQgb3JkZXIgNzcu\n", BOTH),
        (b"VGhlIGFwcCBjcmFzaGVzIVBsZWFzZSByZWZ1bmQgb3JkZXIgNzcu====", BOTH),
        (b"VGhlIGFwcCBjcmFzaGVz*IVBs!ZWFzZSByZWZ1bmQgb3JkZXIgNzcu", BOTH),  # damage within
        (b"\xef\xbb\xbfVGhlIGFwcCBjcmFzaGVzIVBsZWFzZSByZWZ1bmQgb3JkZXIgNzcu", BOTH),
        (b"VGhlIGFwcCBjcmFzaGVzIQ", b"The app crashes!"),  # no padding
        (b"VGhlIGFwcCBjcmFzaGVzIQ==\r\nV", b"The app crashes!"),  # a lone letter
        (b"VGhlIGFwcCBjcmFzaGVzIQ==\n--\nSent by the list\n", b"The app crashes!\n--\nSent by the list\n"),
        (b"VGhlIGFwcCBjcmFzaGVzIQ== ignored", b"The app crashes!\nignored"),
        (b"The app crashes, it is not encoded.", b"The app crashes, it is not encoded."),
        (b"", b""),
    ],
)
def test_base64_is_read_as_far_as_it_goes(body: bytes, text: bytes) -> None:
    assert transferred(body, "base64") == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"Gr=C3=B6=C3=9Fe", "Größe"),
        (b"Gr=c3=b6=c3=9fe", "Größe"),
        (b"a=\r\nb=\nc", "abc"),
        (b"a= \r\nb=\t \nc", "abc"),
        (b"5 = 5, a=b, 100=%", "5 = 5, a=b, 100=%"),
        (b"a=ZZ=4", "a=ZZ=4"),
        (b"a=", "a"),
        (b"a=3D3D", "a=3D"),
        (b"a_b", "a_b"),
        ("roh: ö =C3=B6".encode(), "roh: ö ö"),
        (b"two\r\nlines", "two\r\nlines"),
    ],
)
def test_quoted_printable_is_read_as_far_as_it_goes(body: bytes, text: str) -> None:
    assert transferred(body, "quotedprintable").decode() == text


def test_uuencode_is_read_with_and_without_its_frame() -> None:
    lines = binascii.b2a_uu(b"The app crashes!")
    for body in (lines, b"begin 644 a.txt\n" + lines + b"`\nend\n", b"begin 644 a.txt\r\n" + lines):
        for name in ("xuuencode", "uuencode", "uue", "xuue"):
            assert transferred(body, name) == b"The app crashes!"


@pytest.mark.parametrize("name", ["7bit", "8bit", "binary", "", "nobodyknows"])
def test_what_is_not_encoded_stays(name: str) -> None:
    assert transferred(b"a=3D b", name) == b"a=3D b"


@given(st.binary(max_size=60), st.sampled_from(["base64", "quotedprintable", "uue"]))
def test_nothing_is_an_error(body: bytes, name: str) -> None:
    assert isinstance(transferred(body, name), bytes)


@pytest.mark.parametrize(
    "piece", [b"=", b"A=", b"A", b"a b ", b"= ", b"=\n", b"\n", b"M", b"begin 644 a\n", b"AAAA A\n"]
)
@pytest.mark.parametrize("name", ["base64", "quotedprintable", "uue"])
def test_a_megabyte_of_anything_is_read(piece: bytes, name: str) -> None:
    body = piece * (1_000_000 // len(piece))
    assert len(transferred(body, name)) <= len(body) + 1
