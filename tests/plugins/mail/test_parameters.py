"""Headers of the form `value; name=value`, as clients write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sources.mail.parameters import structured


@pytest.mark.parametrize(
    "header",
    [
        b"text/plain; charset=utf-8",
        b'TEXT/Plain; CHARSET="utf-8"',
        b" text / plain ;\r\n\tcharset = utf-8 ;",
        b"text/plain charset=utf-8",
        b"text/plain; charset=utf-8; charset=koi8-r",
        b"text/plain;; charset=utf-8",
        b"text/plain; charset=utf-8 (the usual one)",
        b"text/plain; charset*=us-ascii'en'utf-8",
        b"text/plain; (remark) charset=utf-8",
        b'text/plain; charset="utf-8',
    ],
)
def test_a_type_and_its_charset_are_read(header: bytes) -> None:
    read = structured(header)
    assert read.value == "text/plain"
    assert read.parameters["charset"] == "utf-8"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b'attachment; filename="a b.txt"', "a b.txt"),
        (b"attachment; filename=a b.txt", "a b.txt"),
        (b'attachment; filename="a; b.txt"', "a; b.txt"),
        (b'attachment; filename="a \\"b\\".txt"', 'a "b".txt'),
        (b"attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe.txt", "Größe.txt"),
        (b"attachment; filename*=iso-8859-1'de'Gr%F6%DFe.txt", "Größe.txt"),
        (b"attachment; filename*0*=UTF-8''Gr%C3%B6; filename*1*=%C3%9Fe; filename*2=.txt", "Größe.txt"),
        (b"attachment; filename*1=b.txt; filename*0=a", "ab.txt"),
        (b"attachment; filename*0*=UTF-8''%E9; filename*1*=%80%80", "退"),
        (b'attachment; filename="=?utf-8?q?Gr=C3=B6=C3=9Fe.txt?="', "Größe.txt"),
        (b'attachment; filename="=?utf-8?b?R3LDtg==?=\r\n =?utf-8?b?w59lLnR4dA==?="', "Größe.txt"),
        ("attachment; filename=Größe.txt".encode(), "Größe.txt"),
        ('attachment; filename="Größe.txt"'.encode("cp1252"), "Größe.txt"),
        (b"attachment; filename=\"Gro.txt\"; filename*=UTF-8''Gr%C3%B6.txt", "Grö.txt"),
        (b"attachment; filename*=UTF-8''Gr%C3%B6.txt; filename=Gro.txt", "Grö.txt"),
        (b"attachment; filename=c.txt; filename*0=a; filename*1*=%2Etxt", "a.txt"),
        (b'attachment; filename="C:\\temp\\new.txt"', "C:\\temp\\new.txt"),
        (b'attachment; filename="C:\\\\temp\\\\new.txt"', "C:\\temp\\new.txt"),
        (b"attachment; filename=", ""),
        (b"attachment", ""),
    ],
)
def test_file_names_are_read(header: bytes, name: str) -> None:
    assert structured(header).parameters.get("filename", "") == name


def test_a_boundary_keeps_its_spaces() -> None:
    assert structured(b'multipart/mixed; boundary="a=?  "').parameters["boundary"] == "a=?  "


@given(st.binary(max_size=80))
def test_nothing_is_an_error(header: bytes) -> None:
    structured(header)
    structured(b"text/plain; name" + header)


@pytest.mark.parametrize(
    "piece", [b";", b"a=b;", b'"', b'\\"', b"(", b"()", b"a*0*=", b"=", b" ", b'a="', b"a\n "]
)
def test_a_megabyte_of_anything_is_read(piece: bytes) -> None:
    structured(b"text/plain" + piece * (1_000_000 // len(piece)))
