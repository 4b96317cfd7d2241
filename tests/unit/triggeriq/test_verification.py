"""Signature schemes as rows, by vectors that others published and by signers that others wrote."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from triggeriq import Connection, NotVerified, Request, Scheme
from triggeriq.signing import sign
from triggeriq.testing import hostile
from triggeriq.verification import can_prove, verify

VECTORS = Path(__file__).parents[2] / "data" / "signatures" / "vectors.jsonl"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

GITHUB = Scheme(header="x-hub-signature-256", prefix="sha256=")
INTERCOM = Scheme(header="x-hub-signature", prefix="sha1=", algorithm="sha1")
TYPEFORM = Scheme(header="typeform-signature", prefix="sha256=", encoding="base64")
SLACK = Scheme(
    header="x-slack-signature",
    prefix="v0=",
    signed=b"v0:{timestamp}:{body}",
    timestamp_header="x-slack-request-timestamp",
)
STRIPE = Scheme(
    header="stripe-signature",
    prefix="v1=",
    separator=",",
    signed=b"{timestamp}.{body}",
    timestamp_header="stripe-signature",
    timestamp_prefix="t=",
)
STANDARD = Scheme(
    header="webhook-signature",
    prefix="v1,",
    separator=" ",
    encoding="base64",
    signed=b"{id}.{timestamp}.{body}",
    timestamp_header="webhook-timestamp",
    id_header="webhook-id",
    key_form="whsec",
)
ZENDESK = Scheme(
    header="x-zendesk-webhook-signature",
    encoding="base64",
    signed=b"{timestamp}{body}",
    timestamp_header="x-zendesk-webhook-signature-timestamp",
    timestamp_form="iso8601",
)
TOKEN = Scheme(kind="token", header="authorization", prefix="Bearer ")
BASIC = Scheme(kind="basic", header="authorization")
ROWS = (GITHUB, INTERCOM, TYPEFORM, SLACK, STRIPE, STANDARD, ZENDESK, TOKEN, BASIC)
BY_NAME = {"slack-v0": SLACK, "github-sha256": GITHUB, "standard-webhooks": STANDARD}
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def secret_of(scheme: Scheme) -> str:
    return WHSEC if scheme.key_form == "whsec" else "user:key"


def outcome(
    scheme: Scheme,
    headers: Mapping[str, str],
    body: bytes,
    *secrets: str,
    now: datetime = NOW,
    name: str = "default",
) -> str | int:
    """The place of the secret that proved it, or the one word."""
    request = Request(headers={key.lower(): value for key, value in headers.items()}, body=body)
    try:
        return verify((scheme,), request, Connection(source="x", name=name, secrets=secrets), now).secret
    except NotVerified as refusal:
        return refusal.reason


@pytest.mark.parametrize(
    "vector",
    [json.loads(line) for line in VECTORS.read_text().splitlines()],
    ids=lambda vector: vector["scheme"],
)
def test_a_published_vector_holds(vector: dict[str, Any]) -> None:
    scheme = BY_NAME[vector["scheme"]]
    at = next((value for key, value in vector["headers"].items() if "timestamp" in key.lower()), "0")
    now = datetime.fromtimestamp(int(at), UTC)
    body = vector["body"].encode()
    assert outcome(scheme, vector["headers"], body, vector["secret"], now=now) == 0
    assert outcome(scheme, vector["headers"], body + b" ", vector["secret"], now=now) == "mismatch"
    assert sign(scheme, vector["secret"], body, now, vector["headers"].get("webhook-id", "")) == {
        key.lower(): value for key, value in vector["headers"].items()
    }


def test_intercoms_vector_holds() -> None:
    headers = {"X-Hub-Signature": "sha1=90b69ebf3c5f5428c88d3a1515c1e63d71f53bbf"}
    body = b'{"type":"notification_event","topic":"ping"}'
    assert outcome(INTERCOM, headers, body, "client_secret") == 0


@pytest.mark.parametrize("scheme", ROWS, ids=lambda scheme: f"{scheme.kind}-{scheme.header}-{scheme.prefix}")
class TestEveryRow:
    body = b'{"text": "hello"}'

    def test_what_was_signed_is_accepted(self, scheme: Scheme) -> None:
        assert (
            outcome(scheme, sign(scheme, secret_of(scheme), self.body, NOW), self.body, secret_of(scheme))
            == 0
        )

    def test_every_secret_in_force_is_tried(self, scheme: Scheme) -> None:
        headers = sign(scheme, secret_of(scheme), self.body, NOW)
        others = ("whsec_AAAA", "user:other", "")
        assert outcome(scheme, headers, self.body, *others, secret_of(scheme)) == 3

    def test_no_secret_is_missing(self, scheme: Scheme) -> None:
        headers = sign(scheme, secret_of(scheme), self.body, NOW)
        for secrets in ((), ("",), ("  ",), ("", "")):
            assert outcome(scheme, headers, self.body, *secrets) == "missing"

    def test_no_header_is_missing(self, scheme: Scheme) -> None:
        assert outcome(scheme, {}, self.body, secret_of(scheme)) == "missing"

    def test_junk_is_refused_by_one_word(self, scheme: Scheme) -> None:
        names = [name for name in (scheme.header, scheme.timestamp_header, scheme.id_header) if name]
        good = sign(scheme, secret_of(scheme), self.body, NOW)
        for name in names:
            for junk in hostile.HEADERS:
                word = outcome(scheme, good | {name: junk}, self.body, secret_of(scheme))
                assert word in ("missing", "malformed", "stale", "mismatch")

    @given(junk=st.text(max_size=80), prefix=st.booleans())
    def test_any_text_is_refused_by_one_word(self, scheme: Scheme, junk: str, prefix: bool) -> None:
        value = scheme.prefix + junk if prefix else junk
        headers = sign(scheme, secret_of(scheme), self.body, NOW) | {scheme.header: value}
        assert isinstance(outcome(scheme, headers, self.body, "another secret", "whsec_AAAA"), str)


TIMED = (SLACK, STRIPE, STANDARD, ZENDESK)


@pytest.mark.parametrize("scheme", TIMED, ids=lambda scheme: scheme.header)
@pytest.mark.parametrize("direction", [1, -1])
def test_exactly_300_seconds_pass_and_one_more_is_stale(scheme: Scheme, direction: int) -> None:
    headers = sign(scheme, secret_of(scheme), b"{}", NOW)
    for seconds, expected in ((300, 0), (301, "stale")):
        now = NOW + timedelta(seconds=direction * seconds)
        assert outcome(scheme, headers, b"{}", secret_of(scheme), now=now) == expected


@pytest.mark.parametrize("scheme", TIMED, ids=lambda scheme: scheme.header)
def test_another_time_zone_of_now_changes_nothing(scheme: Scheme) -> None:
    headers = sign(scheme, secret_of(scheme), b"{}", NOW)
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    assert outcome(scheme, headers, b"{}", secret_of(scheme), now=tokyo) == 0


@pytest.mark.parametrize(
    "value", ["nan", "inf", "-1", "1e9", "1_000", "1614265330.5", "9" * 400, "１６１４２６５３３０"]
)
def test_an_odd_timestamp_is_malformed(value: str) -> None:
    headers = sign(STANDARD, WHSEC, b"{}", NOW) | {"webhook-timestamp": value}
    assert outcome(STANDARD, headers, b"{}", WHSEC) == "malformed"


def test_several_signatures_in_one_header_may_hold_garbage_and_other_versions() -> None:
    good = standardwebhooks.Webhook(WHSEC).sign("msg_1", NOW, "{}")
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW.timestamp()))}
    for value in (f"v1,garbage v1a,AAAA {good}", f" {good}  v2,x", f"{good} v1,"):
        assert outcome(STANDARD, headers | {"webhook-signature": value}, b"{}", WHSEC) == 0
    assert (
        outcome(STANDARD, headers | {"webhook-signature": good.replace("v1,", "v2,")}, b"{}", WHSEC)
        == "malformed"
    )


def test_pairs_in_one_header_as_stripe_sends_them() -> None:
    at = str(int(NOW.timestamp()))
    mac = hmac.new(b"whsec_verbatim", f"{at}.{{}}".encode(), hashlib.sha256).hexdigest()
    for value in (f"t={at},v1={mac},v0=00", f"v0=00,v1={'0' * 64}, v1={mac}, t={at}"):
        assert outcome(STRIPE, {"stripe-signature": value}, b"{}", "whsec_verbatim") == 0
    assert outcome(STRIPE, {"stripe-signature": f"v1={mac}"}, b"{}", "whsec_verbatim") == "malformed"


def test_a_signature_has_one_spelling_only() -> None:
    headers = sign(TYPEFORM, "key", b"{}", NOW)
    proof = headers["typeform-signature"]
    twin = proof[:-2] + chr(ord(proof[-2]) + 1) + "="  # the same bytes to a lenient decoder
    assert base64.b64decode(twin[7:]) == base64.b64decode(proof[7:])
    assert outcome(TYPEFORM, {"typeform-signature": twin}, b"{}", "key") == "malformed"
    assert (
        outcome(
            GITHUB,
            {
                "x-hub-signature-256": sign(GITHUB, "k", b"", NOW)["x-hub-signature-256"].replace(
                    "sha256=", "sha256= "
                )
            },
            b"",
            "k",
        )
        == "malformed"
    )


def test_a_template_is_filled_once() -> None:
    body = b"{timestamp}{id}{body}"
    assert outcome(STANDARD, sign(STANDARD, WHSEC, body, NOW), body, WHSEC) == 0


def test_secrets_that_are_not_of_the_form_prove_nothing() -> None:
    headers = sign(STANDARD, WHSEC, b"{}", NOW)
    assert outcome(STANDARD, headers, b"{}", "whsec_", "whsec_not base64!", "ÿ") == "missing"
    assert outcome(STANDARD, headers, b"{}", "whsec_", WHSEC.removeprefix("whsec_")) == 1


def test_a_lone_surrogate_in_a_secret_is_no_error() -> None:
    assert outcome(GITHUB, {"x-hub-signature-256": "sha256=" + "0" * 64}, b"", "\ud800") == "mismatch"


def test_a_secret_name_counts_from_32_characters() -> None:
    scheme = Scheme(kind="secret_name")
    assert outcome(scheme, {}, b"", name="x" * 32) == 0
    assert outcome(scheme, {}, b"", name="x" * 31) == "missing"


def test_the_first_row_whose_header_is_there_decides() -> None:
    """A sender can't choose the weaker of two rows by spoiling the stronger."""
    headers = sign(INTERCOM, "key", b"", NOW) | {"x-hub-signature-256": "sha256=" + "0" * 64}
    request = Request(headers=headers, body=b"")
    with pytest.raises(NotVerified, match="mismatch"):
        verify((GITHUB, INTERCOM), request, Connection(source="x", secrets=("key",)), NOW)


