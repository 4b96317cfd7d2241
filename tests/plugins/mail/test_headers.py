"""Headers as clients really write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plugins.sources.mail.addresses import Address
from plugins.sources.mail.headers import MAX_FIELD, MAX_FIELDS, Headers

WHEN = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


def test_a_name_is_found_in_any_case_and_folded_lines_are_one() -> None:
    headers = Headers(b"SUBJECT: a\r\n\tb\r\nsubject : c\n\nbody: no header\n")
    assert headers.has("Subject")
    assert not headers.has("body")
    assert headers.raw("subject") == "a b"
    assert headers.all("Subject") == ["a b", "c"]
    assert (headers.raw("x"), headers.text("x"), headers.all("x"), headers.ids("x")) == ("", "", [], [])
    assert headers.addresses("x") == []
    assert headers.date() is None


@pytest.mark.parametrize(
    ("block", "subject"),
    [
        (b"From ina@cust.example Tue Mar  3 09:00:00 2026\nSubject: a\n", "a"),
        (b">From ina@cust.example Tue Mar  3 09:00:00 2026\r\nSubject: a\r\n", "a"),
        (b"Subject: the fold\nlost its indent\nTo: a@b.example\n", "the fold lost its indent"),
        (b"Subject: a\nDear team\n\nSubject: b\n", "a"),
        (b"Subject: a\r\r\n\r\r\nb", "a"),
        (b"Subject:\n a\n", "a"),
        (b"Subject: a\n \n b\n", "a b"),
        (b"Subject:a", "a"),
        (b"no header\nSubject: a\n", ""),
    ],
)
def test_broken_blocks_are_read_as_far_as_they_go(block: bytes, subject: str) -> None:
    assert Headers(block).text("subject") == subject


@pytest.mark.parametrize(
    ("value", "text"),
    [
        # cut between the bytes of a character
        (b"=?gb2312?B?zcu/7sc=?=\r\n =?gb2312?B?68fz?=", "退款请求"),
        (b"=?utf-8?Q?Gr=C3?= =?UTF-8?Q?=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?B?w?=\n =?utf-8?B?7w=?=", "ü"),  # within base64's group of four
        (b"=?utf-8?b?w7w?= =?utf-8?q?=C3=9F?=", "üß"),
        (b"=?shift_jis?B?h0A=?=", "①"),
        (b"=?iso-8859-1?Q?It=92s?=", "It’s"),
        (b"=?utf-8*en?q?a_b?=", "a b"),  # RFC 2231's language
        (b"=?utf-8?Q?What now??=", "What now?"),
        (b"=?utf-8?Q?caf=C3=A9?=!", "café!"),
        (b"Re:=?utf-8?q?a?==?utf-8?q?b?=", "Re:ab"),
        (b"a =?utf-8?q?b?= c", "a b c"),
        (b'"=?utf-8?q?b?="', '"b"'),
        (b"=?nobody?q?a=C3=BC?=", "aü"),  # a charset that nobody knows
        (b"=?utf-8?q?=C3=BC=ZZ?=", "ü=ZZ"),
        (b"=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        (b"=?utf-8?q?abc", "=?utf-8?q?abc"),
        ("Größe".encode(), "Größe"),  # unencoded
        ("Größe".encode("cp1252"), "Größe"),
        (b"", ""),
    ],
)
def test_subjects_are_read(value: bytes, text: str) -> None:
    assert Headers(b"Subject: " + value + b"\r\n").text("subject") == text


def test_unencoded_bytes_are_in_the_charset_of_the_body() -> None:
    block = b"Subject: " + "Не работает".encode("koi8-r") + b"\nContent-Type: text/plain; charset=koi8-r\n"
    assert Headers(block).text("subject") == "Не работает"


INA = Address("Ina Lund", "ina@cust.example")


@pytest.mark.parametrize(
    ("value", "boxes"),
    [
        ("Ina Lund <ina@cust.example>", [INA]),
        ('"Ina Lund" <ina@cust.example>', [INA]),
        ("ina@cust.example (Ina Lund)", [INA]),
        ("Ina Lund ina@cust.example", [INA]),
        ("<ina@cust.example> Ina Lund", [INA]),
        ("Ina Lund <mailto:ina@cust.example>", [INA]),
        ("Ina Lund [mailto:ina@cust.example]", [INA]),
        ("Ina Lund <ina@cust.example", [INA]),
        ("Ina Lund <<ina@cust.example>>", [INA]),
        ("Ina Lund <@relay.example,@mx.example:ina@cust.example>", [INA]),
        ("Ina (it's (me)) Lund <ina@cust.example> (sales)", [INA]),
        ("=?utf-8?q?Ina?= =?utf-8?q?_Lund?= <ina@cust.example>", [INA]),
        ('"=?utf-8?q?Ina_Lund?=" <ina@cust.example>', [INA]),
        ("=?utf-8?q?Ina_Lund_<ina@cust.example>?=", [INA]),
        ("From: Ina Lund <ina@cust.example>", [INA]),
        ("Customers: Ina Lund <ina@cust.example>, bo@cust.example;", [INA, Address("", "bo@cust.example")]),
        ("undisclosed-recipients:;", []),
        ("ina@cust.example", [Address("", "ina@cust.example")]),
        ("<ina@cust.example>", [Address("", "ina@cust.example")]),
        ("Lund, Ina <ina@cust.example>", [Address("Lund, Ina", "ina@cust.example")]),
        ("Lund\\, Ina <ina@cust.example>", [Address("Lund, Ina", "ina@cust.example")]),
        ("Lund, Ina, Dr. <ina@cust.example>", [Address("Lund, Ina, Dr.", "ina@cust.example")]),
        (
            "bo@cust.example, Lund, Ina <ina@cust.example>",
            [Address("", "bo@cust.example"), Address("Lund, Ina", "ina@cust.example")],
        ),
        ("=?utf-8?q?Lund=2C_Ina?= <ina@cust.example>", [Address("Lund, Ina", "ina@cust.example")]),
        # what a name says is no address of its author
        ('"boss@big.example" <ina@cust.example>', [Address("boss@big.example", "ina@cust.example")]),
        ("boss@big.example <ina@cust.example>", [Address("boss@big.example", "ina@cust.example")]),
        (
            "=?utf-8?q?<boss@big.example>?= <ina@cust.example>",
            [Address("<boss@big.example>", "ina@cust.example")],
        ),
        (
            "=?utf-8?b?Ym9zc0BiaWcuZXhhbXBsZSwg?= <ina@cust.example>",
            [Address("boss@big.example,", "ina@cust.example")],
        ),
        ("(boss@big.example) <ina@cust.example>", [Address("boss@big.example", "ina@cust.example")]),
        ('"Ina \\"I\\" Lund" <ina@cust.example>', [Address('Ina "I" Lund', "ina@cust.example")]),
        ('"Ina Lund <ina@cust.example>', [INA]),
        ('"ina lund"@cust.example', [Address("", '"ina lund"@cust.example')]),
        ("Ina <ina@[127.0.0.1]>", [Address("Ina", "ina@[127.0.0.1]")]),
        ("Jürgen <jürgen@köln.example>", [Address("Jürgen", "jürgen@köln.example")]),
        (
            "Ina <ina@cust.example> Bo <bo@cust.example>",
            [Address("Ina", "ina@cust.example"), Address("Bo", "bo@cust.example")],
        ),
        ("Ina Lund", [Address("Ina Lund", "")]),
        ("Ina Lund <>", [Address("Ina Lund", "")]),
        ("<>", []),
        (",,;:", []),
    ],
)  # fmt: skip
def test_mailboxes_are_read(value: str, boxes: list[Address]) -> None:
    assert Headers(f"From: {value}\r\n".encode()).addresses("from") == boxes


def test_the_mailboxes_of_all_headers_of_a_name_are_read() -> None:
    headers = Headers(b"To: a@x.example\nTo: b@x.example\n")
    assert [box.address for box in headers.addresses("to")] == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize(
    "value", ["", "<", "<>", "<@>", "<a b@c>", "<a\r\n b@c>", "a@b", "a", "<a>", "<@b>", "<a@>"]
)
def test_what_is_no_message_id_is_none(value: str) -> None:
    assert Headers(f"References: {value}\r\n".encode()).ids("references") == []


def test_ids_are_found_in_whatever_stands_around_them() -> None:
    headers = Headers(
        b"References: <a@x>\r\n\t<b@x>,(c) Ina's mail of Tuesday <c+1=2@[10.0.0.1]>\r\n<\r\nreferences: <d@x>"
    )
    assert headers.ids("References") == ["a@x", "b@x", "c+1=2@[10.0.0.1]", "d@x"]


def test_of_many_headers_of_mailboxes_the_first_are_looked_at() -> None:
    many = Headers(b"From: Ina Lund <ina@cust.example>\n" + (b"From: " + b"," * MAX_FIELD + b"\n") * 300)
    assert many.addresses("from") == [INA]
    last = Headers(b"To: " + b"," * MAX_FIELD + b"\nTo: bo@cust.example\n")
    assert last.addresses("to") == []


def test_a_very_long_id_becomes_its_digest() -> None:
    (known,) = Headers(b"Message-ID: <" + b"a" * 2_000 + b"@x>").ids("message-id")
    assert len(known) == 64


@pytest.mark.parametrize(
    "value",
    [
        "Tue, 3 Mar 2026 09:00:00 +0100",
        "Tue, 03 Mar 2026 08:00:00 GMT (Greenwich)",
        "3 Mar 2026 08:00 UT",
        "Tue, 3 Mar 26 09:00:00 +0100",
        "Tue, 3-Mar-2026 09:00:00 +0100",
        "2026-03-03T09:00:00+01:00",
        "2026-03-03 08:00:00",
        "Tue, 3 Mar 2026 09:00:00 +01:00",
        "Tue, 3 Mar 2026 09:00:00 GMT+0100 (CET)",
        "Tue, 3 Mar 2026 09:00:00 CET",
        "Tue Mar  3 09:00:00 CET 2026",
        "Tue, 3 Mar 2026 17:00:00 JST",
        "Tue, 3 Mar 2026 08:00:00 AM +0000",
        "Tue, 3 Mar 2026 09.00.00 +0100",
        "Tue, 3 Mar 2026 08:00:00 -0000",
    ],
)
def test_dates_are_read_into_utc(value: str) -> None:
    assert Headers(f"Date: {value}\n".encode()).date() == WHEN


@pytest.mark.parametrize("date", ["", "Date: yesterday\n"])
def test_without_a_date_it_is_when_the_last_server_received_it(date: str) -> None:
    received = "Received: from a (b; c) by mx.shop.example;\n\tTue, 3 Mar 2026 09:00:00 +0100 (CET)\n"
    older = "Received: from b by a; Mon, 2 Mar 2026 09:00:00 +0100\n"
    assert Headers(f"{received}{older}{date}".encode()).date() == WHEN
    assert Headers(f"Received: from a by b\n{date}".encode()).date() is None


@pytest.mark.parametrize(
    "value", ["", "yesterday", "Tue, 99 Mar 2026 09:00:00", "Thu, 1 Jan 1970 00:00:00 +0000", "9" * 900]
)
def test_what_is_no_date_is_none(value: str) -> None:
    assert Headers(f"Date: {value}\n".encode()).date() is None


@pytest.mark.parametrize(
    "piece",
    [
        b'"\\"',
        b"(",
        b"\\(",
        b"<",
        b"a",
        b"a@",
        b"@:",
        b"=?a?q?",
        b"=?",
        b"=?a?q?b?= ",
        b", ",
        b"a\n",
        b"a:\n",
        b"\n ",
        b"<a@b> ",
    ],
)
def test_a_megabyte_of_anything_is_read(piece: bytes) -> None:
    for block in (b"From: " + piece * (1_000_000 // len(piece)), piece * (1_000_000 // len(piece))):
        headers = Headers(block)
        assert len(headers.addresses("from")) <= 1_000
        assert len(headers.ids("from")) <= 1_000
        assert len(headers.text("from")) <= 100_000
        assert len(headers.all("a")) <= MAX_FIELDS
