"""Whether a request is genuine: one function verifies by every row of `Scheme`."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from triggeriq.errors import NotVerified
from triggeriq.evidence import (
    ID,
    Reader,
    form_signed,
    is_form,
    is_proven,
    reader,
    seconds_of,
    signatures,
    time_of,
)
from triggeriq.scheme import Scheme, decoded

if TYPE_CHECKING:
    from triggeriq.values import Connection, Request

SECRET_NAME_LENGTH = 32
"""From so many characters on, a connection's name may serve as its secret ([a-z0-9_-], some 160 bits)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The request is genuine."""

    scheme: str
    """What proved it: a header's name, or "secret_name"."""
    secret: int = 0
    """The index of the secret that proved it; 0 is the current one."""
    nonce: str = ""
    """Where the body is not covered by the proof: what stands for the nonce that is. The core lets it in with
    one body alone, for 72 hours. "": the proof covers the body, or is a secret that only the sender has."""


def verify(schemes: tuple[Scheme, ...], request: Request, connection: Connection, now: datetime) -> Verified:
    """Prove `request` by the first of `schemes` whose header is present, with any secret in force.

    Raises NotVerified and nothing else, whatever the request holds. Without a scheme or a usable secret the
    reason is `missing`: a connection that nobody configured lets nobody in. `triggeriq.refusals` says it
    in words.
    """
    for scheme in schemes:
        read = reader(scheme, request)
        if scheme.kind == "secret_name" or is_proven(scheme, read):
            return _PROVE[scheme.kind](scheme, read, request, connection, now)
    raise NotVerified("missing")


def can_prove(schemes: tuple[Scheme, ...], connection: Connection) -> bool:
    """Whether any request can be proven to this connection: a secret in force is of the form that one of
    `schemes` needs."""
    return any(
        scheme.kind == "secret_name" or any(scheme.key_of(secret) for secret in connection.secrets)
        for scheme in schemes
    )


def _prove_hmac(
    scheme: Scheme, read: Reader, request: Request, connection: Connection, now: datetime
) -> Verified:
    usable = _usable(scheme, connection)
    given = signatures(scheme, read)
    if not given:
        raise NotVerified("malformed")
    signed = _signed(scheme, read, request, now)
    for index, key in usable:
        mac = hmac.digest(key, signed, scheme.algorithm)
        if any(hmac.compare_digest(mac, signature) for signature in given):
            nonce = "" if scheme.covers_body else f"sha256:{hashlib.sha256(signed).hexdigest()}"
            return Verified(scheme=scheme.header, secret=index, nonce=nonce)
    raise NotVerified("mismatch")


def _signed(scheme: Scheme, read: Reader, request: Request, now: datetime) -> bytes:
    """What was signed. Raises NotVerified where a part of it is missing or not of its form."""
    found = {b"{body}": request.body}
    if scheme.timestamp_header:
        found[b"{timestamp}"] = _timestamp(scheme, read, now).encode()
    if scheme.id_header:
        found[b"{id}"] = _id(scheme, read).encode()
    pieces = scheme.pieces()
    if len(pieces) == 1 and pieces[0] in found:  # most often the body alone, which is not copied then
        return found[pieces[0]]
    if b"{method}" in pieces:
        found[b"{method}"] = _bytes(request.method)
    if b"{url}" in pieces:
        if not request.url:
            raise NotVerified("missing")
        found[b"{url}"] = _bytes(request.url)
    if b"{form}" in pieces:
        # Of anything else the pairs would say less than the bytes
        form = form_signed(request.body) if is_form(request) else None
        if form is None:
            raise NotVerified("malformed")
        found[b"{form}"] = form
    return b"".join([found.get(piece, piece) for piece in pieces])


def _prove_token(
    scheme: Scheme, read: Reader, request: Request, connection: Connection, now: datetime
) -> Verified:
    usable = _usable(scheme, connection)
    token = _behind(scheme.prefix, read(scheme.header))
    return _same(scheme, _bytes(token), usable)


def _prove_basic(
    scheme: Scheme, read: Reader, request: Request, connection: Connection, now: datetime
) -> Verified:
    usable = _usable(scheme, connection)
    credentials = decoded("base64", _behind(scheme.prefix or "Basic ", read(scheme.header)))
    if credentials is None or b":" not in credentials:
        raise NotVerified("malformed")
    return _same(scheme, credentials, usable)


def _prove_name(
    scheme: Scheme, read: Reader, request: Request, connection: Connection, now: datetime
) -> Verified:
    """Whoever sent the connection's name knows the secret. The core answers 404 to any other name."""
    if len(connection.name) < SECRET_NAME_LENGTH:
        raise NotVerified("missing")
    return Verified(scheme=scheme.header or scheme.kind)


_PROVE: dict[str, Callable[[Scheme, Reader, Request, Connection, datetime], Verified]] = {
    "hmac": _prove_hmac,
    "token": _prove_token,
    "basic": _prove_basic,
    "secret_name": _prove_name,
}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _behind(prefix: str, value: str) -> str:
    """What follows an authentication scheme's name, whose case does not count (RFC 9110, 11.1)."""
    token = value[len(prefix) :].strip()
    if value[: len(prefix)].lower() != prefix.lower() or not token:
        raise NotVerified("malformed")
    return token


def _timestamp(scheme: Scheme, read: Reader, now: datetime) -> str:
    """The time as the sender wrote it, since that text is signed. Raises NotVerified where it is not near
    `now`."""
    text = time_of(scheme, read)
    if not text:
        raise NotVerified("missing")
    signed_at = seconds_of(scheme, text)
    if signed_at is None:
        raise NotVerified("malformed")
    if abs(now.timestamp() - signed_at) > scheme.tolerance:
        raise NotVerified("stale")
    return text


def _id(scheme: Scheme, read: Reader) -> str:
    id = read(scheme.id_header)
    if not id:
        raise NotVerified("missing")
    if not ID.fullmatch(id):
        raise NotVerified("malformed")
    return id


def _usable(scheme: Scheme, connection: Connection) -> list[tuple[int, bytes]]:
    """The usable secrets, as keys with their indexes. Raises NotVerified where there is none."""
    usable = [
        (index, key)
        for index, secret in enumerate(connection.secrets)
        if (key := scheme.key_of(secret))  # an empty key is one that anybody has
    ]
    if not usable:
        raise NotVerified("missing")
    return usable


def _same(scheme: Scheme, given: bytes, usable: list[tuple[int, bytes]]) -> Verified:
    for index, key in usable:
        if hmac.compare_digest(given, key):
            return Verified(scheme=scheme.header, secret=index)
    raise NotVerified("mismatch")
