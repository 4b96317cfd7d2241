"""Mails of real bug reports, each with what is right; their kinds are in the tests of the modules."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from io import BytesIO

import pytest

from plugins.sources.inbound_email import InboundEmail
from triggeriq import Connection, Feedback, FileHint


def read(headers: str, body: bytes) -> Feedback:
    head = "To: help@shop.example\nFrom: Ina Lund <ina@cust.example>\nDate: Tue, 3 Mar 2026 09:00:00 +0100\n"
    head += f"Message-ID: <1@cust.example>\nMIME-Version: 1.0\n{headers}\n"
    raw = head.replace("\n", "\r\n").encode() + b"\r\n" + body
    hint = FileHint(name="1", modified_at=datetime(2026, 3, 3, 9, tzinfo=UTC))
    ((_, item),) = InboundEmail().read(BytesIO(raw), hint, None, Connection(source="inbound_email"))
    assert isinstance(item, Feedback)
    return item


ZERO_WIDTH = (
    "--BB\n\n\u200b\n--BB\nContent-Type: text/html; charset=utf-8\n\n<p>I want a refund.</p>\n--BB--".encode()
)


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        (
            "Content-Type: text/plain; charset=ISO-2022-JP",
            b'\x1b$B-!\x1b(B\x1b$B%"%W%j$,5/F0$7$^$;$s!#JV6b$7$F$/$@$5$$!#\x1b(B',
            "①アプリが起動しません。返金してください。",
        ),
        (
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit",
            "Für März wurde doppelt abgebucht – bitte prüfen. Empf".encode() + b"\xe4nger",
            "Für März wurde doppelt abgebucht – bitte prüfen. Empfänger",
        ),
        (
            "Content-Type: text/html\nContent-Transfer-Encoding: 8bit",
            '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head>'
            "<body><p>Приложение не работает</p></body></html>".encode("cp1251"),
            "Приложение не работает",
        ),
        (
            "Content-Type: text/plain; charset=latin1",
            b"It\x92s \x93slow\x94 \x96 5 \x80",
            "It’s “slow” – 5 €",
        ),
        ('Content-Type: text/plain; charset=utf-8; name="message.txt"', b"It crashes", "It crashes"),
        (
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64",
            b"VGhlIGFwcCBjcmFzaGVzIQ==\r\nUGxlYXNlIHJlZnVuZCBvcmRlciA3Ny4=",
            "The app crashes!Please refund order 77.",
        ),
        (
            "Content-Type: text/html; charset=utf-8",
            b'<p>Hello,</p><svg width="1" height="1"/><p>please refund order 77.</p>',
            "Hello,\n\nplease refund order 77.",
        ),
        (
            "Content-Type: text/html; charset=utf-8",
            b'<img src="data:image/png;base64,' + b"A" * 1_400_000 + b'"><p>It crashes</p>',
            "It crashes",
        ),
        ("Content-Type: multipart/alternative; boundary=BB", ZERO_WIDTH, "I want a refund."),
    ],
)
def test_the_words_are_right(headers: str, body: bytes, text: str) -> None:
    assert read(headers, body).text == text


def test_an_encoded_subject_is_right() -> None:
    assert read("Subject: =?ISO-2022-JP?B?GyRCSlY2Yi0hGyhC?=", b"x").title == "返金①"
    assert read("Subject: =?gb2312?B?zcu/7sc=?=\n =?gb2312?B?68fz?=", b"x").title == "退款请求"
    words = b64encode("Größe".encode()).decode()
    assert read(f"Subject: =?utf-8?b?{words[:5]}?=\n =?utf-8?b?{words[5:]}?=", b"x").title == "Größe"
