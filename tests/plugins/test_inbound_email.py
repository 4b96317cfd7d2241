"""Mail as SES stores it, measured on other projects' own fixtures. What its parts promise is in
tests/plugins/mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from plugins.sources.inbound_email import InboundEmail
from triggeriq import Bad, Connection, Feedback, FileHint, Ignore, Item
from triggeriq.testing import FileContract, Upload, check

EMAILS = Path(__file__).parents[1] / "data" / "emails"
ARRIVED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONNECTION = Connection(source="inbound_email")


def items(body: bytes, name: str = "0123abcd") -> list[Item]:
    hint = FileHint(name=name, modified_at=ARRIVED)
    return [item for _, item in InboundEmail().read(BytesIO(body), hint, None, CONNECTION)]


def feedback(body: bytes) -> Feedback:
    (item,) = items(body)
    assert isinstance(item, Feedback)
    check(item)
    return item


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
        mail("enmime__mail__mime-alternative", {"text": "Section one\n\nSection two"}),
        mail("sisimai__bsd__rfc3834-02", Ignore("")),
        mail("sisimai__bsd__lhost-postfix-01", Ignore("")),
    )


@pytest.mark.parametrize("path", sorted(EMAILS.glob("*.eml")), ids=lambda path: path.stem)
def test_every_mail_is_read_as_far_as_it_can_be(path: Path) -> None:
    (item,) = items(path.read_bytes())
    check(item)


REPLY = b"""\
Authentication-Results: amazonses.com; spf=pass (spfCheck: ok) client-ip=1.2.3.4; dkim=fail; dmarc=none
X-SES-Spam-Verdict: PASS
X-SES-Virus-Verdict: PASS
Message-ID: <c@example.com>
In-Reply-To: <b@example.com>
References: <a@example.com> <b@example.com>
From: "Jo Doe" <jo@example.com>
To: support@example.org
Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=
Date: Fri, 2 Jan 2026 03:04:05 +0200