def test_no_rows_let_nobody_in() -> None:
    with pytest.raises(NotVerified, match="missing"):
        verify((), Request(), Connection(source="x", name="x" * 64, secrets=("key",)), NOW)


@pytest.mark.parametrize(
    "row",
    [
        {"header": ""},
        {"header": "x", "signed": b"{timestamp}"},
        {"header": "x", "signed": b"{timestamp}{body}"},
        {"header": "x", "timestamp_header": "y"},
        {"header": "x", "id_header": "y"},
        {"header": "x", "signed": b"{id}{body}"},
        {"kind": "token"},
    ],
)
def test_a_row_that_would_prove_nothing_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"header|body|timestamp|id"):
        Scheme(**row)


@pytest.mark.parametrize("scheme", ROWS, ids=lambda scheme: f"{scheme.kind}-{scheme.header}-{scheme.prefix}")
@pytest.mark.parametrize("junk", ["?", "", "sha256=00", "9" * 13])
def test_without_a_usable_secret_it_is_missing_whatever_was_sent(scheme: Scheme, junk: str) -> None:
    headers = sign(scheme, secret_of(scheme), b"{}", NOW) | {scheme.header: junk}
    assert outcome(scheme, headers, b"{}", "", " ") == "missing"


@pytest.mark.parametrize(
    ("scheme", "secrets", "can"),
    [
        (GITHUB, ("key",), True),
        (GITHUB, ("", " "), False),
        (GITHUB, (), False),
        (STANDARD, ("whsec_no base64!",), False),
        (STANDARD, ("whsec_no base64!", WHSEC), True),
        (TOKEN, ("a key",), True),
        (TOKEN, (" key ", "two\nlines", "ключ"), False),
        (BASIC, ("password",), False),
        (BASIC, ("user:password",), True),
        (replace(GITHUB, refused_secrets=("published",)), ("published",), False),
        (Scheme(kind="secret_name"), (), True),
    ],
)
def test_who_can_be_proven_at_all(scheme: Scheme, secrets: tuple[str, ...], can: bool) -> None:
    connection = Connection(source="x", secrets=secrets)
    assert can_prove((scheme,), connection) is can
    assert can_prove((), connection) is False
    assert can_prove((replace(GITHUB, refused_secrets=secrets), scheme), connection) is can


def test_a_secret_that_proves_nothing_says_what_it_should_be() -> None:
    assert BASIC.fault_of("password") == "a secret for authorization is user:password"
    assert GITHUB.fault_of(" ") == "a secret for x-hub-signature-256 is not empty"
    assert TOKEN.fault_of("two\nlines").startswith("a secret for authorization is visible ASCII characters")
    assert BASIC.fault_of("user:password") == GITHUB.fault_of("key") == ""
