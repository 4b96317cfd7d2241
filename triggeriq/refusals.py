"""Why a webhook was refused, in words for its sender, who may be anybody: what is wrong with the form of what
he sent, and which form is expected. No secret is at hand here, and nothing that was sent is repeated."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from triggeriq.evidence import (
    EPOCH,
    EPOCH_MS,
    FORM_TYPE,
    ID,
    ISO,
    Reader,
    digest_size,
    is_form,
    is_proven,
    reader,
    seconds_of,
    time_of,
)
from triggeriq.proofs import ProofHeader, proof_of, shares_a_header
from triggeriq.scheme import Scheme
from triggeriq.values import Request

_MACS = {16: "HMAC-MD5", 20: "HMAC-SHA1", 32: "HMAC-SHA256", 48: "HMAC-SHA384", 64: "HMAC-SHA512"}
"""What a signature of so many bytes is taken for."""
_PREFIX = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,15}[=,:]|[A-Za-z]{2,16} +)(?=[\"'A-Za-z0-9+/_-]{20})")
"""What looks like a prefix of a signature."""
_USUAL_PREFIXES = ("sha1=", "sha256=", "sha512=", "v0=", "v1=", "v1,", "v1a,", "v2,", "bearer ", "basic ")
"""Those that may be named where they are not expected. Any other one would be a word of the sender's."""
_HEX = "(?:[0-9a-fA-F]{2})+"
_EPOCHS = {10: "seconds", 13: "milliseconds", 16: "microseconds", 19: "nanoseconds"}
"""By the digits that a time of today has in them."""
_NO_ADDRESS = (
    "the signature covers the address by which you call, and this system was not told its own: whoever runs "
    "it must set TRIGGERIQ_PUBLIC_URL to the address by which the world knows it"
)


class _Sent(NamedTuple):
    """A request beside the row that it should fit."""

    scheme: Scheme
    request: Request
    read: Reader
    now: datetime


def why_refused(schemes: Sequence[Scheme], request: Request, reason: str, now: datetime) -> str:
    """Why `request` was refused for `reason`. schemes: the rows of its connection, which has a secret that is
    of use."""
    scheme = meant(schemes, request)
    if scheme is None:
        return "this source has no way to verify a webhook, so it takes none"
    if scheme.kind == "secret_name":
        return "the connection's name is its secret, and is too short for one"
    sent = _Sent(scheme, request, reader(scheme, request), now)
    proofs = {proof.header: proof for proof in proof_of(scheme)}
    if absent := [proof for proof in proofs.values() if not _is_there(sent, proof.header)]:
        others = [row.header for row in schemes if row.header not in ("", scheme.header)]
        return _missing(absent, others if proofs[scheme.header] in absent else [])
    if reason == "missing" and b"{url}" in scheme.pieces() and not request.url:
        return _NO_ADDRESS
    name, fault = fault_of(scheme, request, reason, now)
    proof = proofs.get(name, proofs[scheme.header])  # where time and signature share one, it is known by that
    return f"{_called(proof)} {fault}; it should hold {proof.form}"


def fault_of(scheme: Scheme, request: Request, reason: str, now: datetime) -> tuple[str, str]:
    """The header, or the value in the body, that is at fault, and what is wrong with it."""
    sent = _Sent(scheme, request, reader(scheme, request), now)
    faults = ((getattr(scheme, name), find(sent)) for name, find in _CHECKS.get(reason, ()))
    return next((found for found in faults if found[1]), (scheme.header, _UNFIT[scheme.kind]))


def meant(schemes: Sequence[Scheme], request: Request) -> Scheme | None:
    """The scheme that the sender means: the one whose proof is there, else one of whose headers any is there,
    else the first."""
    for scheme in schemes:
        if scheme.kind == "secret_name" or is_proven(scheme, reader(scheme, request)):
            return scheme
    for scheme in schemes:
        read = reader(scheme, request)
        if any(read(proof.header) for proof in proof_of(scheme)):
            return scheme
    return schemes[0] if schemes else None