Hello
"""


def test_a_reply_says_who_says_what_and_when_and_where_it_belongs() -> None:
    item = feedback(REPLY)
    assert (item.external_id, item.kind, item.title, item.text) == (
        "c@example.com",
        "email",
        "Größe",
        "Hello",
    )
    assert (item.author.name, item.author.email, item.verified) == ("Jo Doe", "jo@example.com", False)
    assert item.created_at == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)
    assert item.thread == item.threads[0]
    assert "a@example.com" in item.threads[0]
    assert item.attributes == {
        "to": "support@example.org",
        "spam_verdict": "PASS",
        "virus_verdict": "PASS",
        "spf_verdict": "PASS",
        "dkim_verdict": "FAIL",
        "dmarc_verdict": "NONE",
    }


def test_verdicts_that_the_sender_wrote_himself_do_not_count() -> None:
    assert (
        "spf_verdict"
        not in feedback(REPLY.replace(b"amazonses.com; spf", b"mx.evil.example; spf")).attributes
    )


def test_a_virus_is_quarantined_and_told() -> None:
    (item,) = items(REPLY.replace(b"Virus-Verdict: PASS", b"Virus-Verdict: FAIL"))
    assert isinstance(item, Bad)
    assert item.reason == "Amazon SES found a virus in it"


def test_spam_is_a_ticket_that_is_marked() -> None:
    item = feedback(REPLY.replace(b"Spam-Verdict: PASS", b"Spam-Verdict: FAIL"))
    assert item.attributes["tags"] == ["spam"]
    assert item.attributes["spam_verdict"] == "FAIL"


def test_what_nobody_wrote_is_ignored_and_what_somebody_may_have_written_is_marked() -> None:
    away = b"From: ina@cust.example\nSubject: Out of office\n"
    (item,) = items(away + b"Auto-Submitted: auto-replied\n\nI am away.")
    assert isinstance(item, Ignore)
    marked = feedback(away + b"\nI am away.")
    assert marked.attributes["automatic"] == "auto_reply"
    assert marked.attributes["automatic_reason"]
    assert marked.attributes["tags"] == ["automatic"]
    assert "tags" not in feedback(b"From: ina@cust.example\nSubject: Help\n\nIt is slow.").attributes


@pytest.mark.parametrize(
    "ids", ["", "Message-ID: <>\n", "Message-ID: < 1@a>\n", "Message-ID: <a b@c>\n", "Message-ID: 1\n"]
)
def test_a_mail_without_an_id_is_named_by_what_it_says(ids: str) -> None:
    letter = f"{ids}From: ina@cust.example\nDate: Tue, 3 Mar 2026 09:00:00 +0100\nSubject: x\n\nhi".encode()
    name = feedback(letter).external_id
    assert len(name) == 64
    assert feedback(b"Received: by another host\nX-Spam: no\n" + letter).external_id == name
    assert feedback(letter.replace(b"\n", b"\r\n") + b"\r\n").external_id == name
    for was, now in ((b"ina@", b"bo@"), (b"hi", b"ho"), (b"Subject: x", b"Subject: y"), (b"09:00", b"10:00")):
        assert feedback(letter.replace(was, now)).external_id != name


def test_two_people_with_a_broken_id_are_two() -> None:
    ina, bo = (
        feedback(
            f"From: {who}@cust.example\nMessage-ID: < 1001@mailer.example>\nSubject: Help\n\n{who}".encode()
        )
        for who in ("ina", "bo")
    )
    assert ina.external_id != bo.external_id
    assert not {ina.thread, *ina.threads} & {bo.thread, *bo.threads}


@pytest.mark.parametrize(
    ("headers", "name", "address"),
    [
        ("From: Lund, Ina <ina@cust.example>", "Lund, Ina", "ina@cust.example"),
        ("From: Ina Lund <ina@cust.example>\nSender: bot@cust.example", "Ina Lund", "ina@cust.example"),
        ("From: Ina Lund\nSender: ina@cust.example", "Ina Lund", "ina@cust.example"),
        ("From:\nSender: Ina Lund <ina@cust.example>", "Ina Lund", "ina@cust.example"),
        ("From: <>\nReply-To: Ina Lund <ina@cust.example>", "Ina Lund", "ina@cust.example"),
        ("Reply-To: ina@cust.example (Ina Lund)", "Ina Lund", "ina@cust.example"),
        ("From: Ina Lund <ina@cust.example>, Bo <bo@cust.example>", "Ina Lund", "ina@cust.example"),
        ("From: Ina Lund <ina@cust.example>\nFrom: Bo <bo@cust.example>", "Ina Lund", "ina@cust.example"),
        ("From: Team: Ina Lund <ina@cust.example>;", "Ina Lund", "ina@cust.example"),
        ('From: "boss@big.example" <ina@cust.example>', "boss@big.example", "ina@cust.example"),
        ("From: Ina Lund\nSubject: x", "Ina Lund", None),
        # Where a list or a form sends in its own name
        (
            "From: 'Ina Lund' via Support <help@shop.example>\nX-Original-From: Ina Lund <ina@cust.example>",
            "Ina Lund",
            "ina@cust.example",
        ),
        (
            "From: \"'Ina Lund' via Support\" <help@shop.example>\nReply-To: ina@cust.example",
            "Ina Lund",
            "ina@cust.example",
        ),
        (
            "From: Ina Lund via users <users@lists.example>\nReply-To: users@lists.example, ina@cust.example",
            "Ina Lund",
            "ina@cust.example",
        ),
        ("From: Bo via users <users@lists.example>", "Bo via users", "users@lists.example"),
        (
            "From: Shop <noreply@shop.example>\nReply-To: Ina Lund <ina@cust.example>",
            "Ina Lund",
            "ina@cust.example",
        ),
        ("From: Shop <no-reply@shop.example>\nReply-To: ina@cust.example", None, "ina@cust.example"),
        ("From: wordpress@shop.example\nReply-To: ina@cust.example", None, "ina@cust.example"),
        (
            "From: <do_not_reply@shop.example>\nReply-To: noreply@shop.example",
            None,
            "do_not_reply@shop.example",
        ),
        ("From: Ina Lund <ina@cust.example>\nReply-To: help@cust.example", "Ina Lund", "ina@cust.example"),
        (
            "From: Noreen <noreplyson@cust.example>\nReply-To: bo@x.example",
            "Noreen",
            "noreplyson@cust.example",
        ),
        ("Subject: x", None, None),
        ("\ufeffFrom: Ina Lund <ina@cust.example>", "Ina Lund", "ina@cust.example"),
    ],
)
def test_the_author_is_found(headers: str, name: str | None, address: str | None) -> None:
    author = feedback(f"{headers}\nMessage-ID: <1@x>\n\nhi".encode()).author
    assert (author.name, author.email) == (name, address)


def test_who_writes_by_a_list_or_a_form_is_only_claimed_and_has_threads_of_his_own() -> None:
    sender = "From: 'Ina Lund' via Support <help@shop.example>\nReply-To: ina@cust.example\n"
    checked = "Authentication-Results: amazonses.com; dmarc=pass header.from=shop.example\n"
    item = feedback(f"{checked}{sender}Message-ID: <1@x.example>\n\nhi".encode())
    assert not item.verified
    form = "From: noreply@shop.example\nReply-To: boss@shop.example\n"  # anybody may have filled it in
    assert not feedback(f"{checked}{form}Message-ID: <2@x.example>\n\nhi".encode()).verified
    own = feedback(f"{checked}From: help@shop.example\nMessage-ID: <1@x.example>\n\nhi".encode())
    assert own.verified
    assert item.thread != own.thread


@pytest.mark.parametrize("hours", [25, 24 * 400, 24 * 365 * 70])
def test_a_date_that_is_still_to_come_is_of_a_wrong_clock(hours: int) -> None:
    ahead = (ARRIVED + timedelta(hours=hours)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    assert feedback(f"Date: {ahead}\nSubject: x\n\nhi".encode()).created_at == ARRIVED
    near = ARRIVED + timedelta(hours=14)  # a clock in the wrong zone
    assert feedback(f"Date: {near.isoformat()}\nSubject: x\n\nhi".encode()).created_at == near


def test_a_mail_without_a_date_is_of_the_time_when_it_came() -> None:
    for date in (b"", b"Date: yesterday\n", b"Date: Thu, 1 Jan 1970 00:00:00 +0000\n"):
        assert feedback(date + b"Subject: x\n\nhi").created_at == ARRIVED


def test_files_are_attached() -> None:
    item = feedback((EMAILS / "zbateson__emails__m0010.eml").read_bytes())
    for file in item.attachments:
        assert file.name
        assert file.bytes
    many = (
        b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: image/png\n\nx\n" * 60
    )
    item = feedback(many)
    assert (len(item.attachments), item.attributes["files_left_out"]) == (50, 10)


def test_the_test_object_of_ses_is_ignored() -> None:
    (item,) = items(b"Subject: Amazon SES Setup Notification\n\n", "AMAZON_SES_SETUP_NOTIFICATION")
    assert isinstance(item, Ignore)
