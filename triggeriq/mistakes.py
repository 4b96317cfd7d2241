"""What senders get wrong when they sign, as guesses that `explain` tries: other keys, bodies, orders,
addresses, times, and other spellings of a signature. Each says in words what it is, and none a secret."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from triggeriq.errors import Unreadable
from triggeriq.evidence import form_fields, form_signed
from triggeriq.payload import parse_json
from triggeriq.scheme import Scheme, decoded

HASHES = {16: "md5", 20: "sha1", 32: "sha256", 48: "sha384", 64: "sha512"}
"""The hash of a signature of so many bytes."""
_PREFIX = re.compile(r"(?:[A-Za-z][A-Za-z0-9_-]{0,15}[=,:]|[A-Za-z]{2,16} +)(?=[\"'A-Za-z0-9+/_-]{20})")
_PARTS_LIMIT = 20
_BETWEEN = (b"", b".", b":", b"|", b"\n")
_UNSET = ("undefined", "null", "None")
"""What a program writes for a secret that it was not given."""


class Guess(NamedTuple):
    """A value, and how it differs from the right one; "" where it does not."""

    value: bytes
    words: str = ""


def distinct(guesses: Iterator[Guess]) -> list[Guess]:
    """Of equal values the first."""
    found: dict[bytes, Guess] = {}
    for guess in guesses:
        found.setdefault(guess.value, guess)
    return list(found.values())


def digests(values: Sequence[str]) -> dict[str, list[bytes]]:
    """By hash, the signatures that may stand in headers, however they are written there."""
    found: dict[str, list[bytes]] = {}
    for value in values:
        for part in (*re.split(r"[\s,;]+", value)[:_PARTS_LIMIT], value):
            raw = _digest(part)
            if raw and raw not in found.setdefault(HASHES[len(raw)], []):
                found[HASHES[len(raw)]].append(raw)
    return found


def _digest(part: str) -> bytes:
    """The signature that a part of a header writes, behind two prefixes at most; else nothing."""
    for _ in range(3):
        part = part.strip().strip("\"'")
        raw = _raw(part) if len(part) <= 200 else b""
        if len(raw) in HASHES:
            return raw
        part = _PREFIX.sub("", part[:400], count=1)
    return b""


def _raw(part: str) -> bytes:
    if re.fullmatch("(?:[0-9a-fA-F]{2})+", part):
        return bytes.fromhex(part)
    plain = part.translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
    raw = decoded("base64", plain + "=" * (-len(plain) % 4)) or b""
    return bytes.fromhex(raw.decode()) if re.fullmatch(b"(?:[0-9a-fA-F]{2}){16,64}", raw) else raw


def keys(scheme: Scheme, secrets: Sequence[str]) -> Iterator[Guess]:
    """The keys that a sender may have made of the connection's secrets, the right ones first."""
    for secret in secrets:
        if key := scheme.key_of(secret):
            yield Guess(key)
    for secret in scheme.refused_secrets:
        published = replace(scheme, refused_secrets=()).key_of(secret)
        yield Guess(published, "by the provider's published test secret, which is never accepted")
    for at, secret in enumerate(secrets, 1):
        of = "by the secret" if len(secrets) == 1 else f"by secret {at} of {len(secrets)}"
        trimmed = secret.strip()
        plain = trimmed.removeprefix("whsec_")
        made: tuple[tuple[bytes | None, str], ...] = (
            (scheme.key_of(trimmed), "without the space around it"),
            (scheme.key_of(trimmed.strip("\"'")), "without the quotes around it"),
            (_bytes(secret), "as it is written, not decoded"),
            (_bytes(plain), "without its whsec_, and not decoded"),
            (_bytes(f"whsec_{plain}"), "with whsec_ before it, and not decoded"),
            (decoded("base64", plain), "decoded from Base64"),
            (decoded("hex", plain), "decoded from hex"),
            (_bytes(secret + "\n"), "with a line end behind it"),
            (_bytes(secret + "\r\n"), "with a line end (CRLF) behind it"),
            (_bytes(secret + " "), "with a space behind it"),
        )
        for made_of_it, words in made:
            if made_of_it:
                yield Guess(made_of_it, f"{of} {words}")
    for word in _UNSET:
        yield Guess(word.encode(), f"by the word {word} for a key: the sender was given no secret")
    yield Guess(b"", "by an empty key: the sender was given no secret")


def place(at: int, secrets: Sequence[str]) -> str:
    """What a secret is called."""
    return f"secret {at} of {len(secrets)}{'' if at == 1 else ', which is not the current one'}"


def bodies(body: bytes) -> Iterator[Guess]:
    """What may have been signed in place of the body."""
    yield Guess(body)
    yield from _with_other_ends(body)
    yield from _written_anew(body)
    yield from _of_a_form(body)
    yield Guess(base64.b64encode(body), "over the body in Base64")
    yield Guess(
        decoded("base64", body.decode("latin-1").strip()) or body, "over the body decoded from Base64"
    )
    for one, other in (("utf-8", "cp1252"), ("cp1252", "utf-8")):
        try:
            yield Guess(body.decode(one).encode(other), f"over the body in {other.upper()}")
        except UnicodeError:
            continue
    yield Guess(b"", "over an empty body")


def _with_other_ends(body: bytes) -> Iterator[Guess]:
    yield Guess(body.rstrip(b"\r\n"), "over the body without its final line end")
    yield Guess(body.strip(), "over the body without the space around it")
    yield Guess(body + b"\n", "over the body with a line end behind it")
    yield Guess(body + b"\r\n", "over the body with a line end (CRLF) behind it")
    unix = body.replace(b"\r\n", b"\n")
    yield Guess(unix, "over the body with LF for each CRLF")
    yield Guess(unix.replace(b"\n", b"\r\n"), "over the body with CRLF for each LF")
    yield Guess(body.removeprefix(b"\xef\xbb\xbf"), "over the body without its byte order mark")
    yield Guess(b"\xef\xbb\xbf" + body, "over the body with a byte order mark")


