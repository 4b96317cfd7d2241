"""What proves a webhook, in words: which headers it needs and what each holds. Made of the rows of `Scheme`,
which are public."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from triggeriq.verification import Scheme

_TIMES = {
    "epoch": "the time of signing in seconds since 1970",
    "iso8601": "the time of signing in ISO 8601 with its zone, such as 2026-01-02T03:04:05Z",
}
_KEYS = {"text": "the secret as it is written", "whsec": "the bytes of the secret's Base64 behind whsec_"}


@dataclass(frozen=True, slots=True)
class ProofHeader:
    """A header that a webhook needs."""

    header: str
    form: str
    """What it holds, in words. {body} stands for the raw bytes of the body, {timestamp} and {id} for what
    their headers hold."""


def proof_of(scheme: Scheme) -> tuple[ProofHeader, ...]:
    """The headers that a request needs to be proven by `scheme`, that of the proof itself first. None where
    the connection's name is the secret."""
    if scheme.kind == "secret_name":
        return ()
    headers = [ProofHeader(scheme.header, _proof_form(scheme))]
    if scheme.timestamp_header and not shares_a_header(scheme):
        headers.append(ProofHeader(scheme.timestamp_header, scheme.timestamp_prefix + _time_form(scheme)))
    if scheme.id_header:
        headers.append(ProofHeader(scheme.id_header, "the message's id: 1 to 256 visible ASCII characters"))
    return tuple(headers)


def shares_a_header(scheme: Scheme) -> bool:
    """Whether time and signature stand in one header: `t=…,v1=…`."""
    return scheme.timestamp_header.lower() == scheme.header.lower()


def digest_size(scheme: Scheme) -> int:
    """Bytes of its signature."""
    return hashlib.new(scheme.algorithm, usedforsecurity=False).digest_size


def _proof_form(scheme: Scheme) -> str:
    if scheme.kind == "token":
        return f"{scheme.prefix}<the connection's secret>"
    if scheme.kind == "basic":
        return f"{scheme.prefix or 'Basic '}<user:password in base64>"
    signed = scheme.signed.decode("utf-8", "replace")
    mac = f"the HMAC-{scheme.algorithm.upper()} of {signed}, keyed with {_KEYS[scheme.key_form]}"
    signature = f"{scheme.prefix}<{mac}, in {_spelling(scheme)}>"
    if shares_a_header(scheme):
        return f"{scheme.timestamp_prefix}<{_time_form(scheme)}>{scheme.separator}{signature}"
    if scheme.separator:
        return f"{signature}; several may stand there, with {scheme.separator!r} between them"
    return signature


def _spelling(scheme: Scheme) -> str:
    size = digest_size(scheme)
    if scheme.encoding == "hex":
        return f"{2 * size} hex digits"
    return f"{4 * -(-size // 3)} characters of base64"


def _time_form(scheme: Scheme) -> str:
    return f"{_TIMES[scheme.timestamp_form]}, at most {scheme.tolerance} s from now"
