"""What SES found out, and what a sender makes it say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sources.mail.headers import Headers
from plugins.sources.mail.verdicts import Verdicts, verdicts

SES = """\
Return-Path: <ina@cust.example>
Received: from mail.cust.example (mail.cust.example [192.0.2.178])
 by inbound-smtp.eu-west-1.amazonaws.com with SMTP id 8i6cr4aeu15skb2lb71a0qo4ts7a8mbou5nfpgg1
 for help@shop.example;
 Tue, 03 Mar 2026 08:00:00 +0000 (UTC)
X-SES-Spam-Verdict: PASS
X-SES-Virus-Verdict: PASS
Received-SPF: pass (spfCheck: domain of _spf.cust.example designates 192.0.2.178 as permitted sender)
 client-ip=192.0.2.178; envelope-from=ina@cust.example; helo=mail.cust.example;
Authentication-Results: amazonses.com;
 spf=pass (spfCheck: domain of _spf.cust.example designates 192.0.2.178 as permitted sender)
 client-ip=192.0.2.178; envelope-from=ina@cust.example; helo=mail.cust.example;
 dkim=pass header.i=@cust.example;
 dmarc=pass header.from=cust.example;
X-SES-RECEIPT: AEFBQUFBQUFBQUFG
From: Ina Lund <ina@cust.example>
Subject: Parcel
"""
"""As SES writes it."""


def found(text: str) -> Verdicts:
    return verdicts(Headers(text.replace("\n", "\r\n").encode()))


def checked(results: str, sender: str = "ina@cust.example") -> Verdicts:
    return found(f"Authentication-Results: amazonses.com; {results}\nFrom: {sender}\n")


def test_what_ses_wrote_is_read() -> None:
    assert found(SES) == Verdicts(
        spam="PASS", virus="PASS", spf="PASS", dkim="PASS", dmarc="PASS", verified=True
    )


def test_each_is_told_by_name_and_what_ses_does_not_say_is_absent() -> None:
    assert checked("spf=pass; dkim=none").known == {"spf": "PASS", "dkim": "NONE"}
    assert found("X-SES-Virus-Verdict: FAIL\n").known == {"virus": "FAIL"}
    assert found("From: ina@cust.example\n").known == {}


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("PASS", "PASS"),
        ("FAIL", "FAIL"),
        ("fail", "FAIL"),
        ("GRAY", "GRAY"),
        ("PROCESSING_FAILED", "PROCESSING_FAILED"),
        ("DISABLED", "DISABLED"),
        (" FAIL (scanned)", "FAIL"),
        ("", ""),
        ("\x00?", ""),
    ],
)
def test_spam_and_virus_are_words(value: str, verdict: str) -> None:
    assert found(f"X-SES-Spam-Verdict: {value}\n").spam == verdict
    assert found(f"X-SES-Virus-Verdict: {value}\n").virus == verdict


class TestVerified:
    def test_where_nobody_checked(self) -> None:
        assert found("From: ina@cust.example\n").verified
        assert found("Authentication-Results: mx.cust.example; spf=fail\nFrom: ina@cust.example\n").verified

    @pytest.mark.parametrize(
        "results",
        [
            "spf=pass; dkim=pass; dmarc=pass",
            "spf=none; dkim=none; dmarc=pass header.from=cust.example",
            "spf=pass envelope-from=ina@cust.example; dkim=none; dmarc=none header.from=cust.example",
            "spf=pass client-ip=192.0.2.1; envelope-from=bounce@mail.cust.example; dkim=none",
            "spf=none; dkim=pass header.i=@cust.example",
            "spf=neutral; dkim=pass header.d=mail.cust.example; dmarc=none",
            "spf=softfail; dkim=pass header.i=@cust.example; dmarc=pass header.from=cust.example",
            "spf=temperror; dkim=pass header.i=ina@cust.example; dmarc=temperror",
            "spf=none; dkim=fail header.i=@list.example; dkim=pass header.i=@cust.example; dmarc=pass",
            "spf=none; dkim=pass header.i=@amazonses.com; dkim=pass header.i=@CUST.example.; dmarc=none",
            "SPF = Pass (said (so)) smtp.mailfrom=ina@cust.example; DKIM/1 = none",
        ],
    )
    def test_where_a_check_passed_for_the_sender_s_domain(self, results: str) -> None:
        assert checked(results).verified

    @pytest.mark.parametrize(
        "results",
        [
            "spf=fail; dkim=pass header.i=@cust.example; dmarc=pass header.from=cust.example",
            "spf=pass; dkim=fail header.i=@cust.example; dmarc=pass header.from=cust.example",
            "spf=pass; dkim=pass; dmarc=fail header.from=cust.example",
            "spf=hardfail; dkim=pass",
            "spf=none; dkim=none; dmarc=none",
            "spf=softfail; dkim=none; dmarc=none",
            "spf=permerror; dkim=temperror",
            "dkim=policy",
        ],
    )
    def test_not_where_one_failed_or_none_passed(self, results: str) -> None:
        assert not checked(results).verified

    @pytest.mark.parametrize(
        "results",
        [
            "spf=pass envelope-from=eve@evil.example; dkim=none; dmarc=none header.from=cust.example",
            "spf=pass client-ip=192.0.2.1; envelope-from=eve@evil.example; helo=cust.example; dkim=none",
            "spf=none; dkim=pass header.i=@evil.example; dmarc=none",
            "spf=none; dkim=pass header.d=evil.example header.i=@cust.example.evil.example",
            "spf=pass envelope-from=eve@notcust.example; dkim=none",
            "spf=pass envelope-from=eve@example; dkim=none",
            "spf=none; dkim=none; dmarc=pass header.from=evil.example",
        ],
    )
    def test_not_where_what_passed_is_another_domain(self, results: str) -> None:
        """Anybody's server may send for his own domain, whatever the header From says."""
        assert not checked(results).verified

    def test_not_where_there_is_no_sender(self) -> None:
        assert not checked("spf=pass envelope-from=eve@evil.example", sender="").verified
        assert not checked("spf=pass; dkim=pass; dmarc=pass", sender="Ina Lund").verified