def _is_there(sent: _Sent, name: str) -> bool:
    names = sent.scheme.headers if name == sent.scheme.header else (name,)
    return any(map(sent.read, names))


def _called(proof: ProofHeader) -> str:
    """How a sender is told of it."""
    name = proof.header
    return {"headers": name, "json": f"{name} in the JSON body", "form": f"the form's field {name}"}[
        proof.place
    ]


def _missing(absent: list[ProofHeader], others: list[str]) -> str:
    """others: headers that would do in place of the first."""
    names = " and ".join(proof.header for proof in absent)
    one = len(absent) == 1
    told = {
        "headers": f"the header{'' if one else 's'} {names} {'is' if one else 'are'} missing",
        "json": f"{names} {'is' if one else 'are'} missing in the JSON body",
        "form": f"the field{'' if one else 's'} {names} {'is' if one else 'are'} missing in the form",
    }[absent[0].place]
    instead = f" (so is {' and '.join(others)}, which would do instead)" if others else ""
    return f"{told}{instead}; " + "; ".join(f"{proof.header} should hold {proof.form}" for proof in absent)


def _proof_fault(sent: _Sent) -> str:
    """What is wrong with the form of the header of the proof; "" where nothing is."""
    scheme = sent.scheme
    value = next(filter(None, map(sent.read, scheme.headers)), "")
    if scheme.kind != "hmac":
        prefix = scheme.prefix or ("Basic " if scheme.kind == "basic" else "")
        if not value.lower().startswith(prefix.strip().lower()):
            return f"does not begin with {prefix!r}"
        return (
            "holds no user:password in base64" if scheme.kind == "basic" else f"has nothing behind {prefix!r}"
        )
    parts = [part.strip() for part in value.split(scheme.separator)] if scheme.separator else [value]
    if shares_a_header(scheme):
        parts = [part for part in parts if not part.startswith(scheme.timestamp_prefix)]
    signatures = [part for part in parts if part.startswith(scheme.prefix)]
    if not signatures:
        return _prefix_fault(scheme, parts[0]) if parts else "holds no signature"
    faults = [_spelling_fault(scheme, part[len(scheme.prefix) :]) for part in signatures]
    return faults[0] if all(faults) else ""


def _token_fault(sent: _Sent) -> str:
    """Which word stands before a secret and does not belong there; "" where none does."""
    scheme = sent.scheme
    if scheme.kind != "token":
        return ""
    token = sent.read(scheme.header)[len(scheme.prefix) :].lstrip().lower()
    stray = next((word for word in ("Bearer ", "Basic ") if token.startswith(word.lower())), "")
    return f"has {stray!r} before the secret, where nothing else is expected" if stray else ""


def _prefix_fault(scheme: Scheme, part: str) -> str:
    if found := _PREFIX.match(part):
        return f"begins with {_named(found[1])}, not with {scheme.prefix!r}"
    return f"lacks the prefix {scheme.prefix!r}"


def _named(prefix: str) -> str:
    return repr(prefix) if prefix.lower() in _USUAL_PREFIXES else "another prefix"


def _spelling_fault(scheme: Scheme, signature: str) -> str:
    if found := _PREFIX.match(signature):
        return f"has {_named(found[1])} before the signature, where nothing else is expected"
    encoding, size = _written(signature.strip("\"'"))
    wanted = digest_size(scheme)
    if size in _MACS and size != wanted:
        return f"is as long as an {_MACS[size]}, not as an {_MACS[wanted]}"
    if size != wanted:
        return "holds no such signature"
    if encoding != scheme.encoding:
        return f"is in {encoding}, not in {scheme.encoding}"
    return "" if signature[0] not in "\"'" else "has quotes around the signature"


