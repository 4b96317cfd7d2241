"""Signature schemes as rows, by vectors that others published and by signers that others wrote."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st
from svix.webhooks import Webhook as Svix

from tests.unit.triggeriq.providers import (
    BASIC,
    FORM,
    PROVIDERS,
    ROWS,
    TOKEN,
    VECTORS,
    WHSEC,
    Vector,
    secret_of,
    unsigned,
)
from triggeriq import Connection, NotVerified, Request, Scheme, Verified
from triggeriq.proofs import proof_of
from triggeriq.signing import sign, signed
from triggeriq.testing import hostile
from triggeriq.verification import can_prove, verify

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GITHUB, INTERCOM, TYPEFORM = PROVIDERS["GITHUB"], PROVIDERS["INTERCOM"], PROVIDERS["TYPEFORM"]
STRIPE, STANDARD = PROVIDERS["STRIPE"], PROVIDERS["STANDARD_WEBHOOKS"]
WORDS = ("missing", "malformed", "stale", "mismatch")


def judged(
    scheme: Scheme, request: Request, *secrets: str, now: datetime = NOW, name: str = "default"
) -> Verified:
    return verify((scheme,), request, Connection(source="x", name=name, secrets=secrets), now)


def of(
    scheme: Scheme, request: Request, *secrets: str, now: datetime = NOW, name: str = "default"
) -> str | int:
    """The place of the secret that proved it, or the one word."""
    try:
        return judged(scheme, request, *secrets, now=now, name=name).secret
    except NotVerified as refusal:
        return refusal.reason


def outcome(
    scheme: Scheme,
    headers: Mapping[str, str],
    body: bytes,
    *secrets: str,
    now: datetime = NOW,
    name: str = "default",
) -> str | int:
    request = Request(headers={key.lower(): value for key, value in headers.items()}, body=body)
    return of(scheme, request, *secrets, now=now, name=name)


def with_value(scheme: Scheme, request: Request, name: str, value: str) -> Request:
    """The request with another value of its proof, wherever that stands."""
    if scheme.place == "headers":
        return replace(request, headers={**request.headers, name.lower(): value})
    if scheme.place == "form":
        pairs = [pair for pair in request.body.split(b"&") if not pair.startswith(name.encode() + b"=")]
        escaped = "".join(f"%{byte:02X}" for byte in value.encode("utf-8", "surrogatepass"))
        return replace(request, body=b"&".join([*pairs, f"{name}={escaped}".encode()]))
    document = inner = json.loads(request.body)
    *outer, last = name.split(".")
    for key in outer:
        inner = inner[key]
    inner[last] = value
    return replace(request, body=json.dumps(document).encode())


def test_the_providers_of_the_page_all_have_a_vector() -> None:
    assert {vector.name for vector in VECTORS} == set(PROVIDERS)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
class TestWhatProvidersPublished:
    def test_holds(self, vector: Vector) -> None:
        assert of(vector.scheme, vector.request, vector.secret, now=vector.now) == 0

    def test_holds_no_more_once_the_body_is_changed(self, vector: Vector) -> None:
        if not vector.scheme.covers_body:
            pytest.skip("its proof does not cover the body")
        changed = replace(vector.request, body=vector.request.body + b"&x=1")
        assert of(vector.scheme, changed, vector.secret, now=vector.now) == "mismatch"

    def test_holds_no_more_by_another_secret_address_or_method(self, vector: Vector) -> None:
        other = secret_of(vector.scheme).replace("M", "N").replace("6", "7")
        assert of(vector.scheme, vector.request, other, now=vector.now) == "mismatch"
        pieces = vector.scheme.pieces()
        elsewhere = replace(vector.request, url=vector.request.url + "/")
        assert of(vector.scheme, elsewhere, vector.secret, now=vector.now) == (
            "mismatch" if b"{url}" in pieces else 0
        )
        put = replace(vector.request, method="PUT")
        assert of(vector.scheme, put, vector.secret, now=vector.now) == (
            "mismatch" if b"{method}" in pieces else 0
        )

    def test_is_what_our_signer_makes(self, vector: Vector) -> None:
        if vector.scheme.place != "headers":
            pytest.skip("its proof stands in the body")
        id = vector.request.headers.get(vector.scheme.id_header.lower(), "")
        ours = sign(vector.scheme, vector.secret, vector.request.body, vector.now, id, url=vector.request.url)
        proof = ours[vector.scheme.header.lower()]
        theirs = " ".join(vector.request.headers.get(name.lower(), "") for name in vector.scheme.headers)
        if vector.scheme.timestamp_form == "epoch":
            assert proof in theirs
        assert proof_of(vector.scheme)


@pytest.mark.parametrize("scheme", ROWS.values(), ids=ROWS)
class TestEveryRow:
    def genuine(self, scheme: Scheme) -> Request:
        return signed(scheme, secret_of(scheme), unsigned(scheme), NOW)

    def test_what_was_signed_is_accepted(self, scheme: Scheme) -> None:
        assert of(scheme, self.genuine(scheme), secret_of(scheme)) == 0

    def test_every_secret_in_force_is_tried(self, scheme: Scheme) -> None:
        others = ("whsec_AAAA", "user:other", "", "AAAA", "00ff")
        assert of(scheme, self.genuine(scheme), *others, secret_of(scheme)) == 5

    def test_no_secret_is_missing(self, scheme: Scheme) -> None:
        for secrets in ((), ("",), ("  ",), ("", "")):
            assert of(scheme, self.genuine(scheme), *secrets) == "missing"

    def test_no_header_is_missing(self, scheme: Scheme) -> None:
        assert of(scheme, unsigned(scheme), secret_of(scheme)) == "missing"

    def test_another_body_is_a_mismatch_where_it_is_covered(self, scheme: Scheme) -> None:
        if scheme.kind != "hmac" or not scheme.covers_body:
            pytest.skip("its proof does not cover the body")
        request = self.genuine(scheme)
        for body in (request.body + b"&c=1", request.body[:-1], request.body[:-1] + b"\x00"):
            assert of(scheme, replace(request, body=body), secret_of(scheme)) == "mismatch"

    def test_a_nonce_is_told_where_the_body_is_not_covered_and_only_there(self, scheme: Scheme) -> None:
        request = self.genuine(scheme)
        nonce = judged(scheme, request, secret_of(scheme)).nonce
        assert bool(nonce) == (not scheme.covers_body)
        if nonce:
            spoilt = with_value(scheme, request, "text", "other words")
            assert spoilt.body != request.body
            assert judged(scheme, spoilt, secret_of(scheme)).nonce == nonce
            later = signed(scheme, secret_of(scheme), unsigned(scheme), NOW + timedelta(seconds=1))
            assert judged(scheme, later, secret_of(scheme)).nonce != nonce
            other = signed(scheme, secret_of(scheme), unsigned(scheme), NOW, "msg_2")
            assert judged(scheme, other, secret_of(scheme)).nonce != nonce

    def test_junk_is_refused_by_one_word(self, scheme: Scheme) -> None:
        request = self.genuine(scheme)
        for name in (proof.header for proof in proof_of(scheme)):
            for junk in hostile.HEADERS:
                if scheme.place == "headers" or junk != "\ud800":
                    assert of(scheme, with_value(scheme, request, name, junk), secret_of(scheme)) in WORDS

    def test_any_body_is_refused_by_one_word(self, scheme: Scheme) -> None:
        if scheme.kind in ("token", "basic") and scheme.place == "headers":
            pytest.skip("it says nothing of the body")
        for body in (*hostile.BODIES, b"&".join([b"a=1"] * 20_000), b"=" * 5_000, b"%" * 5_000):
            assert of(scheme, replace(self.genuine(scheme), body=body), secret_of(scheme)) in WORDS or (
                not scheme.covers_body
            )

    @given(junk=st.text(max_size=80), prefix=st.booleans())
    def test_any_text_is_refused_by_one_word(self, scheme: Scheme, junk: str, prefix: bool) -> None:
        value = scheme.prefix + junk if prefix else junk
        request = with_value(scheme, self.genuine(scheme), scheme.header, value)
        assert of(scheme, request, "another secret", "whsec_AAAA", "00ff") in WORDS

    @given(body=st.binary(max_size=80))
    def test_any_bytes_are_no_error(self, scheme: Scheme, body: bytes) -> None:
        request = replace(self.genuine(scheme), body=body)
        assert of(scheme, request, secret_of(scheme)) in (0, *WORDS)


TIMED = tuple(row for row in PROVIDERS.values() if row.timestamp_header)


@pytest.mark.parametrize("scheme", TIMED, ids=lambda scheme: scheme.header)
@pytest.mark.parametrize("direction", [1, -1])
def test_exactly_so_many_seconds_pass_and_one_more_is_stale(scheme: Scheme, direction: int) -> None:
    request = signed(scheme, secret_of(scheme), unsigned(scheme), NOW)
    assert scheme.tolerance == (600 if scheme is PROVIDERS["BOX"] else 300)
    for seconds, expected in ((scheme.tolerance, 0), (scheme.tolerance + 1, "stale")):
        now = NOW + timedelta(seconds=direction * seconds)
        assert of(scheme, request, secret_of(scheme), now=now) == expected


@pytest.mark.parametrize("scheme", TIMED, ids=lambda scheme: scheme.header)
def test_another_time_zone_of_now_changes_nothing(scheme: Scheme) -> None:
    request = signed(scheme, secret_of(scheme), unsigned(scheme), NOW)
    assert of(scheme, request, secret_of(scheme), now=NOW.astimezone(timezone(timedelta(hours=9)))) == 0


def test_milliseconds_count_to_the_last_one() -> None:
    front = PROVIDERS["FRONT"]
    at = int(NOW.timestamp() * 1000)
    mac = base64.b64encode(hmac.digest(b"key", f"{at}:{{}}".encode(), "sha256")).decode()
    headers = {"x-front-request-timestamp": str(at), "x-front-signature": mac}
    for late, expected in ((300_000, 0), (300_001, "stale"), (-300_001, "stale")):
        now = NOW + timedelta(milliseconds=late)
        assert outcome(front, headers, b"{}", "key", now=now) == expected
    seconds = headers | {"x-front-request-timestamp": str(at // 1000)}
    assert outcome(front, seconds, b"{}", "key") == "stale"
    assert outcome(front, headers | {"x-front-request-timestamp": f"{at}.0"}, b"{}", "key") == "malformed"


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


NONCE = {
    "header": "s",
    "signed": b"{timestamp}{id}",
    "timestamp_header": "t",
    "id_header": "i",
    "covers_body": False,
}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"header": ""}, "names the header"),
        ({"kind": "token"}, "names the header"),
        ({"header": "x", "signed": b"{timestamp}", "timestamp_header": "y"}, "covers the {body}"),
        ({"header": "x", "signed": b"{timestamp}{body}"}, "timestamp_header and {timestamp} go together"),
        ({"header": "x", "timestamp_header": "y"}, "timestamp_header and {timestamp} go together"),
        ({"header": "x", "id_header": "y"}, "id_header and {id} go together"),
        ({"header": "x", "signed": b"{id}{body}"}, "id_header and {id} go together"),
        ({"header": "x", "signed": b"{url}{method}"}, "covers the {body}"),
        ({"header": "x", "signed": b"{time}{body}"}, "{time} is nothing that can be signed"),
        ({"header": "x", "covers_body": False}, "covers the {body}"),
        ({"header": "x", "place": "json"}, "stands in the body can't cover it"),
        ({"header": "x", "place": "form", "signed": b"{form}"}, "stands in the body can't cover it"),
        ({**NONCE, "signed": b"{id}", "timestamp_header": ""}, "covers {timestamp} and {id}"),
        ({**NONCE, "signed": b"{timestamp}", "id_header": ""}, "covers {timestamp} and {id}"),
        ({**NONCE, "tolerance": 129_601}, "129,600 s at most"),
        ({"kind": "token", "header": "x", "more_headers": ("y",)}, "more_headers hold signatures"),
        ({"kind": "basic", "header": "x", "place": "json"}, "stands in a header"),
    ],
)
def test_a_row_that_would_prove_nothing_is_refused(row: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        Scheme(**row)


def test_a_nonce_of_36_hours_can_be_a_row() -> None:
    assert Scheme(**NONCE, tolerance=129_600).tolerance == 129_600


@pytest.mark.parametrize("scheme", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("junk", ["?", "", "sha256=00", "9" * 13])
def test_without_a_usable_secret_it_is_missing_whatever_was_sent(scheme: Scheme, junk: str) -> None:
    request = signed(scheme, secret_of(scheme), unsigned(scheme), NOW)
    assert of(scheme, with_value(scheme, request, scheme.header, junk), "", " ") == "missing"


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
    assert GITHUB.fault_of(" ") == "a secret for X-Hub-Signature-256 is not empty"
    assert TOKEN.fault_of("two\nlines").startswith("a secret for authorization is visible ASCII characters")
    assert BASIC.fault_of("user:password") == GITHUB.fault_of("key") == ""


# ---- every combination -------------------------------------------------------------------------------


def combinations() -> list[Scheme]:
    """Rows of every kind of value of every field that a signature may have."""
    rows = []
    whole = itertools.product(
        ("sha1", "sha256", "sha512"),
        ("hex", "base64"),
        ("text", "whsec", "base64", "hex"),
        ("", "v1="),
        ("", ",", " "),
        ("", "epoch", "epoch_ms", "iso8601"),
        (False, True),
        (b"{body}", b"{url}{method}{body}", b"{form}"),
    )
    for algorithm, encoding, key_form, prefix, separator, time, id, covered in whole:
        names = [name for name, is_there in ((b"{timestamp}", time), (b"{id}", id)) if is_there]
        rows.append(
            Scheme(
                header="X-Proof",
                more_headers=("X-Proof-2",) if id else (),
                algorithm=algorithm,  # type: ignore[arg-type]
                encoding=encoding,  # type: ignore[arg-type]
                key_form=key_form,  # type: ignore[arg-type]
                prefix=prefix,
                separator=separator,
                signed=b".".join([*names, covered]),
                timestamp_header="X-Time" if time else "",
                timestamp_form=time or "epoch",  # type: ignore[arg-type]
                id_header="X-Id" if id else "",
            )
        )
    for place, time, encoding in itertools.product(
        ("headers", "json", "form"), ("epoch", "epoch_ms", "iso8601"), ("hex", "base64")
    ):
        rows.append(
            Scheme(**NONCE, place=place, timestamp_form=time, encoding=encoding)  # type: ignore[arg-type]
        )
    return rows


def test_every_combination_of_fields_signs_and_verifies() -> None:
    rows = combinations()
    assert len(rows) > 3_000
    for scheme in rows:
        secret = secret_of(scheme)
        request = signed(scheme, secret, unsigned(scheme), NOW)
        connection = Connection(source="x", secrets=("no:secret", secret))
        assert verify((scheme,), request, connection, NOW).secret == 1, scheme
        changed = replace(request, body=request.body + b"&x=1")
        if scheme.covers_body:
            with pytest.raises(NotVerified, match="mismatch"):
                verify((scheme,), changed, connection, NOW)
        told = {proof.header.lower() for proof in proof_of(scheme)}
        assert told >= {name.lower() for name in sign(scheme, secret, b"", NOW)}


# ---- several signatures, several headers -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("PAGERDUTY", "v1={wrong},v1={right}"),
        ("PAGERDUTY", "v1={right} , v1={wrong}"),
        ("PAGERDUTY", " v0={wrong} ,v1={right}"),
        ("STRIPE", "t={at},v1={wrong},v1={right},v0={wrong}"),
        ("STRIPE", "v1={wrong} , t={at} , v1={right}"),
        ("STANDARD_WEBHOOKS", "v1,{wrong}  v1a,{wrong} v1,{right}"),
    ],
)
def test_one_signature_of_several_is_enough(name: str, form: str) -> None:
    scheme = PROVIDERS[name]
    ours = sign(scheme, secret_of(scheme), b"{}", NOW)
    proof = ours[scheme.header.lower()]
    right = proof[proof.index(scheme.prefix) + len(scheme.prefix) :]
    wrong = "0" * 64 if scheme.encoding == "hex" else base64.b64encode(bytes(32)).decode()
    value = form.format(at=int(NOW.timestamp()), right=right, wrong=wrong)
    assert outcome(scheme, ours | {scheme.header: value}, b"{}", secret_of(scheme)) == 0
    spoilt = value.replace(right, wrong)
    assert outcome(scheme, ours | {scheme.header: spoilt}, b"{}", secret_of(scheme)) == "mismatch"


def test_one_header_of_several_is_enough_whichever_it_is() -> None:
    docusign = PROVIDERS["DOCUSIGN"]
    right = sign(docusign, "key", b"{}", NOW)[docusign.header.lower()]
    wrong = sign(docusign, "other", b"{}", NOW)[docusign.header.lower()]
    for name in docusign.headers:
        assert outcome(docusign, {name: right}, b"{}", "key") == 0
        assert outcome(docusign, {**dict.fromkeys(docusign.headers, wrong), name: right}, b"{}", "key") == 0
        assert outcome(docusign, {name: wrong}, b"{}", "key") == "mismatch"
        assert outcome(docusign, {name: "?"}, b"{}", "key") == "malformed"


# ---- what is signed besides the body -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["SQUARE", "TRELLO", "HUBSPOT", "TWILIO"])
def test_an_address_that_is_not_known_is_missing(name: str) -> None:
    scheme = PROVIDERS[name]
    request = signed(scheme, "key", unsigned(scheme), NOW)
    assert of(scheme, replace(request, url=""), "key") == "missing"


@pytest.mark.parametrize(
    "body",
    [
        b"a=%C3%BC&b=hello+you",
        b"b=hello%20you&a=%c3%bc",
        b"b=hello+you&a=%C3%BC&&",
        b"b=hello+you&a=%C3%BC&b=hello+you",
    ],
)
def test_a_form_is_signed_however_it_is_spelt(body: bytes) -> None:
    twilio = PROVIDERS["TWILIO"]
    request = signed(twilio, "key", unsigned(twilio), NOW)
    assert of(twilio, replace(request, body=body), "key") == 0


@pytest.mark.parametrize(
    ("headers", "body", "word"),
    [
        (FORM, b"a=%C3%BC&b=hello", "mismatch"),
        (FORM, b"a=%C3%BC&b=hello+you&c", "mismatch"),
        ({"content-type": "application/x-www-form-urlencoded; charset=utf-8"}, None, 0),
        ({"content-type": "application/json"}, None, "malformed"),
        ({"content-type": ""}, None, "malformed"),
        (FORM, b"&".join([b"a=1"] * 10_001), "malformed"),
    ],
)
def test_another_form_or_none_is_refused(
    headers: dict[str, str], body: bytes | None, word: str | int
) -> None:
    twilio = PROVIDERS["TWILIO"]
    request = signed(twilio, "key", unsigned(twilio), NOW)
    changed = replace(
        request, headers={**request.headers, **headers}, body=request.body if body is None else body
    )
    assert of(twilio, changed, "key") == word


def test_values_in_the_body_are_read_as_they_are_written() -> None:
    mailgun = PROVIDERS["MAILGUN_EVENTS"]
    request = signed(mailgun, "key", unsigned(mailgun), NOW)
    said = json.loads(request.body)
    said["signature"]["timestamp"] = int(said["signature"]["timestamp"])  # its pages say int, and send text
    assert of(mailgun, replace(request, body=json.dumps(said).encode()), "key") == 0
    for value in (None, True, [], {}, 1.5, [said["signature"]["timestamp"]]):
        said["signature"]["timestamp"] = value
        assert of(mailgun, replace(request, body=json.dumps(said).encode()), "key") in (
            "missing",
            "malformed",
        )
    assert of(mailgun, replace(request, body=b"\xef\xbb\xbf" + request.body), "key") == 0


# ---- keys ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "secret", "told"),
    [
        ("AIRTABLE", "not base64!", "a secret for X-Airtable-Content-MAC is Base64"),
        ("ADYEN", "not hex", "a secret for HmacSignature is hex digits, two for each byte"),
        ("ADYEN", "D7D", "a secret for HmacSignature is hex digits, two for each byte"),
        (
            "STANDARD_WEBHOOKS",
            "whsec_!",
            "a secret for webhook-signature is Base64 behind an optional whsec_",
        ),
        ("TOKEN_IN_JSON", " ", "a secret for token is not empty"),
    ],
)
def test_a_secret_of_another_form_is_told(name: str, secret: str, told: str) -> None:
    assert ROWS[name].fault_of(secret) == told
    with pytest.raises(ValueError, match="is"):
        sign(ROWS[name], secret, b"", NOW)


def test_a_token_in_the_body_may_be_any_text() -> None:
    scheme = ROWS["TOKEN_IN_JSON"]
    assert of(scheme, Request(body='{"token": "schlüssel"}'.encode()), "schlüssel") == 0
    assert of(scheme, Request(body=b'{"token": "other"}'), "schl\u00fcssel") == "mismatch"


# ---- partners' own libraries ---------------------------------------------------------------------------


@given(body=st.text(max_size=200), id=st.text("abc_123", min_size=1, max_size=20))
def test_what_the_common_libraries_sign_is_accepted_and_what_we_sign_they_accept(body: str, id: str) -> None:
    ours = sign(STANDARD, WHSEC, body.encode("utf-8", "surrogatepass"), NOW, id)
    for library in (standardwebhooks.Webhook(WHSEC), Svix(WHSEC)):
        assert library.sign(id, NOW, body) == ours["webhook-signature"]
        headers = {"webhook-timestamp": str(int(NOW.timestamp())), "webhook-id": id}
        headers["webhook-signature"] = library.sign(id, NOW, body)
        assert outcome(STANDARD, headers, body.encode(), WHSEC) == 0


def test_the_common_libraries_accept_what_our_signer_made_now() -> None:
    now = datetime.now(UTC)
    body = '{"text": "Größe 👍"}'
    ours = sign(STANDARD, WHSEC, body.encode(), now, "msg_1")
    assert standardwebhooks.Webhook(WHSEC).verify(body, ours) == json.loads(body)
    Svix(WHSEC).verify(body, {name.replace("webhook-", "svix-"): value for name, value in ours.items()})
