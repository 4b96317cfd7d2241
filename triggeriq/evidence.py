"""What a request brings for its proof, read as a row of `Scheme` says. Nothing of it is trusted yet."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from triggeriq.scheme import Scheme, decoded
from triggeriq.values import Request

EPOCH = re.compile(r"[0-9]{1,12}")
EPOCH_MS = re.compile(r"[0-9]{1,15}")
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
ID = re.compile(r"[!-~]{1,256}")
"""What a time of each form, and an id, look like in their headers."""
FORM_TYPE = "application/x-www-form-urlencoded"
_SIZES = {"sha1": 20, "sha256": 32, "sha512": 64}
FIELDS_LIMIT = 10_000
"""The most fields of a form that is read."""

Reader: TypeAlias = Callable[[str], str]
"""Gives what stands under a name, trimmed; "" where nothing does."""


def reader(scheme: Scheme, request: Request) -> Reader:
    """What reads the row's names in the request, where the row looks for them. It raises nothing."""
    if scheme.place == "headers":
        return lambda name: request.headers.get(name.lower(), "").strip()
    if scheme.place == "json":
        return _json_reader(request.body)
    found: dict[bytes, bytes] = {}
    for name, value in form_fields(request.body) or ():
        found.setdefault(name, value)
    return lambda name: found.get(name.encode(), b"").decode("utf-8", "replace").strip()


def _json_reader(body: bytes) -> Reader:
    from triggeriq.errors import Unreadable
    from triggeriq.payload import at, name, parse_json  # few sources look there

    try:
        document = parse_json(body)
    except Unreadable:
        document = None
    return lambda path: name(at(document, *path.split("."))) or ""


def is_form(request: Request) -> bool:
    """Whether the body says that it is an urlencoded form."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower() == FORM_TYPE


def form_fields(body: bytes) -> list[tuple[bytes, bytes]] | None:
    """Names and values of an urlencoded form, decoded, in its order; None where there are too many."""
    from urllib.parse import unquote_to_bytes

    if body.count(b"&") >= FIELDS_LIMIT:
        return None
    pairs = (pair.replace(b"+", b" ").partition(b"=") for pair in body.split(b"&") if pair)
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in pairs]


def form_signed(body: bytes) -> bytes | None:
    """What {form} stands for; None where the form has too many fields.

    https://www.twilio.com/docs/usage/security: by name, case-sensitive. A name with several values stands
    once with each, as Twilio's own libraries have it.
    """
    fields = form_fields(body)
    return None if fields is None else b"".join(name + value for name, value in sorted(set(fields)))


def digest_size(scheme: Scheme) -> int:
    """Bytes of its signature."""
    return _SIZES[scheme.algorithm]


def parts(value: str, separator: str, prefix: str) -> list[str]:
    """What stands behind `prefix` in each part of a header that has it. value: trimmed."""
    found = map(str.strip, value.split(separator)) if separator else (value,)
    return [part[len(prefix) :] for part in found if part.startswith(prefix)]


def is_proven(scheme: Scheme, read: Reader) -> bool:
    """Whether the request brings a proof, be it right or wrong."""
    return bool(read(scheme.header)) or any(map(read, scheme.more_headers))


def signatures(scheme: Scheme, read: Reader) -> list[bytes]:
    """The signatures that have the scheme's form and size."""
    found = []
    for header in scheme.headers:
        for part in parts(read(header), scheme.separator, scheme.prefix):
            signature = _canonical(scheme, part)
            if signature is not None:
                found.append(signature)
    return found


def time_of(scheme: Scheme, read: Reader) -> str:
    """The time of signing as the sender wrote it, without its prefix."""
    value = read(scheme.timestamp_header)
    found = parts(value, scheme.separator, scheme.timestamp_prefix) if scheme.timestamp_prefix else ()
    return found[0] if found else value


def seconds_of(scheme: Scheme, text: str) -> float | None:
    """A time of signing in seconds since 1970; None where it is not of the scheme's form."""
    if scheme.timestamp_form == "epoch":
        return float(text) if EPOCH.fullmatch(text) else None
    if scheme.timestamp_form == "epoch_ms":
        return int(text) / 1000 if EPOCH_MS.fullmatch(text) else None
    try:
        return datetime.fromisoformat(text).timestamp() if ISO.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None


def _canonical(scheme: Scheme, value: str) -> bytes | None:
    """A digest of the scheme's size in its one accepted spelling (apart from the case of hex); else None."""
    raw = decoded(scheme.encoding, value)
    if raw is None or len(raw) != _SIZES[scheme.algorithm]:
        return None
    if scheme.encoding == "hex":
        return raw if len(value) == 2 * len(raw) else None  # else there is space in it
    return raw if base64.b64encode(raw).decode() == value else None
