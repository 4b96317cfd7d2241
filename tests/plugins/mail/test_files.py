"""Files that came with a mail, under safe names."""

from __future__ import annotations

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sources.mail.enclosed import taken_out
from plugins.sources.mail.files import MAX_NAME, attached, file, safe_name
from plugins.sources.mail.parts import parse


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ina\\a.txt", "a.txt"),
        ("/etc/passwd", "passwd"),
        ("a/b/", "b"),
        ("..", ""),
        (".htaccess", "htaccess"),
        ("exe.\u202egnp.exe", "exe.gnp.exe"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("a\u200bb\ufeff.txt", "ab.txt"),
        ("CON: <a>|?*.txt", "CON_ _a____.txt"),
        ("  Größe  1 .pdf ", "Größe 1 .pdf"),
        ("写真.jpg", "写真.jpg"),
        ("\ud800.txt", "txt"),
        ("", ""),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("a" * 5_000) == "a" * MAX_NAME
    assert safe_name("a" * 500 + ".tar.gz") == "a" * (MAX_NAME - 3) + ".gz"
    assert len(safe_name("a." + "b" * 500)) == MAX_NAME


@given(st.text(max_size=300))
def test_no_name_is_dangerous(name: str) -> None:
    safe = safe_name(name)
    assert len(safe) <= MAX_NAME
    assert not set(safe) & set('/\\:*?"<>|\0\r\n\u202e')
    assert safe not in (".", "..")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("image/png", "attachment.png"),
        ("application/pdf", "attachment.pdf"),
        ("text/csv", "attachment.csv"),
        ("application/x-nobody-knows", "attachment.bin"),
    ],
)
def test_a_file_without_a_name_is_called_after_its_type(kind: str, name: str) -> None:
    assert file("", kind, b"").name == name


def test_a_mail_within_a_mail_is_called_after_its_subject() -> None:
    inner = b"Content-Type: message/rfc822\n\nSubject: =?utf-8?q?Gr=C3=B6=C3=9Fe?= / 1\n\nhello"
    assert attached(parse(inner)).name == "1.eml"
    assert attached(parse(inner.replace(b" / 1", b""))).name == "Größe.eml"
    assert (
        attached(parse(b"Content-Type: message/rfc822\n\nFrom: a@b.example\n\nhello")).name == "message.eml"
    )
    named = attached(parse(b"Content-Type: message/rfc822; name=a.msg\n\nFrom: a@b.example\n\nhello"))
    assert (named.name, named.content_type) == ("a.msg", "message/rfc822")
    assert named.content == b"From: a@b.example\n\nhello"


UU = binascii.b2a_uu(b"GIF89a and more").decode()
YENC = bytes((byte + 42) & 0xFF for byte in b"GIF89a and more")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (f"Hello\nbegin 644 a.gif\n{UU}`\nend\nBye".encode(), b"Hello\n\nBye"),
        (f"Hello\r\nbegin 666 a.gif\r\n{UU}`\r\nend\r\nBye".encode(), b"Hello\r\n\r\nBye"),
        (b"begin-base64 644 a.gif\nR0lGODlhIGFuZCBtb3Jl\n====\nBye", b"\nBye"),
        (b"=ybegin line=128 size=15 name=a.gif\r\n" + YENC + b"\r\n=yend size=15 crc32=0\r\nBye", b"\nBye"),
        (
            b"=ybegin part=1 line=9 name=a.gif\n=ypart begin=1 end=15\n" + YENC + b"\n=yend size=15\nBye",
            b"\nBye",
        ),
    ],
)
def test_a_file_within_a_text_is_taken_out(body: bytes, words: bytes) -> None:
    rest, (found,) = taken_out(body)
    assert rest.strip(b"\r") == words
    assert (found.name, found.content_type, found.content) == ("a.gif", "image/gif", b"GIF89a and more")


@pytest.mark.parametrize(
    "body", [b"begin 644 a.gif\nno end", b"We begin 644 a.gif\nend", b"begin now\nend", b"=ybegin\n=yend"]
)
def test_words_are_no_file(body: bytes) -> None:
    assert taken_out(body) == (body, [])


@pytest.mark.parametrize(
    "piece", [b"begin 644 a\n", b"begin 644 a\nend\n", b"=ybegin name=a\n", b"end\n", b"begin"]
)
def test_a_megabyte_of_anything_is_read(piece: bytes) -> None:
    assert len(taken_out(piece * (1_000_000 // len(piece)))[1]) <= 100
