"""Why a webhook is refused: each fault is told from the others, and nothing that was sent is repeated."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st
from svix.webhooks import Webhook as Svix

from plugins.sources.standard_webhooks import StandardWebhooks
from plugins.sources.zendesk import Zendesk
from tests.unit.triggeriq.providers import FORM, PROVIDERS, ROWS, unsigned
from triggeriq import Connection, NotVerified, Request, Scheme
from triggeriq.proofs import ProofHeader, proof_of
from triggeriq.refusals import why_refused
from triggeriq.signing import sign, signed
from triggeriq.testing import hostile
from triggeriq.verification import verify

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
BODY = b'{"text": "hello"}'
SECRET = "whsec_" + base64.b64encode(b"a secret of the tests, 32 bytes.").decode()

GITHUB = Scheme(header="X-Hub-Signature-256", prefix="sha256=")
PLAIN = Scheme(header="X-Signature")
SHOPIFY = Scheme(header="X-Shopify-Hmac-Sha256", encoding="base64")
STRIPE = Scheme(
    header="Stripe-Signature",
    prefix="v1=",
    separator=",",
    signed=b"{timestamp}.{body}",
    timestamp_header="Stripe-Signature",
    timestamp_prefix="t=",
)
BEARER = Scheme(kind="token", header="Authorization", prefix="Bearer ")
BASIC = Scheme(kind="basic", header="Authorization")
STANDARD = StandardWebhooks.verification
(ZENDESK,) = Zendesk.verification


def refusal(
    headers: Mapping[str, str],
    *schemes: Scheme,
    secret: str = SECRET,
    now: datetime = NOW,
    body: bytes = BODY,
) -> tuple[str, str]:
    """The word, and why."""
    request = Request(headers={name.lower(): value for name, value in headers.items()}, body=body)
    with pytest.raises(NotVerified) as refused:
        verify(schemes, request, Connection(source="x", secrets=(secret,)), now)
    return refused.value.reason, why_refused(schemes, request, refused.value.reason, now)


def digest(algorithm: str = "sha256") -> bytes:
    return hmac.digest(SECRET.encode(), BODY, algorithm)


def in_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


# ---- what a sender's own library sends, spoilt in one place ----------------------------------------


def from_standardwebhooks() -> dict[str, str]:
    signature = standardwebhooks.Webhook(SECRET).sign("msg_1", NOW, BODY.decode())
    return {"webhook-id": "msg_1", "webhook-timestamp": str(SECONDS), "webhook-signature": signature}


def from_svix() -> dict[str, str]:
    signature = Svix(SECRET).sign("msg_1", NOW, BODY.decode())
    return {"svix-id": "msg_1", "svix-timestamp": str(SECONDS), "svix-signature": signature}


@pytest.mark.parametrize(("family", "library"), [("webhook", from_standardwebhooks), ("svix", from_svix)])
@pytest.mark.parametrize(
    ("part", "spoil", "word", "told"),
    [
        ("id", None, "missing", "the header {}-id is missing"),
        ("timestamp", None, "missing", "the header {}-timestamp is missing"),
        ("signature", None, "missing", "the header {}-signature is missing"),
        ("timestamp", lambda time: f"{time}000", "malformed", "{}-timestamp has a time in milliseconds"),
        ("timestamp", lambda time: f"{time}000000", "malformed", "{}-timestamp has a time in microseconds"),
        ("timestamp", lambda time: f"{time}000000000", "malformed", "{}-timestamp has a time in nanoseconds"),
        ("timestamp", lambda time: f"{time}.5", "malformed", "{}-timestamp has a time with a fraction"),
        ("timestamp", lambda time: NOW.isoformat(), "malformed", "{}-timestamp has a date"),
        ("timestamp", lambda time: "soon", "malformed", "{}-timestamp has no such time"),
        ("timestamp", lambda time: str(int(time) - 301), "stale", "{}-timestamp has a time that is too long"),
        ("timestamp", lambda time: str(int(time) + 301), "stale", "{}-timestamp has a time that is to come"),
        ("id", lambda value: "é", "malformed", "{}-id has no such id"),
        ("id", lambda value: "x" * 257, "malformed", "{}-id has no such id"),
        ("id", lambda value: "msg_2", "mismatch", "{}-signature has a signature that does not fit"),
        ("signature", lambda value: value[3:], "malformed", "{}-signature lacks the prefix 'v1,'"),
        ("signature", lambda value: "v1a," + value[3:], "malformed", "{}-signature begins with 'v1a,'"),
        ("signature", lambda value: "v1=" + value[3:], "malformed", "{}-signature begins with 'v1='"),
        (
            "signature",
            lambda value: "v1," + base64.b64decode(value[3:]).hex(),
            "malformed",
            "{}-signature is in hex, not in base64",
        ),
        (
            "signature",
            lambda value: "v1," + in_base64(base64.b64decode(value[3:])[:20]),
            "malformed",
            "{}-signature is as long as an HMAC-SHA1, not as an HMAC-SHA256",
        ),
        (
            "signature",
            lambda value: value.rstrip("="),
            "malformed",
            "{}-signature is in base64 of another alphabet, padding or end",
        ),
        (
            "signature",
            lambda value: "v1," + in_base64(base64.b64decode(value[3:]).hex().encode()),
            "malformed",
            "{}-signature is in base64 of hex digits, not in base64",
        ),
    ],
)  # fmt: skip
def test_a_fault_of_a_standard_webhook_is_told(
    family: str, library: Callable[[], dict[str, str]], part: str,
    spoil: Callable[[str], str] | None, word: str, told: str,
) -> None:  # fmt: skip
    headers = library()
    name = f"{family}-{part}"
    if spoil is None:
        del headers[name]
    else:
        headers[name] = spoil(headers[name])
    reason, detail = refusal(headers, *STANDARD)
    assert (reason, detail[: len(told.format(family))]) == (word, told.format(family))
    expected = {proof.header: proof.form for scheme in STANDARD for proof in proof_of(scheme)}
    header = f"{family}-signature" if reason == "mismatch" else name
    assert detail.endswith(
        (f"{header} should hold {expected[header]}", f"; it should hold {expected[header]}")
    )


def test_without_any_header_all_are_named_and_what_would_do_instead() -> None:
    reason, detail = refusal({}, *STANDARD)
    assert reason == "missing"
    assert detail.startswith(
        "the headers webhook-signature and webhook-timestamp and webhook-id are missing "
        "(so is svix-signature, which would do instead)"
    )


# ---- other forms of a signature ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "value", "told"),
    [
        (PLAIN, in_base64(digest()), "is in base64, not in hex"),
        (PLAIN, f"sha256={digest().hex()}", "has 'sha256=' before the signature"),
        (PLAIN, f"Bearer {digest().hex()}", "has 'Bearer ' before the signature"),
        (PLAIN, f"acme={digest().hex()}", "has another prefix before the signature"),
        (PLAIN, digest("sha1").hex(), "is as long as an HMAC-SHA1"),
        (PLAIN, digest("md5").hex(), "is as long as an HMAC-MD5"),
        (PLAIN, digest("sha512").hex(), "is as long as an HMAC-SHA512"),
        (PLAIN, in_base64(digest("sha1")), "is as long as an HMAC-SHA1"),
        (PLAIN, f'"{digest().hex()}"', "has quotes around the signature"),
        (PLAIN, digest().hex()[:-1], "holds no such signature"),
        (PLAIN, "?", "holds no such signature"),
        (GITHUB, digest().hex(), "lacks the prefix 'sha256='"),
        (GITHUB, f"sha1={digest('sha1').hex()}", "begins with 'sha1=', not with 'sha256='"),
        (GITHUB, f"SHA256={digest().hex()}", "begins with 'SHA256=', not with 'sha256='"),
        (GITHUB, f"sha256={digest('sha1').hex()}", "is as long as an HMAC-SHA1"),
        (GITHUB, f"sha256={in_base64(digest())}", "is in base64, not in hex"),
        (GITHUB, f"sha256=sha256={digest().hex()}", "has 'sha256=' before the signature"),
        (SHOPIFY, digest().hex(), "is in hex, not in base64"),
        (SHOPIFY, f"sha256={in_base64(digest())}", "has 'sha256=' before the signature"),
        (SHOPIFY, in_base64(digest("sha1")), "is as long as an HMAC-SHA1"),
        (STRIPE, f"t={SECONDS},{digest().hex()}", "lacks the prefix 'v1='"),
        (STRIPE, f"t={SECONDS},v0={digest().hex()}", "begins with 'v0='"),
        (STRIPE, f"t={SECONDS}", "holds no signature"),
        (STRIPE, f"t={SECONDS}000,v1={digest().hex()}", "has a time in milliseconds"),
        (STRIPE, f"v1={digest().hex()}", "has no such time"),
        (BEARER, "abc", "does not begin with 'Bearer '"),
        (BEARER, "Bearer ", "has nothing behind 'Bearer '"),
        (BASIC, "Bearer abc", "does not begin with 'Basic '"),
        (BASIC, "Basic !", "holds no user:password in base64"),
        (BASIC, f"Basic {in_base64(b'user')}", "holds no user:password in base64"),
    ],
)  # fmt: skip
def test_a_fault_of_the_form_is_told(scheme: Scheme, value: str, told: str) -> None:
    reason, detail = refusal({scheme.header: value}, scheme, secret="user:key")
    (expected,) = proof_of(scheme)
    assert reason == "malformed"
    assert detail.startswith(f"{scheme.header} {told}")
    assert detail.endswith(f"; it should hold {expected.form}")


@pytest.mark.parametrize(
    ("time", "word", "told"),
    [
        (str(SECONDS), "malformed", "has a number, not a date"),
        (f"{SECONDS}000", "malformed", "has a number, not a date"),
        ("2026-01-02T03:04:05", "malformed", "has a time without its zone"),
        ("2026-02-30T03:04:05Z", "malformed", "has no such time"),
        ("2026-01-02T02:04:05Z", "stale", "has a time that is too long ago"),
    ],
)
def test_a_time_that_is_no_iso_8601_is_told(time: str, word: str, told: str) -> None:
    headers = {**sign(ZENDESK, "key", BODY, NOW), ZENDESK.timestamp_header: time}
    reason, detail = refusal(headers, ZENDESK)
    assert reason == word
    assert detail.startswith(f"{ZENDESK.timestamp_header} {told}")


@pytest.mark.parametrize(
    ("scheme", "told"),
    [
        (PLAIN, "X-Signature has a signature that does not fit these bytes and this connection's secrets"),
        (BEARER, "Authorization has no secret of this connection"),
        (BASIC, "Authorization has no user:password of this connection"),
    ],
)
def test_a_proof_by_another_secret_is_told(scheme: Scheme, told: str) -> None:
    reason, detail = refusal(sign(scheme, "user:other", BODY, NOW), scheme, secret="user:key")
    assert reason == "mismatch"
    assert detail.startswith(told)


@pytest.mark.parametrize(
    ("scheme", "value"),
    [(replace(BEARER, header="X-Key", prefix=""), "bearer the-key"), (BEARER, "Bearer Bearer the-key")],
)
def test_a_word_before_a_secret_is_told(scheme: Scheme, value: str) -> None:
    reason, detail = refusal({scheme.header: value}, scheme, secret="the-key")
    assert reason == "mismatch"
    assert detail.startswith(
        f"{scheme.header} has 'Bearer ' before the secret, where nothing else is expected"
    )


def test_a_source_without_rows_says_that_it_takes_none() -> None:
    assert refusal({}) == ("missing", "this source has no way to verify a webhook, so it takes none")


def test_a_word_that_the_contract_does_not_know_is_a_mismatch() -> None:
    detail = why_refused((PLAIN,), Request(headers={"x-signature": "?"}), "expected c0ffee", NOW)
    assert "c0ffee" not in detail
    assert "does not fit" in detail


# ---- a proof in the body, an address, a form ---------------------------------------------------------


def refused(scheme: Scheme, request: Request, now: datetime = NOW) -> tuple[str, str]:
    with pytest.raises(NotVerified) as raised:
        verify((scheme,), request, Connection(source="x", secrets=("user:key",)), now)
    return raised.value.reason, why_refused((scheme,), request, raised.value.reason, now)


@pytest.mark.parametrize(
    ("name", "body", "word", "told"),
    [
        (
            "MAILGUN_EVENTS",
            b"{}",
            "missing",
            "signature.signature and signature.timestamp and signature.token are missing in the JSON body; ",
        ),
        (
            "MAILGUN_EVENTS",
            b'{"signature": {"signature": "?", "timestamp": "17", "token": "t"}}',
            "malformed",
            "signature.signature in the JSON body holds no such signature; it should hold <the HMAC-",
        ),
        (
            "MAILGUN_EVENTS",
            b'{"signature": {"parent-signature": "%s", "timestamp": "1767323045"}}' % (b"0" * 64),
            "missing",
            "signature.token is missing in the JSON body; ",
        ),
        ("MAILGUN_ROUTES", b"a=1", "missing", "the fields signature and timestamp and token are missing in "),
        (
            "MAILGUN_ROUTES",
            b"token=t&signature=" + b"0" * 64,
            "missing",
            "the field timestamp is missing in the form; ",
        ),
        (
            "MAILGUN_ROUTES",
            b"signature=" + b"0" * 64 + b"&token=t&timestamp=17",
            "stale",
            "the form's field timestamp has a time that is too long ago",
        ),
        (
            "TOKEN_IN_JSON",
            b'{"token": "Bearer x"}',
            "mismatch",
            "token in the JSON body has 'Bearer ' before",
        ),
    ],
)
def test_a_fault_in_the_body_names_the_place(name: str, body: bytes, word: str, told: str) -> None:
    reason, detail = refused(ROWS[name], Request(headers=FORM, body=body))
    assert (reason, detail[: len(told)]) == (word, told)


def test_a_row_that_does_not_cover_the_body_says_so() -> None:
    (proof, *_) = proof_of(PROVIDERS["MAILGUN_EVENTS"])
    assert proof.place == "json"
    assert proof.form.endswith(
        "signature.parent-signature may hold one in its place; "
        "the signature does not cover the body, so each is taken with one body alone"
    )


@pytest.mark.parametrize("name", ["SQUARE", "TRELLO", "HUBSPOT", "TWILIO"])
def test_where_the_address_is_not_known_it_is_told_who_must_mend_that(name: str) -> None:
    request = signed(PROVIDERS[name], "user:key", unsigned(PROVIDERS[name]), NOW)
    reason, detail = refused(PROVIDERS[name], replace(request, url=""))
    assert reason == "missing"
    assert "must set TRIGGERIQ_PUBLIC_URL" in detail
    assert "{url} is the whole address by which you call" in proof_of(PROVIDERS[name])[0].form


@pytest.mark.parametrize(
    ("headers", "body", "told"),
    [
        (
            {"content-type": "application/json"},
            b"{}",
            "the content type is not application/x-www-form-urlenc",
        ),
        (FORM, b"&".join([b"a=1"] * 10_001), "there are too many of them"),
    ],
)
def test_a_body_that_is_no_form_is_told_where_the_form_is_signed(
    headers: dict[str, str], body: bytes, told: str
) -> None:
    twilio = PROVIDERS["TWILIO"]
    request = signed(twilio, "user:key", unsigned(twilio), NOW)
    reason, detail = refused(twilio, replace(request, headers={**request.headers, **headers}, body=body))
    assert (reason, told in detail) == ("malformed", True)


@pytest.mark.parametrize(
    ("time", "word", "told"),
    [
        (str(SECONDS), "stale", "has a time in seconds, not in milliseconds"),
        (f"{SECONDS}000000", "malformed", "has a time in microseconds, not in milliseconds"),
        (f"{SECONDS}000.5", "malformed", "has a time with a fraction, not in whole milliseconds"),
        (NOW.isoformat(), "malformed", "has a date, not a number of milliseconds"),
        (f"{SECONDS - 301}000", "stale", "has a time that is too long ago"),
    ],
)
def test_a_time_that_is_not_in_milliseconds_is_told(time: str, word: str, told: str) -> None:
    front = PROVIDERS["FRONT"]
    headers = {**sign(front, "user:key", BODY, NOW), front.timestamp_header.lower(): time}
    reason, detail = refused(front, Request(headers=headers, body=BODY))
    assert reason == word
    assert detail.startswith(f"{front.timestamp_header} {told}")


def test_a_proof_in_another_header_of_the_row_is_looked_at() -> None:
    box = PROVIDERS["BOX"]
    time = sign(box, "user:key", BODY, NOW)["box-delivery-timestamp"]
    headers = {"box-signature-secondary": "?", "box-delivery-timestamp": time}
    reason, detail = refused(box, Request(headers=headers, body=BODY))
    assert reason == "malformed"
    assert detail.startswith("Box-Signature-Primary holds no such signature; ")
    assert "Box-Signature-Secondary may hold one in its place" in detail


# ---- what never happens ------------------------------------------------------------------------------

SCHEMES = (*STANDARD, ZENDESK, GITHUB, PLAIN, SHOPIFY, STRIPE, BEARER, BASIC)
WORDS = ("missing", "malformed", "stale", "mismatch")


@pytest.mark.parametrize(
    "scheme", SCHEMES, ids=lambda scheme: f"{scheme.kind} {scheme.header} {scheme.prefix}"
)
class TestNothingIsRepeated:
    @given(junk=st.text(max_size=80), word=st.sampled_from(WORDS))
    def test_of_what_was_sent(self, scheme: Scheme, junk: str, word: str) -> None:
        headers = {proof.header.lower(): f"zqjx{junk}zqjx" for proof in proof_of(scheme)}
        assert "zqjx" not in why_refused((scheme,), Request(headers=headers), word, NOW)

    def test_of_hostile_values_which_raise_nothing(self, scheme: Scheme) -> None:
        for junk in hostile.HEADERS:
            for word in WORDS:
                headers = {proof.header.lower(): junk for proof in proof_of(scheme)}
                assert why_refused((scheme,), Request(headers=headers), word, NOW)

    def test_of_the_signature_that_would_fit(self, scheme: Scheme) -> None:
        secret = SECRET if scheme.key_form == "whsec" else "user:key-of-the-tests"
        right = sign(scheme, secret, BODY, NOW)
        for header in right:
            wrong = {**right, header: right[header][:-2]}
            _, detail = refusal(wrong, scheme, secret=secret, now=NOW + timedelta(seconds=1))
            assert right[scheme.header.lower()][-20:] not in detail
            assert secret not in detail


def test_the_forms_are_told_in_words() -> None:
    assert proof_of(GITHUB) == (
        ProofHeader(
            "X-Hub-Signature-256",
            "sha256=<the HMAC-SHA256 of {body}, keyed with the secret as it is written, in 64 hex digits>",
        ),
    )
    assert [proof.header for proof in proof_of(STANDARD[0])] == [
        "webhook-signature",
        "webhook-timestamp",
        "webhook-id",
    ]
    assert proof_of(Scheme(kind="secret_name")) == ()
    assert len(digest().hex()) == 2 * hashlib.sha256().digest_size