def _written_anew(body: bytes) -> Iterator[Guess]:
    """The same JSON as programs write it."""
    try:
        value = parse_json(body)
    except Unreadable:
        return
    what = "over the body's JSON written anew"
    for order, sort in (("", False), (", its keys sorted", True)):
        for shape, separators, indent in (
            ("compact", (",", ":"), None),
            ("with spaces", (", ", ": "), None),
            ("indented by 2", (",", ": "), 2),
            ("indented by 4", (",", ": "), 4),
        ):
            for escapes, ascii_only in (("", False), (", in ASCII escapes", True)):
                text = json.dumps(
                    value, separators=separators, indent=indent, ensure_ascii=ascii_only, sort_keys=sort
                )
                words = f"{what}: {shape}{escapes}{order}"
                yield Guess(_bytes(text), words)
                yield Guess(_bytes(text + "\n"), f"{words}, with a line end behind it")
                if shape == "compact":
                    yield Guess(_bytes(text.replace("/", "\\/")), f"{words}, / written as \\/ (PHP)")
                    html = text
                    for character in "<>&":
                        html = html.replace(character, f"\\u{ord(character):04x}")
                    yield Guess(_bytes(html), f"{words}, < > & escaped (Go)")


def _of_a_form(body: bytes) -> Iterator[Guess]:
    fields = form_fields(body) or [] if b"=" in body else []
    if not fields or body.lstrip()[:1] in (b"{", b"["):
        return
    yield Guess(form_signed(body) or body, "over the form's fields, sorted, not over its bytes")
    yield Guess(
        b"".join(name + value for name, value in fields), "over the form's fields, not over its bytes"
    )
    pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, errors="replace")
    yield Guess(urlencode(pairs).encode(), "over the form written anew")
    yield Guess(urlencode(pairs, quote_via=quote).encode(), "over the form written anew, spaces as %20")
    yield Guess(urlencode(sorted(pairs)).encode(), "over the form written anew, sorted")
    as_json = json.dumps(dict(pairs), separators=(",", ":"), ensure_ascii=False)
    yield Guess(_bytes(as_json), "over the form's fields as JSON")
    for name, value in fields:
        if name == b"payload":
            yield Guess(value, "over the form's payload alone")


def orders(scheme: Scheme) -> Iterator[Guess]:
    """What may have been signed in place of `scheme.signed`, with the same placeholders."""
    yield Guess(scheme.signed)
    named = [piece for piece in scheme.pieces() if piece.startswith(b"{")]
    chosen = [named, named[::-1]]
    chosen += [[one for one in named if one != left] for left in named]
    chosen += [one[::-1] for one in chosen[2:]]
    if {b"{body}", b"{form}"} & set(named):
        other = {b"{body}": b"{form}", b"{form}": b"{body}"}
        chosen += [[other.get(one, one) for one in named]]
        chosen += [[one for one in named if one in other]]
    should = scheme.signed.decode("utf-8", "replace")
    for placeholders in filter(None, chosen):
        for between in _BETWEEN:
            signed = between.join(placeholders)
            words = f"over {signed.decode().encode('unicode_escape').decode()}, not over {should}"
            yield Guess(signed, words)


def addresses(url: str) -> Iterator[Guess]:
    """What may have been signed in place of the address."""
    yield Guess(_bytes(url))
    yield Guess(b"", "over no address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return
    other = "http" if parts.scheme == "https" else "https"
    host = parts.netloc.rpartition(":")[0] if port else parts.netloc
    path = parts.path[:-1] if parts.path.endswith("/") else f"{parts.path}/"
    for changed, words in (
        (parts._replace(scheme=other), f"with {other} in place of {parts.scheme}"),
        (parts._replace(path=path), f"{'without' if parts.path.endswith('/') else 'with'} a final /"),
        (parts._replace(query=""), "without its query"),
        (parts._replace(netloc=host), "without its port"),
        (parts._replace(netloc=f"{host}:{443 if parts.scheme == 'https' else 80}"), "with its port"),
        (parts._replace(scheme="", netloc=""), "without scheme and host"),
        (parts._replace(path=path, scheme=other), f"with {other}, and another / at its end"),
    ):
        yield Guess(_bytes(urlunsplit(changed)), f"over the address {words}")
    yield Guess(_bytes(unquote(url)), "over the address decoded")


def times(text: str) -> Iterator[Guess]:
    """What may have been signed in place of the time that was sent."""
    yield Guess(_bytes(text))
    if re.fullmatch("[0-9]{10}", text):
        yield Guess(text.encode() + b"000", "with the time in milliseconds, where it was sent in seconds")
    if re.fullmatch("[0-9]{13}", text):
        yield Guess(text[:-3].encode(), "with the time in seconds, where it was sent in milliseconds")
    if len(text) < 40 and text.endswith("+00:00"):
        yield Guess(_bytes(text[:-6] + "Z"), "with Z in place of +00:00 in the time")
    if len(text) < 40 and text.endswith("Z"):
        yield Guess(_bytes(text[:-1] + "+00:00"), "with +00:00 in place of Z in the time")


def methods(method: str) -> Iterator[Guess]:
    """What may have been signed in place of the method."""
    yield Guess(_bytes(method))
    yield Guess(_bytes(method.lower()), "with the method in lower case")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