class TestForged:
    FORGED = "Authentication-Results: amazonses.com; spf=pass; dkim=pass; dmarc=pass\n"

    def test_only_the_first_result_counts(self) -> None:
        mine = "Authentication-Results: amazonses.com; spf=fail; dkim=none; dmarc=fail\n"
        assert not found(f"{mine}{self.FORGED}From: ina@cust.example\n").verified

    @pytest.mark.parametrize(
        "authority",
        [
            "amazonses.com.evil.example",
            "evil.example",
            "mx.amazonses.com",
            "amazonses-com",
            '"amazonses.com"x',
            "amazonses.com evil",
            "(amazonses.com) evil.example",
            "",
        ],
    )
    def test_another_authority_does_not_count(self, authority: str) -> None:
        result = found(f"Authentication-Results: {authority}; spf=pass; dmarc=fail\nFrom: a@b.example\n")
        assert result == Verdicts()

    @pytest.mark.parametrize(
        "authority", ["amazonses.com", "AmazonSES.com", "amazonses.com 1", "amazonses.com (inbound)"]
    )
    def test_ses_may_spell_its_name_otherwise(self, authority: str) -> None:
        assert found(f"Authentication-Results: {authority}; spf=pass\n").spf == "PASS"

    @pytest.mark.parametrize(
        "results",
        [
            "spf=none (dmarc=pass); dkim=none",
            "spf=none (x; dkim=pass header.i=@cust.example; y); dkim=none",
            'spf=pass envelope-from="x; dmarc=pass header.from=cust.example; y"@evil.example; dkim=none',
            'spf=none reason="\\"; dkim=pass"; dkim=none',
            "spf=none helo=dkim=pass; dkim=none",
            "spf=none xdkim=pass; dkim=none",
            "spf=none; x-dmarc=pass",
            "spf=none; dkim=none; dmarc=fail; dmarc=pass",
            "spf=none; spf=pass envelope-from=ina@cust.example",
            "spf=pass (never closed; dkim=pass header.i=@cust.example",
            'spf=pass "never closed; dkim=pass header.i=@cust.example',
        ],
    )
    def test_what_a_sender_puts_into_a_result_is_none(self, results: str) -> None:
        assert not checked(results).verified

    def test_the_first_of_two_spam_verdicts_counts(self) -> None:
        assert found("X-SES-Spam-Verdict: FAIL\nX-SES-Spam-Verdict: PASS\n").spam == "FAIL"


@pytest.mark.parametrize("sign", ["(", ")", '"', "\\", ";", "=", "dkim=pass;", "a.", "spf=", " ", "\udcff"])
def test_a_megabyte_of_anything_is_read_in_a_moment(sign: str) -> None:
    value = (sign * 1_000_000)[:1_000_000].encode("utf-8", "surrogateescape")
    verdicts(Headers(b"Authentication-Results: amazonses.com; " + value + b"\r\nFrom: a@b.example\r\n"))


@given(
    st.lists(
        st.sampled_from(
            (";", "(", ")", '"', "\\", " ", "dkim=none", "dkim=pass", "header.i=", "@cust.example", "x")
        ),
        max_size=12,
    ).map("".join)
)
def test_nothing_within_an_address_is_a_result(address: str) -> None:
    """SES writes the envelope's sender behind its result, whatever that sender is called; here as RFC 5321
    has it, in quotes with what they must escape."""
    quoted = address.replace("\\", "\\\\").replace('"', '\\"')
    assert not checked(f'spf=pass envelope-from="{quoted}"@evil.example; dkim=none; dmarc=none').verified


@given(st.binary(max_size=300))
def test_whatever_a_mail_holds_there_is_an_answer(block: bytes) -> None:
    for name in (b"", b"X-SES-Spam-Verdict: ", b"Authentication-Results: amazonses.com; spf=", b"From: "):
        result = verdicts(Headers(name + block))
        assert all(verdict.isascii() and verdict == verdict.upper() for verdict in result.known.values())
