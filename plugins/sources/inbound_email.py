"""Mail as SES puts it into S3, read from MIME to text.

It must cope with corpora of broken mail: whatever a header or a part holds, the mail is read as far as
possible. https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32, default
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any, BinaryIO, cast

from triggeriq import (
    Author,
    Connection,
    Feedback,
    FileHint,
    Ignore,
    Item,
    Source,
    Unreadable,
    hookimpl,
)
from triggeriq.charsets import decoded
from triggeriq.markup import text_of
from triggeriq.payload import digest, identifier, moment
from triggeriq.values import JSON

MAX_MAIL = 40_000_000
"""Bytes of a mail; SES stores no larger one."""
MAX_HEADER = 10_000
"""Characters of a header that are looked at: the parsers' time grows faster than the header."""
MAX_STRUCTURE = 2_000
"""The same for a part's Content-… headers, of which one mail may have a thousand."""
MAX_NESTING = 50
MAX_PARTS = 1_000
MAX_ATTACHMENTS = 100

_USUAL = ("from", "subject", "date", "message-id", "to", "received", "mime-version", "content-type")


class InboundEmail(Source):
    """One mail, one feedback, named by its Message-ID or else by the sha256 of its bytes."""

    name = "inbound_email"
    title = "E-mail (files only: mail comes through SES and S3, so webhooks are refused)"
    content_types = ("message/rfc822",)
    reads = ("",)  # SES names its objects without an ending

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item]]:
        if hint.name == "AMAZON_SES_SETUP_NOTIFICATION":
            yield "1", Ignore("the test object that SES writes")
        elif resume is None:
            yield from _mail(stream, hint.modified_at)


def _mail(stream: BinaryIO, arrived_at: datetime) -> Iterator[tuple[str, Item]]:
    raw = _whole(stream)
    try:
        message = message_from_bytes(raw, policy=_STRUCTURE)
    except RecursionError:
        raise Unreadable("a mail nested too deep") from None
    headers = _Headers(message)
    if not any(map(headers.has, _USUAL)):
        raise Unreadable("no mail: it has none of a mail's usual headers")
    if reason := _automatic(headers, message):
        yield "1", Ignore(reason)
        return
    yield "1", _feedback(headers, message, raw, arrived_at)


def _whole(stream: BinaryIO) -> bytes:
    raw = bytearray()
    while piece := stream.read(1 << 20):
        raw += piece
        if len(raw) > MAX_MAIL:
            raise Unreadable(f"a mail longer than {MAX_MAIL:,} bytes")
    return bytes(raw)


def _feedback(headers: _Headers, message: Message, raw: bytes, arrived_at: datetime) -> Feedback:
    words, attachments = _body(message)
    external_id = _message_id(headers.raw("message-id")) or digest(raw)
    author_name, address = headers.sender()
    attributes: dict[str, JSON] = {}
    if recipients := headers.text("to"):
        attributes["to"] = recipients[:1000]
    if attachments:
        attributes["attachments"] = attachments
    attributes.update(_verdicts(headers))
    return Feedback(
        external_id=external_id,
        kind="email",
        title=headers.text("subject") or None,
        text=words,
        author=Author(name=author_name or None, email=address or None),
        created_at=headers.date() or arrived_at,
        thread=_message_id(headers.raw("references"))
        or _message_id(headers.raw("in-reply-to"))
        or external_id,
        attributes=attributes,
    )


