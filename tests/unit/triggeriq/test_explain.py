"""Why a signature failed: each mistake that senders make is told by what fits, and nothing secret is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.triggeriq.providers import (
    BASIC,
    FORM,
    PROVIDERS,
    ROWS,
    TOKEN,
    URL,
    WHSEC,
    secret_of,
    unsigned,
)
from triggeriq import Connection, Request, Scheme
from triggeriq.explain import Explanation, explain
from triggeriq.scheme import decoded
from triggeriq.signing import signed
from triggeriq.testing import hostile

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "a-secret-of-the-tests-zqjx"
BODY = '{"text": "Größe & mehr", "n": 1, "a": [1.5, null], "url": "https://a.example/"}'.encode()
GITHUB, ZENDESK, STRIPE = PROVIDERS["GITHUB"], PROVIDERS["ZENDESK"], PROVIDERS["STRIPE"]
STANDARD, HUBSPOT, TWILIO = PROVIDERS["STANDARD_WEBHOOKS"], PROVIDERS["HUBSPOT"], PROVIDERS["TWILIO"]


def explained(
    scheme: Scheme, request: Request, *secrets: str, now: datetime = NOW, name: str = "default"
) -> Explanation:
    """Checks on the way that nothing secret is told."""
    connection = Connection(source="x", name=name, secrets=secrets)
    told = explain((scheme,), request, connection, now)
    holds_nothing_secret(told, scheme, request, secrets)
    return told


def holds_nothing_secret(
    told: Explanation, scheme: Scheme, request: Request, secrets: tuple[str, ...]
) -> None:
    words = f"{told.reason} {told.detail}"
    for secret in (*secrets, *scheme.refused_secrets):
        plain = secret.strip().removeprefix("whsec_")
        assert len(plain) < 5 or plain not in words
        for key in (secret.encode("utf-8", "replace"), scheme.key_of(secret)):
            for body in (request.body, b""):
                digest = hmac.digest(key, body, "sha256")
                assert digest.hex()[:8] not in words
                assert base64.b64encode(digest).decode()[:8] not in words
    if secrets and scheme.kind == "hmac" and scheme.key_of(secrets[0]):
        body = unsigned(scheme) if scheme.place != "headers" else request
        right = signed(scheme, secrets[0], body, NOW)
        for name in scheme.headers:
            proof = right.headers.get(name.lower(), "").split("=", 1)[-1]
            assert len(proof) < 8 or proof[:8] not in words
    for value in request.headers.values():
        assert len(value) < 20 or value not in words
    assert not re.search("[0-9a-f]{16}", words)


def sent(scheme: Scheme, secret: str = SECRET, body: bytes = BODY, url: str = URL, **headers: str) -> Request:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return signed(scheme, secret, Request(headers=given, body=body, url=url), NOW)


# ---- what is right -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ROWS.values(), ids=ROWS)
def test_what_is_genuine_needs_no_explanation(scheme: Scheme) -> None:
    secret = secret_of(scheme)
    assert explained(scheme, signed(scheme, secret, unsigned(scheme), NOW), secret) == Explanation(True)


def test_the_previous_secret_is_told() -> None:
    told = explained(GITHUB, sent(GITHUB), "the new one", SECRET)
    assert told.ok
    assert told.detail == (
        "secret 2 of 2 proved it, which is not the current one: its sender is refused once it has expired"
    )


# ---- the body ----------------------------------------------------------------------------------------


def dumped(**how: object) -> Callable[[bytes], bytes]:
    return lambda body: json.dumps(json.loads(body), **how).encode()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("was", "words"),
    [
        (dumped(separators=(",", ":"), ensure_ascii=False), "over the body's JSON written anew: compact"),
        (
            dumped(separators=(",", ":")),
            "over the body's JSON written anew: compact, in ASCII escapes",
        ),
        (dumped(), "over the body's JSON written anew: with spaces, in ASCII escapes"),
        (
            dumped(sort_keys=True, ensure_ascii=False),
            "over the body's JSON written anew: with spaces, its keys sorted",
        ),
        (dumped(indent=2, ensure_ascii=False), "over the body's JSON written anew: indented by 2"),
        (
            dumped(indent=4, sort_keys=True),
            "over the body's JSON written anew: indented by 4, in ASCII escapes, its keys sorted",
        ),
        (
            lambda body: dumped(separators=(",", ":"))(body).replace(b"/", b"\\/"),
            "over the body's JSON written anew: compact, in ASCII escapes, / written as \\/ (PHP)",
        ),
        (
            lambda body: dumped(separators=(",", ":"), ensure_ascii=False)(body).replace(b"&", b"\\u0026"),
            "over the body's JSON written anew: compact, < > & escaped (Go)",
        ),
        (
            lambda body: dumped(indent=2, ensure_ascii=False)(body) + b"\n",
            "over the body's JSON written anew: indented by 2, with a line end behind it",
        ),
        (lambda body: body + b"\n", "over the body with a line end behind it"),
        (lambda body: body + b"\r\n", "over the body with a line end (CRLF) behind it"),
        (lambda body: b"\xef\xbb\xbf" + body, "over the body with a byte order mark"),
        (base64.b64encode, "over the body in Base64"),
        (lambda body: body.decode().encode("cp1252"), "over the body in CP1252"),
        (lambda body: b"", "over an empty body"),
    ],
)
def test_a_body_that_was_changed_is_told_by_what_was_signed(
    was: Callable[[bytes], bytes], words: str
) -> None:
    told = explained(GITHUB, replace(sent(GITHUB, body=was(BODY)), body=BODY), SECRET)
    assert told.reason == "mismatch"
    assert told.detail == (
        f"the signature was made {words}. "
        "It should be made over {body}, with the bytes as they are sent, by the secret as it is written"
    )


@pytest.mark.parametrize(
    ("signed_body", "body", "words"),
    [
        (b"{}", b"{}\n", "over the body without its final line end"),
        (b"a\nb", b"a\r\nb", "over the body with LF for each CRLF"),
        (b"a\r\nb", b"a\nb", "over the body with CRLF for each LF"),
        (b"{}", b"\xef\xbb\xbf{}", "over the body without its byte order mark"),
        (b"{}", b"  {} ", "over the body without the space around it"),
        (b"hello", b"aGVsbG8=", "over the body decoded from Base64"),
    ],
)
def test_ends_and_marks_are_told(signed_body: bytes, body: bytes, words: str) -> None:
    told = explained(GITHUB, replace(sent(GITHUB, body=signed_body), body=body), SECRET)
    assert told.detail is not None
    assert told.detail.startswith(f"the signature was made {words}. ")


FORM_BODY = b"b=hello+you&a=%C3%BC&payload=%7B%22x%22%3A1%7D"


@pytest.mark.parametrize(
    ("signed_body", "words"),
    [
        (b'{"x":1}', "over the form's payload alone"),
        (b'bhello youa\xc3\xbcpayload{"x":1}', "over the form's fields, not over its bytes"),
        (b"b=hello%20you&a=%C3%BC&payload=%7B%22x%22%3A1%7D", "over the form written anew, spaces as %20"),
        (b"a=%C3%BC&b=hello+you&payload=%7B%22x%22%3A1%7D", "over the form written anew, sorted"),
        (
            '{"b":"hello you","a":"ü","payload":"{\\"x\\":1}"}'.encode(),
            "over the form's fields as JSON",
        ),
    ],
)
def test_a_form_that_was_parsed_before_it_was_signed_is_told(signed_body: bytes, words: str) -> None:
    told = explained(GITHUB, replace(sent(GITHUB, body=signed_body), body=FORM_BODY), SECRET)
    assert told.detail is not None
    assert told.detail.startswith(f"the signature was made {words}. ")


def test_a_form_where_its_bytes_should_be_and_the_other_way_round() -> None:
    raw = replace(TWILIO, signed=b"{url}{body}")
    request = signed(raw, SECRET, Request(headers=FORM, body=FORM_BODY, url=URL), NOW)
    told = explained(TWILIO, request, SECRET)
    assert told.detail is not None
    assert told.detail.startswith("the signature was made over {url}{body}, not over {url}{form}. ")
    request = signed(TWILIO, SECRET, Request(headers=FORM, body=FORM_BODY, url=URL), NOW)
    told = explained(raw, request, SECRET)
    assert told.detail is not None
    assert "over the form's fields, sorted, not over its bytes" in told.detail
    told = explained(
        TWILIO, replace(request, headers={**request.headers, "content-type": "text/plain"}), SECRET
    )
    assert told.reason == "malformed"
    assert told.detail == (
        "X-Twilio-Signature signs the fields of a form, and the content type is not "
        "application/x-www-form-urlencoded; apart from that the signature fits"
    )


# ---- the bytes that are signed -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "order", "told_as"),
    [
        (ZENDESK, b"{body}{timestamp}", "{body}{timestamp}"),
        (ZENDESK, b"{timestamp}.{body}", "{timestamp}.{body}"),
        (ZENDESK, b"{timestamp}\n{body}", "{timestamp}\\n{body}"),
        (PROVIDERS["SLACK"], b"{timestamp}:{body}", "{timestamp}:{body}"),
        (PROVIDERS["SLACK"], b"{body}", "{body}"),
        (STRIPE, b"{timestamp}{body}", "{timestamp}{body}"),
        (STRIPE, b"{body}", "{body}"),
        (STANDARD, b"{timestamp}.{body}", "{timestamp}.{body}"),
        (STANDARD, b"{id}{timestamp}{body}", "{id}{timestamp}{body}"),
        (HUBSPOT, b"{url}{body}{timestamp}", "{url}{body}{timestamp}"),
        (HUBSPOT, b"{timestamp}{body}{url}{method}", "{timestamp}{body}{url}{method}"),
        (PROVIDERS["SQUARE"], b"{body}{url}", "{body}{url}"),
        (PROVIDERS["SQUARE"], b"{body}", "{body}"),
    ],
)
def test_another_order_of_what_is_signed_is_told(scheme: Scheme, order: bytes, told_as: str) -> None:
    secret = secret_of(scheme)
    names = {b"{timestamp}": "timestamp_header", b"{id}": "id_header"}
    lacks = {field: "" for placeholder, field in names.items() if placeholder not in order}
    request = sent(replace(scheme, signed=order, **lacks), secret)  # type: ignore[arg-type]
    genuine = sent(scheme, secret)
    headers = {**genuine.headers, **request.headers}
    if scheme is STRIPE and b"{timestamp}" not in order:
        headers["stripe-signature"] = f"t={int(NOW.timestamp())},{request.headers['stripe-signature']}"
    told = explained(scheme, replace(request, headers=headers), secret)
    assert told.reason == "mismatch"
    assert told.detail is not None
    assert told.detail.startswith(
        f"the signature was made over {told_as}, not over {scheme.signed.decode()}. It should be made over "
    )


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (URL.replace("https", "http"), "over the address with http in place of https"),
        (URL.partition("?")[0], "over the address without its query"),
        (URL.replace("shop?", "shop/?"), "over the address with a final /"),
        (URL.replace(".com", ".com:443"), "over the address with its port"),
        ("/webhooks/acme/shop?a=1", "over the address without scheme and host"),
    ],
)
@pytest.mark.parametrize("name", ["SQUARE", "HUBSPOT", "TWILIO"])
def test_another_address_is_told(name: str, url: str, words: str) -> None:
    scheme = PROVIDERS[name]
    request = signed(scheme, SECRET, replace(unsigned(scheme), url=url), NOW)
    told = explained(scheme, replace(request, url=URL), SECRET)
    assert told.detail is not None
    assert told.detail.startswith(f"the signature was made {words}. ")


def test_an_address_that_is_not_known_is_told() -> None:
    told = explained(HUBSPOT, replace(sent(HUBSPOT), url=""), SECRET)
    assert told.reason == "missing"
    assert "must set TRIGGERIQ_PUBLIC_URL" in str(told.detail)


def test_another_method_is_told() -> None:
    request = replace(sent(HUBSPOT), method="post")
    told = explained(HUBSPOT, replace(signed(HUBSPOT, SECRET, request, NOW), method="POST"), SECRET)
    assert str(told.detail).startswith("the signature was made with the method in lower case. ")


# ---- the key -----------------------------------------------------------------------------------------

PLAIN = base64.b64decode(WHSEC.removeprefix("whsec_"))


@pytest.mark.parametrize(
    ("scheme", "secret", "key", "words"),
    [
        (GITHUB, f" {SECRET}\n", SECRET.encode(), "by the secret without the space around it"),
        (GITHUB, f'"{SECRET}"', SECRET.encode(), "by the secret without the quotes around it"),
        (GITHUB, SECRET, f"{SECRET}\n".encode(), "by the secret with a line end behind it"),
        (GITHUB, SECRET, f"{SECRET} ".encode(), "by the secret with a space behind it"),
        (GITHUB, SECRET, b"", "by an empty key: the sender was given no secret"),
        (GITHUB, SECRET, b"undefined", "by the word undefined for a key: the sender was given no secret"),
        (GITHUB, PLAIN.hex(), PLAIN, "by the secret decoded from hex"),
        (GITHUB, base64.b64encode(PLAIN).decode(), PLAIN, "by the secret decoded from Base64"),
        (STRIPE, WHSEC, PLAIN, "by the secret decoded from Base64"),
        (
            STRIPE,
            WHSEC,
            WHSEC.removeprefix("whsec_").encode(),
            "by the secret without its whsec_, and not dec",
        ),
        (STANDARD, WHSEC, WHSEC.encode(), "by the secret as it is written, not decoded"),
        (STANDARD, WHSEC, WHSEC.removeprefix("whsec_").encode(), "by the secret without its whsec_, and not"),
        (STANDARD, WHSEC.removeprefix("whsec_"), WHSEC.encode(), "by the secret with whsec_ before it, and"),
        (
            PROVIDERS["ADYEN"],
            PLAIN.hex(),
            PLAIN.hex().encode(),
            "by the secret as it is written, not decoded",
        ),
        (
            PROVIDERS["AIRTABLE"],
            base64.b64encode(PLAIN).decode(),
            base64.b64encode(PLAIN),
            "by the secret as it is written, not decoded",
        ),
    ],
)
def test_another_key_made_of_the_secret_is_told(scheme: Scheme, secret: str, key: bytes, words: str) -> None:
    as_hex = replace(scheme, key_form="hex")
    request = sent(as_hex, key.hex()) if key else _by_an_empty_key()
    told = explained(scheme, request, secret)
    assert told.reason == "mismatch"
    assert str(told.detail).startswith(f"the signature was made {words}")


def _by_an_empty_key() -> Request:
    return Request(
        headers={"x-hub-signature-256": "sha256=" + hmac.digest(b"", BODY, "sha256").hex()}, body=BODY
    )


def test_which_secret_it_was_is_told_where_there_are_several() -> None:
    request = replace(sent(GITHUB, body=BODY + b"\n"), body=BODY)
    told = explained(GITHUB, request, "another", SECRET, "a third")
    assert (
        "over the body with a line end behind it, and by secret 2 of 3, which is not the current one. "
        in str(told.detail)
    )
    told = explained(GITHUB, sent(GITHUB), "another", f"{SECRET} ")
    assert str(told.detail).startswith(
        "the signature was made by secret 2 of 2 without the space around it. "
    )


def test_the_published_test_secret_is_told() -> None:
    published = ZENDESK.refused_secrets[0]
    request = sent(replace(ZENDESK, refused_secrets=()), published)
    words = "the signature was made by the provider's published test secret, which is never accepted"
    assert str(explained(ZENDESK, request, SECRET).detail).startswith(words)
    without = explained(ZENDESK, request)
    assert without.reason == "missing"
    assert without.detail == (
        "the connection has no secret in force; one that was removed or has expired can't be tried. " + words
    )
    alone = explained(ZENDESK, request, published)
    assert str(alone.detail).startswith("none of the connection's secrets is of use: this is the provider's")


def test_a_secret_that_is_of_no_use_is_told() -> None:
    told = explained(STANDARD, sent(STANDARD, WHSEC), "whsec_no base64!")
    assert (told.reason, told.detail) == (
        "missing",
        "none of the connection's secrets is of use: "
        "a secret for webhook-signature is Base64 behind an optional whsec_",
    )


@pytest.mark.parametrize(
    ("secrets", "told_of"), [(1, "the secret in force"), (3, "each of the 3 secrets in")]
)
def test_another_secret_fits_nothing_and_it_is_said_what_was_tried(secrets: int, told_of: str) -> None:
    told = explained(GITHUB, sent(GITHUB, "quite another"), *[f"{SECRET}-{at}" for at in range(secrets)])
    assert told.reason == "mismatch"
    assert told.detail is not None
    assert told.detail.startswith(f"the signature does not fit. Tried was {told_of}")
    assert "A secret that was removed or has expired can't be tried" in told.detail
    assert "not all of it" not in told.detail


# ---- how it is written -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "spoil", "fault"),
    [
        (GITHUB, lambda raw, text: f"sha256={base64.b64encode(raw).decode()}", "is in base64, not in hex"),
        (GITHUB, lambda raw, text: raw.hex(), "lacks the prefix 'sha256='"),
        (GITHUB, lambda raw, text: f"v1={raw.hex()}", "begins with 'v1=', not with 'sha256='"),
        (GITHUB, lambda raw, text: f'sha256="{raw.hex()}"', "has quotes around the signature"),
        (GITHUB, lambda raw, text: f"sha256=sha256={raw.hex()}", "has 'sha256=' before the signature"),
        (PROVIDERS["TYPEFORM"], lambda raw, text: f"sha256={raw.hex()}", "is in hex, not in base64"),
        (PROVIDERS["TYPEFORM"], lambda raw, text: text.rstrip("="), "is in base64 of another alphabet, padd"),
        (
            PROVIDERS["TYPEFORM"],
            lambda raw, text: f"sha256={base64.urlsafe_b64encode(raw).decode()}",
            "is in base64 of another alphabet, padding or end",
        ),
        (
            PROVIDERS["TYPEFORM"],
            lambda raw, text: f"sha256={base64.b64encode(raw.hex().encode()).decode()}",
            "is in base64 of hex digits, not in base64",
        ),
    ],
)
def test_a_signature_that_is_written_otherwise_fits_apart_from_that(
    scheme: Scheme, spoil: Callable[[bytes, str], str], fault: str
) -> None:
    bodies = (BODY + bytes([at]) for at in range(256))
    request = next(one for one in (sent(scheme, body=body) for body in bodies) if _odd(scheme, one))
    text = request.headers[scheme.header.lower()]
    raw = decoded(scheme.encoding, text.removeprefix(scheme.prefix))
    assert raw is not None
    spoilt = replace(request, headers={scheme.header.lower(): spoil(raw, text)})
    told = explained(scheme, spoilt, SECRET)
    assert told.reason == "malformed"
    assert str(told.detail).startswith(f"{scheme.header} {fault}")
    assert str(told.detail).endswith("; apart from that the signature fits")
    changed = explained(scheme, replace(spoilt, body=spoilt.body + b"!"), SECRET)
    assert "the signature does not fit either" in str(changed.detail)


def _odd(scheme: Scheme, request: Request) -> bool:
    """Whether the two alphabets of Base64 differ on its signature."""
    value = request.headers[scheme.header.lower()]
    return scheme.encoding == "hex" or ("+" in value and "/" in value)


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha384", "sha512"])
def test_another_hash_is_told(algorithm: str) -> None:
    mac = hmac.digest(SECRET.encode(), BODY, algorithm).hex()
    told = explained(GITHUB, Request(headers={"x-hub-signature-256": f"sha256={mac}"}, body=BODY), SECRET)
    assert told.detail == (
        f"X-Hub-Signature-256 is as long as an HMAC-{algorithm.upper()}, not as an HMAC-SHA256; "
        "apart from that the signature fits"
    )


def test_what_is_no_signature_is_told_by_its_form_alone() -> None:
    told = explained(GITHUB, Request(headers={"x-hub-signature-256": "sha256=?"}, body=BODY), SECRET)
    assert str(told.detail).startswith("X-Hub-Signature-256 holds no such signature; it should hold sha256=<")


def test_a_header_that_is_missing_is_told_beside_those_that_look_like_one() -> None:
    told = explained(GITHUB, Request(headers={"x-signature": "a" * 64, "x-other": "1"}, body=BODY), SECRET)
    assert told.reason == "missing"
    assert str(told.detail).startswith("the header X-Hub-Signature-256 is missing; ")
    assert str(told.detail).endswith(". It has x-signature, which this source does not look at")


# ---- the clock ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("off", "told_as"),
    [
        (timedelta(seconds=301), "is 301 s behind the clock here, and 300 s are allowed"),
        (-timedelta(seconds=301), "is 301 s ahead of the clock here, and 300 s are allowed"),
        (
            timedelta(hours=2, seconds=7),
            "is 7,207 s behind the clock here (some 2 h: a local time taken for UTC?), and 300 s are allowed",
        ),
        (timedelta(days=3), "is 259,200 s behind the clock here, and 300 s are allowed"),
    ],
)
@pytest.mark.parametrize(
    "name", ["SLACK", "STRIPE", "STANDARD_WEBHOOKS", "ZENDESK", "FRONT", "MAILGUN_EVENTS"]
)
def test_a_stale_clock_is_told_with_how_far_and_which_way(name: str, off: timedelta, told_as: str) -> None:
    scheme = PROVIDERS[name]
    secret = secret_of(scheme)
    request = signed(scheme, secret, unsigned(scheme), NOW)
    told = explained(scheme, request, secret, now=NOW + off)
    assert told.reason == "stale"
    assert told.detail == f"{scheme.timestamp_header} {told_as}; apart from that the signature fits"
    other = explained(scheme, request, WHSEC[:-4] + "AAAA", now=NOW + off)
    assert f"{scheme.timestamp_header} {told_as}; the signature does not fit either. " in str(other.detail)


def test_a_stale_clock_and_a_changed_body_are_both_told() -> None:
    request = replace(sent(ZENDESK, body=BODY + b"\n"), body=BODY)
    told = explained(ZENDESK, request, SECRET, now=NOW + timedelta(hours=30))
    assert (
        " s behind the clock here, and 300 s are allowed; the signature was made over the body with a "
        in str(told.detail)
    )


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (str(int(NOW.timestamp())), "with the time in milliseconds, where it was sent in seconds"),
    ],
)
def test_a_time_that_was_signed_in_another_unit_is_told(header: str, words: str) -> None:
    in_ms = replace(STRIPE, timestamp_form="epoch_ms")
    proof = sent(in_ms).headers["stripe-signature"].partition(",")[2]
    told = explained(STRIPE, Request(headers={"stripe-signature": f"t={header},{proof}"}, body=BODY), SECRET)
    assert str(told.detail).startswith(f"the signature was made {words}. ")


def test_seconds_where_milliseconds_are_expected_are_told_as_such() -> None:
    front = PROVIDERS["FRONT"]
    request = sent(replace(front, timestamp_form="epoch"))
    told = explained(front, request, SECRET)
    assert (told.reason, told.detail) == (
        "stale",
        "X-Front-Request-Timestamp has a time in seconds, not in milliseconds; "
        "apart from that the signature fits",
    )


# ---- two at once, and others' libraries ---------------------------------------------------------------


def test_two_mistakes_at_once_are_told() -> None:
    request = sent(replace(ZENDESK, signed=b"{body}{timestamp}"), body=dumped(separators=(",", ":"))(BODY))
    told = explained(ZENDESK, replace(request, body=BODY), SECRET)
    assert str(told.detail).startswith(
        "the signature was made over the body's JSON written anew: compact, in ASCII escapes, and "
        "over {body}{timestamp}, not over {timestamp}{body}. "
    )


def test_a_body_that_a_partner_parsed_between_library_and_wire_is_told() -> None:
    body = '{"text": "hello",  "n": 1}'
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": standardwebhooks.Webhook(WHSEC).sign("msg_1", NOW, body),
    }
    on_the_wire = json.dumps(json.loads(body)).encode()
    assert explained(STANDARD, Request(headers=headers, body=body.encode()), WHSEC).ok
    told = explained(STANDARD, Request(headers=headers, body=on_the_wire), WHSEC)
    assert str(told.detail).startswith("the signature does not fit. ")  # two spaces nobody can guess
    headers["webhook-signature"] = standardwebhooks.Webhook(WHSEC).sign("msg_1", NOW, on_the_wire.decode())
    told = explained(STANDARD, Request(headers=headers, body=body.encode()), WHSEC)
    assert "over the body's JSON written anew: with spaces" in str(told.detail)


# ---- what is not told ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", [TOKEN, BASIC, ROWS["TOKEN_IN_JSON"]], ids=lambda row: row.kind)
def test_of_a_shared_secret_it_is_only_told_whether_it_is_right(scheme: Scheme) -> None:
    genuine = signed(scheme, "user:key", unsigned(scheme), NOW)
    assert explained(scheme, genuine, "user:key") == Explanation(True)
    wrong = [
        signed(scheme, "user:kex", unsigned(scheme), NOW),
        replace(genuine, headers={**genuine.headers, "authorization": "Bearer "}),
        Request(headers={"authorization": "?"}, body=b'{"token": "?"}'),
        Request(),
    ]
    for request in wrong:
        if request != genuine:
            assert explained(scheme, request, "user:other") == Explanation(False)
    assert explained(scheme, genuine).reason == "missing"


def test_a_connection_whose_name_is_too_short_for_a_secret() -> None:
    told = explained(Scheme(kind="secret_name"), Request(), name="short")
    assert told.detail == "the connection's name is its secret, and is too short for one"
    assert explain((), Request(), Connection(source="x"), NOW).detail == (
        "this source has no way to verify a webhook, so it takes none"
    )


def test_a_verify_of_the_source_s_own_that_refuses_what_fits() -> None:
    from triggeriq.explain import refused

    request = sent(GITHUB)
    told = refused((GITHUB,), request, Connection(source="x", secrets=(SECRET,)), "mismatch", NOW)
    assert told.detail == "the signature fits; it is the source's own verify that refuses the request"


@pytest.mark.parametrize("scheme", ROWS.values(), ids=ROWS)
class TestNothingRaises:
    @settings(max_examples=15)
    @given(junk=st.text(max_size=60), body=st.binary(max_size=60))
    def test_whatever_was_sent(self, scheme: Scheme, junk: str, body: bytes) -> None:
        genuine = signed(scheme, secret_of(scheme), unsigned(scheme), NOW)
        headers = {**genuine.headers, scheme.header.lower(): scheme.prefix + junk}
        connection = Connection(source="x", secrets=(secret_of(scheme), "\ud800", " "))
        for request in (replace(genuine, headers=headers), replace(genuine, body=body, url=junk)):
            told = explain((scheme,), request, connection, NOW)
            assert told.ok in (True, False)

    def test_not_by_hostile_values(self, scheme: Scheme) -> None:
        genuine = signed(scheme, secret_of(scheme), unsigned(scheme), NOW)
        connection = Connection(source="x", secrets=(secret_of(scheme),))
        names = {name.lower() for name in (*scheme.headers, scheme.timestamp_header, scheme.id_header)} - {""}
        for junk in hostile.HEADERS:
            for name in names:
                explain((scheme,), replace(genuine, headers={**genuine.headers, name: junk}), connection, NOW)


@pytest.mark.parametrize("body", [one for one in hostile.BODIES if len(one) < 150_000])
def test_hostile_bodies_are_no_error(body: bytes) -> None:
    told = explain((GITHUB,), replace(sent(GITHUB), body=body), Connection(source="x", secrets=("k",)), NOW)
    assert told.reason == "mismatch"


def test_a_long_body_is_tried_as_far_as_there_is_room_and_that_is_said() -> None:
    body = json.dumps([{"n": at, "text": "x" * 40} for at in range(15_000)]).encode()
    told = explained(GITHUB, replace(sent(GITHUB), body=body), f"{SECRET}-1", f"{SECRET}-2")
    assert "(not all of it: the body is long)" in str(told.detail)
    assert hashlib.sha256(body).hexdigest()[:8] not in str(told.detail)
