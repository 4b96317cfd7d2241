"""A signature scheme as a row: what differs between providers is data."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

NONCE_TOLERANCE = 36 * 3600
"""The most that the time of a signed nonce may be off, in seconds: the core knows for 72 hours with which
bytes a nonce was used, and one may be used for twice its tolerance."""

_PLACEHOLDERS = re.compile(rb"(\{(?:body|timestamp|id|url|method|form)\})")
_BRACES = re.compile(rb"\{[a-z_]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One way in which a provider proves a request. docs/verification.md has an example of each field."""

    kind: Literal["hmac", "token", "basic", "secret_name"] = "hmac"
    """"hmac": a signature over the bytes. "token": the secret itself in a header. "basic": HTTP basic
    authentication, the secret being `user:password`. "secret_name": a connection's name of 32 characters and
    more that only its sender knows; it needs no secret, every other kind does."""
    header: str = ""
    """The header that holds the proof; where `place` is the body, the path or the field there."""
    place: Literal["headers", "json", "form"] = "headers"
    """Where `header`, `timestamp_header` and `id_header` are looked for. "json": each is a dotted path in the
    JSON body (Mailgun's events: signature.token). "form": a field of the body, an urlencoded form (Mailgun's
    routes). A signature that stands in the body can't cover it."""
    more_headers: tuple[str, ...] = ()
    """Headers that may hold a proof in place of `header` or beside it, by another of the provider's keys
    (Box: BOX-SIGNATURE-SECONDARY; DocuSign: X-DocuSign-Signature-2 and so on; in the body of Mailgun's events
    signature.parent-signature). One that fits is enough."""
    prefix: str = ""
    """What stands before the proof in it: "sha256=", "v1,", "Bearer "."""
    separator: str = ""
    """What stands between several signatures in one header (" ", ",", ";"), with or without spaces around
    it. A signature without the prefix is of another version and ignored (Stripe: v0=). "": there is only
    one."""
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha256"
    """The hash of an hmac."""
    encoding: Literal["hex", "base64"] = "hex"
    """How the header writes a signature."""
    signed: bytes = b"{body}"
    """The bytes that are signed. {body}, {timestamp} and {id} stand for the request's, the last two as their
    headers have them. {url}: the whole address by which the sender called (Square, Trello, HubSpot).
    {method}: POST and so on (HubSpot). {form}: the fields of an urlencoded form, sorted by name and value,
    each once, name and value decoded and joined by nothing (Twilio)."""
    covers_body: bool = True
    """Whether the signature of an hmac covers the body. False: it is one over a time and an id alone, a nonce
    (Mailgun). Then whoever saw a request can send other bytes with its nonce. The core lets a nonce in with
    one body alone, see `Verified.nonce`."""
    timestamp_header: str = ""
    """The header that holds the time of signing; "": no time is signed."""
    timestamp_prefix: str = ""
    """What stands before the time in it. With a separator the time may be a part of the signature's own
    header (`t=…,v1=…`)."""
    timestamp_form: Literal["epoch", "epoch_ms", "iso8601"] = "epoch"
    """"epoch": seconds. "epoch_ms": milliseconds (HubSpot, Front). "iso8601": with its zone."""
    tolerance: int = 300
    """Seconds, before and after now; exactly so many still pass."""
    id_header: str = ""
    """The header that holds the {id}; "": none is signed."""
    key_form: Literal["text", "whsec", "base64", "hex"] = "text"
    """How a secret is read. "text": its own UTF-8 bytes. "whsec": Base64 behind an optional `whsec_`.
    "base64": Base64 (Airtable). "hex": hex digits (Adyen)."""
    refused_secrets: tuple[str, ...] = ()
    """Published test secrets. They are treated as if the connection did not have them."""

    def __post_init__(self) -> None:
        """Raises ValueError for a row that would prove nothing: that is a defect of the plugin."""
        if self.kind != "secret_name" and not self.header:
            raise ValueError("a scheme names the header that holds the proof")
        if self.more_headers and self.kind != "hmac":
            raise ValueError("more_headers hold signatures; no other proof may stand in several headers")
        if self.kind == "basic" and self.place != "headers":
            raise ValueError("HTTP basic authentication stands in a header")
        if self.kind == "hmac":
            self._check_what_is_signed()

    def _check_what_is_signed(self) -> None:
        named = set(_PLACEHOLDERS.findall(self.signed))
        if unknown := set(_BRACES.findall(self.signed)) - named:
            raise ValueError(f"signed: {min(unknown).decode()} is nothing that can be signed")
        for name in ("timestamp", "id"):
            if (b"{%s}" % name.encode() in named) != bool(getattr(self, f"{name}_header")):
                raise ValueError(
                    f"{name}_header and {{{name}}} go together: an unsigned {name} proves nothing"
                )
        if self.covers_body != bool(named & {b"{body}", b"{form}"}):
            raise ValueError(
                "a signature covers the {body}, or the {form}; if the provider's does not, "
                "say covers_body=False"
            )
        if self.covers_body and self.place != "headers":
            raise ValueError("a signature that stands in the body can't cover it: say covers_body=False")
        if not self.covers_body and not {b"{timestamp}", b"{id}"} <= named:
            raise ValueError("a signature that does not cover the body covers {timestamp} and {id}")
        if not self.covers_body and self.tolerance > NONCE_TOLERANCE:
            raise ValueError(f"the time of a nonce is off by {NONCE_TOLERANCE:,} s at most")

    def fault_of(self, secret: str) -> str:
        """Why this secret can't prove anything, in words for whoever configures it; "" where it can."""
        if secret in self.refused_secrets:
            return "this is the provider's published test secret; use the one that it gave you"
        if self.key_of(secret):
            return ""
        if self.kind == "basic":
            form = "user:password"
        elif self.kind == "token" and self.place == "headers":
            form = "visible ASCII characters, with spaces at most between them: a header holds no others"
        else:
            form = _FORMS[self.key_form]
        return f"a secret for {self.header} is {form}"

    def key_of(self, secret: str) -> bytes:
        """The key for a secret; empty where the scheme can't use the secret."""
        if not secret.strip() or secret in self.refused_secrets:
            return b""
        if self.kind == "basic" and ":" not in secret:
            return b""
        if self.kind == "token" and self.place == "headers" and not _stands_in_a_header(secret):
            return b""
        if self.key_form == "text":
            return secret.encode("utf-8", "surrogatepass")
        written = secret.strip()
        if self.key_form == "whsec":
            written = written.removeprefix("whsec_")
        return decoded("hex" if self.key_form == "hex" else "base64", written) or b""

    def pieces(self) -> tuple[bytes, ...]:
        """What is signed, in order: {body}, {timestamp} and so on, and the bytes between them."""
        return pieces(self.signed)

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that may hold the proof."""
        return (self.header, *self.more_headers)


_FORMS = {
    "text": "not empty",
    "whsec": "Base64 behind an optional whsec_",
    "base64": "Base64",
    "hex": "hex digits, two for each byte",
}


@lru_cache(maxsize=256)  # a row is asked again for each request
def pieces(signed: bytes) -> tuple[bytes, ...]:
    """The placeholders of what is signed, and the bytes between them."""
    return tuple(filter(None, _PLACEHOLDERS.split(signed)))


def encoded(encoding: str, value: bytes) -> str:
    """The bytes in hex or base64."""
    return value.hex() if encoding == "hex" else base64.b64encode(value).decode()


def decoded(encoding: str, value: str) -> bytes | None:
    """The bytes that `value` writes in hex or base64; None where it writes none."""
    try:
        return bytes.fromhex(value) if encoding == "hex" else base64.b64decode(value, validate=True)
    except ValueError:
        return None


def _stands_in_a_header(secret: str) -> bool:
    """Whether a header can hold it as it is: the space around it is none of its value."""
    return secret.isascii() and secret.isprintable() and secret == secret.strip()