class _Structure(Compat32):
    """Takes a mail apart by Python's old parser, which is quick and leaves headers as they are. `_Headers`
    reads the few that matter by the new parser. The new one alone would take seconds for 20 kB of
    parameters."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: MAX_STRUCTURE if name.lower().startswith("content-") else MAX_HEADER]


_STRUCTURE = _Structure()


class _Headers:
    """A message's headers, each cut to a length and parsed on its own: the standard parser raises a dozen
    kinds of errors on broken ones."""

    def __init__(self, message: Message) -> None:
        self._raw: dict[str, str] = {}
        for name, value in cast(Any, message).raw_items():
            self._raw.setdefault(name.lower(), _eight_bit(str(value))[:MAX_HEADER])

    def has(self, name: str) -> bool:
        return name in self._raw

    def raw(self, name: str) -> str:
        """The first header of this name, unfolded; empty where there is none."""
        return re.sub(r"\s+", " ", self._raw.get(name, "")).strip()

    def text(self, name: str) -> str:
        """As `raw`, with its encoded words decoded."""
        return re.sub(r"\s+", " ", _decoded_words(self._raw.get(name, ""))).strip()

    def sender(self) -> tuple[str, str]:
        """Name and address of the sender, as the header From claims them."""
        try:
            parsed: Any = default.header_fetch_parse("from", self._raw.get("from", ""))
            first = parsed.addresses[0]
            return first.display_name.strip(), first.addr_spec if first.domain else ""
        except Exception:
            name, address = _quiet(lambda: parseaddr(self.raw("from"))) or ("", "")
            return name, address if "@" in address else ""

    def date(self) -> datetime | None:
        try:
            found = parsedate_to_datetime(self.raw("date"))
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
        return moment(found.isoformat())


def _decoded_words(value: str) -> str:
    try:
        return str(default.header_fetch_parse("subject", value))
    except Exception:
        return value


def _eight_bit(value: str) -> str:
    """A header that has raw bytes above ASCII, which the parser gives as surrogates."""
    try:
        raw = value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        raw = value.encode("utf-8", "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _message_id(header: str) -> str:
    """The first id in a header, without its brackets."""
    found = re.search(r"<([^<>\s]+)>", header)
    return identifier(found[1] if found else header.split(" ")[0]) or ""


def _automatic(headers: _Headers, message: Message) -> str:
    """Why this is an automatic mail; empty where a person wrote it. It is the union of what osTicket and
    FreeScout check, without `Precedence: list`: a mailing list adds that to mails of its members."""
    if (word := headers.raw("auto-submitted").lower()) and not word.startswith("no"):
        return f"an automatic mail: Auto-Submitted: {word[:50]}"
    for header in ("precedence", "x-precedence"):
        if (word := headers.raw(header).lower()) in ("auto_reply", "bulk", "junk"):
            return f"an automatic mail: {header}: {word}"
    for header in _AUTOMATIC:
        if headers.raw(header).lower() not in ("", "no", "none", "false"):
            return f"an automatic mail: {header}"
    if headers.raw("delivered-to").lower() == "autoresponder":
        return "an automatic mail: Delivered-To: autoresponder"
    if headers.has("return-path") and headers.raw("return-path") in ("<>", ""):
        return "a bounce: Return-Path: <>"
    sender = headers.raw("from")
    if sender == "<>" or re.search(r"\b(mailer-daemon|postmaster)\b", sender, re.IGNORECASE):
        return "a bounce, by its sender"
    if _content_type(message) == "multipart/report":
        return "a report, not a letter"
    return ""


_AUTOMATIC = (
    "x-failed-recipients",
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoresponse",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-autogenerated",
    "x-auto-response-suppress",
)


def _verdicts(headers: _Headers) -> dict[str, JSON]:
    """What SES found out: spam and virus by its own headers; SPF, DKIM and DMARC by the result that it put on
    top."""
    found: dict[str, JSON] = {}
    for verdict in ("spam", "virus"):
        if value := headers.raw(f"x-ses-{verdict}-verdict"):
            found[f"{verdict}_verdict"] = value[:20].upper()
    results = headers.raw("authentication-results")
    if results.lower().startswith("amazonses.com"):
        for check in ("spf", "dkim", "dmarc"):
            if match := re.search(rf"\b{check}=([a-z]{{1,20}})", results, re.IGNORECASE):
                found[f"{check}_verdict"] = match[1].upper()
    return found


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    plain: bool


_NOTHING = _Words("", True)


def _body(message: Message) -> tuple[str, list[JSON]]:
    """The letter's words, and its attachments by name, type and size."""
    attachments: list[JSON] = []
    words = _words(message, attachments, MAX_NESTING)
    if not words.text.strip():  # a mail that only forwards another one
        enclosed = (part for part in message.walk() if part is not message and part.get("from"))
        words = next(
            (found for part in enclosed if (found := _words(part, [], MAX_NESTING)).text.strip()), words
        )
    return words.text.replace("\r\n", "\n").replace("\r", "\n").strip(), attachments


def _words(part: Message, attachments: list[JSON], depth: int) -> _Words:
    kind = _content_type(part)
    if kind.startswith("multipart/"):
        return _multipart(part, kind, attachments, depth)
    filename = _decoded_words(str(_quiet(part.get_filename) or ""))
    attached = _quiet(part.get_content_disposition) == "attachment" or filename != ""
    if not attached and kind in ("text/plain", "text/html"):
        words = _decoded(part)
        return _Words(words, True) if kind == "text/plain" else _Words(text_of(words), False)
    if len(attachments) < MAX_ATTACHMENTS:
        facts: JSON = {"name": filename[:200], "content_type": kind, "bytes": len(_bytes(part))}
        attachments.append(facts)
    return _NOTHING


def _multipart(part: Message, kind: str, attachments: list[JSON], depth: int) -> _Words:
    inner = part.get_payload()
    if not isinstance(inner, list):  # its boundary is missing: the text is shown as it stands
        return _Words(_decoded(part), True)
    if not depth:
        return _NOTHING
    found = [_words(cast(Message, child), attachments, depth - 1) for child in inner[:MAX_PARTS]]
    found = [words for words in found if words.text.strip()]
    if kind == "multipart/alternative" and found:
        return next((words for words in found if words.plain), found[0])
    return _Words("\n\n".join(words.text.strip() for words in found), all(words.plain for words in found))


def _content_type(part: Message) -> str:
    return str(_quiet(part.get_content_type) or "text/plain").lower()


def _quiet(read: Any) -> Any:
    """What the standard library reads, or None where it raises because of a broken header."""
    try:
        return read()
    except Exception:
        return None


def _bytes(part: Message) -> bytes:
    payload = _quiet(lambda: part.get_payload(decode=True))
    return payload if isinstance(payload, bytes) else b""


def _decoded(part: Message) -> str:
    return decoded(_bytes(part), str(_quiet(part.get_content_charset) or ""))


@hookimpl
def register_sources(register: Any) -> None:
    register(InboundEmail)
