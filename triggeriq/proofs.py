"""What proves a webhook, in words: which headers it needs and what each holds. Made of the rows of `Scheme`,
which are public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triggeriq.evidence import digest_size
from triggeriq.scheme import Scheme

_TIMES = {
    "epoch": "the time of signing in seconds since 1970",
    "epoch_ms": "the time of signing in milliseconds since 1970",
    "iso8601": "the time of signing in ISO 8601 with its zone, such as 2026-01-02T03:04:05Z",
}
_KEYS = {
    "text": "the secret as it is written",
    "whsec": "the bytes of the secret's Base64 behind whsec_",
    "base64": "the bytes of the secret's Base64",
    "hex": "the bytes of the secret's hex digits",
}
_MEANT = {
    b"{url}": "{url} is the whole address by which you call",
    b"{form}": "{form} the fields of the form, sorted, each name followed by its value",
}
"""Placeholders that do not explain themselves."""


@dataclass(frozen=True, slots=True)
class ProofHeader:
    """A header that a webhook needs, or a value in its body."""

    header: str
    """Its name; in a JSON body its dotted path."""
    form: str
    """What it holds, in words. {body} stands for the raw bytes of the body, {timestamp} and {id} for what
    their headers hold, {method} for POST and so on, {url} for the whole address by which the sender calls,
    {form} for the fields of the form, sorted, each name followed by its value."""
    place: Literal["headers", "json", "form"] = "headers"
    """Where it stands: among the headers, in the JSON body, or as a field of the form."""


def proof_of(scheme: Scheme) -> tuple[ProofHeader, ...]:
    """The headers that a request needs to be proven by `scheme`, that of the proof itself first. None where
    the connection's name is the secret."""
    if scheme.kind == "secret_name":
        return ()
    held = [(scheme.header, _proof_form(scheme))]
    if scheme.timestamp_header and not shares_a_header(scheme):
        held.append((scheme.timestamp_header, scheme.timestamp_prefix + _time_form(scheme)))
    if scheme.id_header:
        held.append((scheme.id_header, "the message's id: 1 to 256 visible ASCII characters"))
    return tuple(ProofHeader(name, form, scheme.place) for name, form in held)


def shares_a_header(scheme: Scheme) -> bool:
    """Whether time and signature stand in one header: `t=…,v1=…`."""
    return scheme.timestamp_header.lower() == scheme.header.lower()


def _proof_form(scheme: Scheme) -> str:
    if scheme.kind == "token":
        return f"{scheme.prefix}<the connection's secret>"
    if scheme.kind == "basic":
        return f"{scheme.prefix or 'Basic '}<user:password in base64>"
    signature = f"{scheme.prefix}<{_mac(scheme)}, in {_spelling(scheme)}>"
    if shares_a_header(scheme):
        signature = f"{scheme.timestamp_prefix}<{_time_form(scheme)}>{scheme.separator}{signature}"
    elif scheme.separator:
        signature += f"; several may stand there, with {scheme.separator!r} between them"
    if scheme.more_headers:
        signature += f"; {' or '.join(scheme.more_headers)} may hold one in its place"
    pieces = scheme.pieces()
    meant = [meaning for placeholder, meaning in _MEANT.items() if placeholder in pieces]
    if not scheme.covers_body:
        meant.append("the signature does not cover the body, so each is taken with one body alone")
    return "; ".join([signature, *meant])


def _mac(scheme: Scheme) -> str:
    signed = scheme.signed.decode("utf-8", "replace")
    return f"the HMAC-{scheme.algorithm.upper()} of {signed}, keyed with {_KEYS[scheme.key_form]}"


def _spelling(scheme: Scheme) -> str:
    size = digest_size(scheme)
    if scheme.encoding == "hex":
        return f"{2 * size} hex digits"
    return f"{4 * -(-size // 3)} characters of base64"


def _time_form(scheme: Scheme) -> str:
    return f"{_TIMES[scheme.timestamp_form]}, at most {scheme.tolerance} s from now"
