"""Signature schemes as rows: what differs between providers is data, and one function verifies it all."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from triggeriq.errors import NotVerified

if TYPE_CHECKING:
    from triggeriq.values import Connection, Request

SECRET_NAME_LENGTH = 32
"""From so many characters on, a connection's name may serve as its secret ([a-z0-9_-], some 160 bits)."""

_PLACEHOLDERS = re.compile(rb"(\{(?:body|timestamp|id)\})")
EPOCH = re.compile(r"[0-9]{1,12}")
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
ID = re.compile(r"[!-~]{1,256}")
"""What a time of each form, and an id, look like in their headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One way in which a provider proves a request."""

    kind: Literal["hmac", "token", "basic", "secret_name"] = "hmac"
    """"hmac": a signature over the bytes. "token": the secret itself in a header. "basic": HTTP basic
    authentication, the secret being `user:password`. "secret_name": a connection's name of 32 characters and
    more that only its sender knows; it needs no secret, every other kind does."""
    header: str = ""
    """The header that holds the proof."""
    prefix: str = ""
    """What stands before the proof in it: "sha256=", "v1,", "Bearer "."""
    separator: str = ""
    """What stands between several signatures in one header: " " or ",". A signature without the prefix is of
    another version and ignored. "": there is only one."""
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha256"
    """The hash of an hmac."""
    encoding: Literal["hex", "base64"] = "hex"
    """How the header writes a signature."""
    signed: bytes = b"{body}"
    """The bytes that are signed: {body}, {timestamp} and {id} stand for the request's, the last two as their
    headers have them."""
    timestamp_header: str = ""
    """The header that holds the time of signing; "": no time is signed."""
    timestamp_prefix: str = ""
    """What stands before the time in it. With a separator the time may be a part of the signature's own
    header (`t=…,v1=…`)."""
    timestamp_form: Literal["epoch", "iso8601"] = "epoch"
    """"epoch": seconds. "iso8601": with its zone."""
    tolerance: int = 300
    """Seconds, before and after now; exactly so many still pass."""
    id_header: str = ""
    """The header that holds the {id}; "": none is signed."""
    key_form: Literal["text", "whsec"] = "text"
    """How a secret is read. "text": its own UTF-8 bytes. "whsec": Base64 behind an optional `whsec_`."""
    refused_secrets: tuple[str, ...] = ()
    """Published test secrets. They are treated as if the connection did not have them."""

    def __post_init__(self) -> None:
        """Raises ValueError for a row that would prove nothing: that is a defect of the plugin."""
        if self.kind != "secret_name" and not self.header:
            raise ValueError("a scheme names the header that holds the proof")
        if self.kind == "hmac":
            if b"{body}" not in self.signed:
                raise ValueError("a signature covers the {body}")
            if (b"{timestamp}" in self.signed) != bool(self.timestamp_header):
                raise ValueError(
                    "timestamp_header and {timestamp} go together: an unsigned time proves nothing"
                )
            if (b"{id}" in self.signed) != bool(self.id_header):
                raise ValueError("id_header and {id} go together: an unsigned id proves nothing")

    def fault_of(self, secret: str) -> str:
        """Why this secret can't prove anything, in words for whoever configures it; "" where it can."""
        if secret in self.refused_secrets:
            return "this is the provider's published test secret; use the one that it gave you"
        if not _key(self, secret):
            if self.kind == "basic":
                form = "user:password"
            elif self.key_form == "whsec":
                form = "Base64 behind an optional whsec_"
            elif self.kind == "token":
                form = "visible ASCII characters, with spaces at most between them: a header holds no others"
            else:
                form = "not empty"
            return f"a secret for {self.header} is {form}"
        return ""

    def pieces(self) -> list[bytes]:
        """What is signed, in order: {body}, {timestamp}, {id} and the bytes between them."""
        return _PLACEHOLDERS.split(self.signed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The request is genuine."""

    scheme: str
    """What proved it: a header's name, or "secret_name"."""
    secret: int = 0
    """The index of the secret that proved it; 0 is the current one."""


def verify(schemes: tuple[Scheme, ...], request: Request, connection: Connection, now: datetime) -> Verified:
    """Prove `request` by the first of `schemes` whose header is present, with any secret in force.

    Raises NotVerified and nothing else, whatever the headers hold. Without a scheme or a usable secret the
    reason is `missing`: a connection that nobody configured lets nobody in. `triggeriq.refusals` says it
    in words.
    """
    for scheme in schemes:
        if scheme.kind == "secret_name" or header_of(request, scheme.header):
            return Verified(
                scheme=scheme.header or scheme.kind,
                secret=_PROVE[scheme.kind](scheme, request, connection, now),
            )
    raise NotVerified("missing")


def can_prove(schemes: tuple[Scheme, ...], connection: Connection) -> bool:
    """Whether any request can be proven to this connection: a secret in force is of the form that one of
    `schemes` needs."""
    return any(
        scheme.kind == "secret_name" or any(_key(scheme, secret) for secret in connection.secrets)
        for scheme in schemes
    )


def _prove_hmac(scheme: Scheme, request: Request, connection: Connection, now: datetime) -> int:
    usable = _usable(scheme, connection)
    signatures = _signatures(scheme, header_of(request, scheme.header))
    parts = {b"{body}": request.body}
    if scheme.timestamp_header:
        parts[b"{timestamp}"] = _timestamp(scheme, request, now).encode()
    if scheme.id_header:
        parts[b"{id}"] = _expect(ID, header_of(request, scheme.id_header)).encode()
    for index, key in usable:
        mac = hmac.new(key, digestmod=scheme.algorithm)
        for piece in scheme.pieces():
            mac.update(parts.get(piece, piece))
        if any(hmac.compare_digest(mac.digest(), signature) for signature in signatures):
            return index
    raise NotVerified("mismatch")


def _prove_token(scheme: Scheme, request: Request, connection: Connection, now: datetime) -> int:
    usable = _usable(scheme, connection)
    token = _behind(scheme.prefix, header_of(request, scheme.header))
    return _same(token.encode("utf-8", "surrogatepass"), usable)


def _prove_basic(scheme: Scheme, request: Request, connection: Connection, now: datetime) -> int:
    usable = _usable(scheme, connection)
    credentials = _decoded("base64", _behind(scheme.prefix or "Basic ", header_of(request, scheme.header)))
    if credentials is None or b":" not in credentials:
        raise NotVerified("malformed")
    return _same(credentials, usable)


def _prove_name(scheme: Scheme, request: Request, connection: Connection, now: datetime) -> int:
    """Whoever sent the connection's name knows the secret. The core answers 404 to any other name."""
    if len(connection.name) < SECRET_NAME_LENGTH:
        raise NotVerified("missing")
    return 0


_PROVE: dict[str, Callable[[Scheme, Request, Connection, datetime], int]] = {
    "hmac": _prove_hmac,
    "token": _prove_token,
    "basic": _prove_basic,
    "secret_name": _prove_name,
}


def header_of(request: Request, name: str) -> str:
    """What the header holds, trimmed; "" where it is not there."""
    return request.headers.get(name.lower(), "").strip()


def _expect(form: re.Pattern[str], value: str) -> str:
    if not value:
        raise NotVerified("missing")
    if not form.fullmatch(value):
        raise NotVerified("malformed")
    return value


def _behind(prefix: str, value: str) -> str:
    """What follows an authentication scheme's name, whose case does not count (RFC 9110, 11.1)."""
    token = value[len(prefix) :].strip()
    if value[: len(prefix)].lower() != prefix.lower() or not token:
        raise NotVerified("malformed")
    return token


def _decoded(encoding: str, value: str) -> bytes | None:
    try:
        return bytes.fromhex(value) if encoding == "hex" else base64.b64decode(value, validate=True)
    except ValueError:
        return None


def _canonical(encoding: str, value: str) -> bytes | None:
    """As `_decoded`, but a digest has only one accepted spelling (apart from the case of hex)."""
    raw = _decoded(encoding, value)
    if raw is None:
        return None
    spelling = raw.hex() if encoding == "hex" else base64.b64encode(raw).decode()
    return raw if spelling == (value.lower() if encoding == "hex" else value) else None


def _parts(value: str, separator: str, prefix: str) -> list[str]:
    parts = value.split(separator) if separator else [value]
    return [part.strip()[len(prefix) :] for part in parts if part.strip().startswith(prefix)]


def _signatures(scheme: Scheme, value: str) -> list[bytes]:
    """The signatures in the header that have the scheme's form and size. Raises NotVerified where there is
    none."""
    size = hashlib.new(scheme.algorithm).digest_size
    found = (_canonical(scheme.encoding, part) for part in _parts(value, scheme.separator, scheme.prefix))
    signatures = [signature for signature in found if signature is not None and len(signature) == size]
    if not signatures:
        raise NotVerified("malformed")
    return signatures


def time_of(scheme: Scheme, request: Request) -> str:
    """The time of signing as the sender wrote it, without its prefix."""
    value = header_of(request, scheme.timestamp_header)
    parts = _parts(value, scheme.separator, scheme.timestamp_prefix)
    return parts[0] if scheme.timestamp_prefix and parts else value


def _timestamp(scheme: Scheme, request: Request, now: datetime) -> str:
    """The time as the sender wrote it, since that text is signed. Raises NotVerified where it is not near
    `now`."""
    text = time_of(scheme, request)
    if scheme.timestamp_form == "epoch":
        signed_at = float(_expect(EPOCH, text))
    else:
        try:
            signed_at = datetime.fromisoformat(_expect(ISO, text)).timestamp()
        except (ValueError, OverflowError):
            raise NotVerified("malformed") from None
    if abs(now.timestamp() - signed_at) > scheme.tolerance:
        raise NotVerified("stale")
    return text


def _usable(scheme: Scheme, connection: Connection) -> list[tuple[int, bytes]]:
    """The usable secrets, as keys with their indexes. Raises NotVerified where there is none."""
    keys = ((index, _key(scheme, secret)) for index, secret in enumerate(connection.secrets))
    usable = [(index, key) for index, key in keys if key]  # an empty key is one that anybody has
    if not usable:
        raise NotVerified("missing")
    return usable


def _key(scheme: Scheme, secret: str) -> bytes:
    """The key for a secret; empty where the scheme can't use the secret."""
    if not secret.strip() or secret in scheme.refused_secrets:
        return b""
    if scheme.kind == "basic" and ":" not in secret:
        return b""
    if scheme.kind == "token" and not _stands_in_a_header(secret):
        return b""
    if scheme.key_form == "whsec":
        return _decoded("base64", secret.strip().removeprefix("whsec_")) or b""
    return secret.encode("utf-8", "surrogatepass")


def _stands_in_a_header(secret: str) -> bool:
    """Whether a header can hold it as it is: the space around it is none of its value."""
    return secret.isascii() and secret.isprintable() and secret == secret.strip()


def _same(given: bytes, usable: list[tuple[int, bytes]]) -> int:
    for index, key in usable:
        if hmac.compare_digest(given, key):
            return index
    raise NotVerified("mismatch")
