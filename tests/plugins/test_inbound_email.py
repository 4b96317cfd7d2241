"""Mail as SES stores it, measured on other projects' own fixtures."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from plugins.sources.inbound_email import MAX_MAIL, InboundEmail
from triggeriq import Connection, Feedback, FileHint, Ignore, Unreadable
from triggeriq.testing import FileContract, Upload, check

EMAILS = Path(__file__).parents[1] / "data" / "emails"
ARRIVED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONNECTION = Connection(source="inbound_email")


def read(body: bytes, name: str = "0123abcd") -> list[Feedback | Ignore]:
    hint = FileHint(name=name, modified_at=ARRIVED)
    return [item for _, item in InboundEmail().read(BytesIO(body), hint, None, CONNECTION)]


def mail(name: str, *expect: dict | Ignore) -> Upload:
    return Upload(name=name, body=(EMAILS / f"{name}.eml").read_bytes(), expect=expect)


class TestInboundEmail(FileContract):
    source = InboundEmail
    uploads = (
        mail(
            "talon__standard_replies__iphone",
            {"kind": "email", "title": "Re: Test", "author.name": "xxx", "author.email": "xxx@gmail.com"},
        ),
        mail("mikel-mail__multi_charset__japanese_iso_2022", {"title": "まみむめも"}),
        mail("enmime__mail__mime-alternative", {"text": "Section one"}),
        mail("sisimai__bsd__rfc3834-02", Ignore("")),
        mail("sisimai__bsd__lhost-postfix-01", Ignore("")),
    )


@pytest.mark.parametrize("path", sorted(EMAILS.glob("*.eml")), ids=lambda path: path.stem)
def test_every_mail_is_read_as_far_as_it_can_be(path: Path) -> None:
    items = read(path.read_bytes())
    assert len(items) == 1
    check(items[0])


REPLY = b"""\
Message-ID: <c@example.com>
In-Reply-To: <b@example.com>
References: <a@example.com> <b@example.com>
From: "Jo Doe" <jo@example.com>
To: support@example.org
Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=
Date: Fri, 2 Jan 2026 03:04:05 +0200
X-SES-Spam-Verdict: PASS
X-SES-Virus-Verdict: FAIL
Authentication-Results: amazonses.com; spf=pass (spfCheck: ok) client-ip=1.2.3.4; dkim=fail; dmarc=none

Hello
"""


def test_a_reply_joins_the_thread_of_the_first_reference() -> None:
    (item,) = read(REPLY)
    assert item == Feedback(
        external_id="c@example.com",
        kind="email",
        title="Größe",
        text="Hello",
        author=item.author,
        created_at=datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC),
        thread="a@example.com",
        attributes={
            "to": "support@example.org",
            "spam_verdict": "PASS",
            "virus_verdict": "FAIL",
            "spf_verdict": "PASS",
            "dkim_verdict": "FAIL",
            "dmarc_verdict": "NONE",
        },
    )
    assert (item.author.name, item.author.email) == ("Jo Doe", "jo@example.com")


def test_verdicts_that_the_sender_wrote_himself_do_not_count() -> None:
    (item,) = read(REPLY.replace(b"amazonses.com; spf", b"mx.evil.example; spf"))
    assert "spf_verdict" not in item.attributes


def test_a_mail_without_an_id_is_named_by_its_bytes() -> None:
    first, again, other = (
        read(body)[0] for body in (b"Subject: x\n\nhi", b"Subject: x\n\nhi", b"Subject: x\n\nho")
    )
    assert first.external_id == again.external_id != other.external_id
    assert first.thread == first.external_id
    assert first.created_at == ARRIVED


def test_the_words_of_html_are_read_and_its_scripts_are_not() -> None:
    (item,) = read(
        b"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n"
        b"<html><head><title>T</title><style>p{}</style></head><body><p>It&#39;s <b>slow</b></p>"
        b"<script>alert(1)</script><ul><li>one<li>two</ul><![bogus[ x"
    )
    assert item.text.startswith("It's slow\n\n- one\n- two")
    assert "alert" not in item.text


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "X-Autoreply: yes",
        "Return-Path: <>",
        "From: MAILER-DAEMON@x.example",
    ],
)
def test_what_nobody_wrote_is_ignored(header: str) -> None:
    (item,) = read(f"{header}\nSubject: Out of office\n\nI am away.".encode())
    assert isinstance(item, Ignore)


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: no", "Precedence: list", "X-Auto-Response-Suppress: none"]
)
def test_what_somebody_wrote_is_read(header: str) -> None:
    (item,) = read(f"From: a@b.example\n{header}\nSubject: Hello\n\nI am here.".encode())
    assert isinstance(item, Feedback)


def test_the_test_object_of_ses_is_ignored() -> None:
    assert isinstance(
        read(b"Subject: Amazon SES Setup Notification\n\n", "AMAZON_SES_SETUP_NOTIFICATION")[0], Ignore
    )


def test_a_mail_that_is_too_long_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="longer than"):
        read(b"Subject: x\n\n" + b"x" * MAX_MAIL)


def test_a_mail_nested_a_thousand_times_is_unreadable() -> None:
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000)
    )
    with pytest.raises(Unreadable, match="nested too deep"):
        read(b"From: a@b.example\n" + nested)


def test_headers_without_end_cost_no_time() -> None:
    (item,) = read(
        b"From: "
        + b"(" * 200_000
        + b"\nTo: "
        + b"a@b.example, " * 50_000
        + b"\nSubject: "
        + b"=?utf-8?q?x?= " * 50_000
        + b"\n\nhi"
    )
    check(item)
    assert item.text == "hi"