def _written(signature: str) -> tuple[str, int]:
    """How a signature is written, and its size in bytes; 0 where that can't be told."""
    if re.fullmatch(_HEX, signature) and len(signature) // 2 in _MACS:
        return "hex", len(signature) // 2
    plain = signature.translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
    try:
        raw = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return "", 0
    if re.fullmatch(_HEX.encode(), raw) and len(raw) // 2 in _MACS:
        return "base64 of hex digits", len(raw) // 2
    usual = base64.b64encode(raw).decode() == signature
    return "base64" if usual else "base64 of another alphabet, padding or end", len(raw)


def _time_fault(sent: _Sent) -> str:
    """What is wrong with the form of the time of signing; "" where nothing is, or none is signed."""
    if not sent.scheme.timestamp_header:
        return ""
    time = time_of(sent.scheme, sent.read)
    return _iso_fault(time) if sent.scheme.timestamp_form == "iso8601" else _epoch_fault(sent.scheme, time)


def _epoch_fault(scheme: Scheme, time: str) -> str:
    form, unit = {"epoch": (EPOCH, "seconds"), "epoch_ms": (EPOCH_MS, "milliseconds")}[scheme.timestamp_form]
    if form.fullmatch(time):
        return ""
    if re.fullmatch("[0-9]+", time) and len(time) in _EPOCHS:
        return f"has a time in {_EPOCHS[len(time)]}, not in {unit}"
    if re.fullmatch(r"[0-9]{1,15}\.[0-9]+", time):
        return f"has a time with a fraction, not in whole {unit}"
    if re.match("[0-9]{4}-[0-9]{2}-[0-9]{2}", time):
        return f"has a date, not a number of {unit}"
    return "has no such time"


def _iso_fault(time: str) -> str:
    if re.fullmatch(r"[0-9]{9,19}(\.[0-9]+)?", time):
        return "has a number, not a date with its time"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?", time):
        return "has a time without its zone"
    try:
        datetime.fromisoformat(time)
    except ValueError:
        return "has no such time"
    return "" if ISO.fullmatch(time) else "has no such time"


def _id_fault(sent: _Sent) -> str:
    fits = not sent.scheme.id_header or ID.fullmatch(sent.read(sent.scheme.id_header))
    return "" if fits else "has no such id"


def _form_fault(sent: _Sent) -> str:
    """What is wrong with a body whose form is signed; "" where nothing is, or the body itself is signed."""
    if b"{form}" not in sent.scheme.pieces():
        return ""
    if not is_form(sent.request):
        return f"signs the fields of a form, and the content type is not {FORM_TYPE}"
    return "signs the fields of a form, and there are too many of them"


def _stale_fault(sent: _Sent) -> str:
    """On which side of the tolerance the time of signing lies; "" where it can't be told."""
    if not sent.scheme.timestamp_header:
        return ""
    time = time_of(sent.scheme, sent.read)
    signed_at = seconds_of(sent.scheme, time)
    if signed_at is None:
        return ""
    if sent.scheme.timestamp_form == "epoch_ms" and len(time) == 10:
        return "has a time in seconds, not in milliseconds"
    told = (
        "too long ago: sign each attempt anew and send it at once"
        if signed_at < sent.now.timestamp()
        else "to come"
    )
    return f"has a time that is {told}; check the sender's clock"


_CHECKS: dict[str, tuple[tuple[str, Callable[[_Sent], str]], ...]] = {
    "malformed": (
        ("header", _proof_fault),
        ("timestamp_header", _time_fault),
        ("id_header", _id_fault),
        ("header", _form_fault),
    ),
    "stale": (("timestamp_header", _stale_fault),),
    "mismatch": (("header", _token_fault),),
}
"""By reason: which header may be at fault, and what finds that out, in the order in which `verify` looks."""
_UNFIT = {
    "hmac": "has a signature that does not fit these bytes and this connection's secrets",
    "token": "has no secret of this connection",
    "basic": "has no user:password of this connection",
}
