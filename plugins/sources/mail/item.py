"""What becomes of a mail: its feedback, put together from what the modules beside this one find."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugins.sources.mail.author import author_of
from plugins.sources.mail.automatic import Automatic, automatic
from plugins.sources.mail.headers import Headers
from plugins.sources.mail.letter import Letter, is_seen, letter_of
from plugins.sources.mail.parts import Part, parse
from plugins.sources.mail.reply import Reply, parted
from plugins.sources.mail.reply_html import parted_html
from plugins.sources.mail.threads import threads
from plugins.sources.mail.verdicts import Verdicts, verdicts
from triggeriq import Author, Bad, Feedback, Ignore, Item, Unreadable
from triggeriq.payload import digest
from triggeriq.values import JSON

MAX_RECIPIENTS = 1_000
"""Characters of the header To that are kept."""

_AHEAD = timedelta(days=1)
"""How far a sender's clock may be ahead of ours."""
_USUAL = ("from", "subject", "date", "message-id", "to", "received", "mime-version", "content-type")


def item_of(raw: bytes, arrived_at: datetime) -> Item:
    """Its feedback; Ignore where nobody wrote it, Bad where it has a virus. Raises Unreadable for no mail."""
    mail = parse(raw)
    headers = mail.headers
    if not any(map(headers.has, _USUAL)):
        raise Unreadable("no mail: it has none of a mail's usual headers")
    checked = verdicts(headers)
    if checked.virus == "FAIL":
        return Bad("the mail", "Amazon SES found a virus in it")
    letter = letter_of(mail)
    by_nobody = automatic(
        headers, mail.parameters.get("report-type", ""), headers.text("subject"), letter.text
    )
    if by_nobody and by_nobody.certain:
        return Ignore(by_nobody.reason)
    return _feedback(mail, letter, checked, by_nobody, arrived_at)


def _feedback(
    mail: Part, letter: Letter, checked: Verdicts, by_nobody: Automatic | None, arrived_at: datetime
) -> Feedback:
    headers = mail.headers
    external_id = next(iter(headers.ids("message-id")), "") or _named(mail)
    conversations = threads(headers)
    author = author_of(headers)
    own, quoted = _parted(letter)
    return Feedback(
        external_id=external_id,
        kind="email",
        title=headers.text("subject") or None,
        text=own,
        quoted=quoted,
        author=Author(name=author.name or None, email=author.address or None),
        verified=checked.verified,
        created_at=_written_at(headers, arrived_at),
        thread=conversations[0] if conversations else external_id,
        threads=conversations,
        attachments=letter.files,
        attributes=_attributes(headers, letter, checked, by_nobody),
    )


def _written_at(headers: Headers, arrived_at: datetime) -> datetime:
    """By its headers; a clock that ran ahead says nothing, for the mail would be the newest for years."""
    written_at = headers.date()
    return written_at if written_at and written_at < arrived_at + _AHEAD else arrived_at


def _parted(letter: Letter) -> Reply:
    """What the writer says, and what he quotes. Where he says nothing himself, it is the letter that he
    passes on."""
    reply = parted_html(letter.markup) if letter.markup else parted(letter.text)
    return reply if is_seen(reply.own) else Reply(own=letter.text.strip(), quoted="")


def _named(mail: Part) -> str:
    """A name for a mail without a Message-ID: the same whatever way it came."""
    said = (mail.headers.raw(name).encode("utf-8", "replace") for name in ("from", "date", "subject"))
    return digest(b"\0".join((*said, mail.body.replace(b"\r\n", b"\n").strip())))


def _attributes(
    headers: Headers, letter: Letter, checked: Verdicts, by_nobody: Automatic | None
) -> dict[str, JSON]:
    attributes: dict[str, JSON] = {}
    tags: list[JSON] = []
    if recipients := headers.text("to"):
        attributes["to"] = recipients[:MAX_RECIPIENTS]
    for name, verdict in checked.known.items():
        attributes[f"{name}_verdict"] = verdict
    if letter.left_out:
        attributes["files_left_out"] = letter.left_out
    if checked.spam == "FAIL":
        tags.append("spam")
    if by_nobody:
        attributes["automatic"] = by_nobody.kind
        attributes["automatic_reason"] = by_nobody.reason
        tags.append("automatic")
    if tags:
        attributes["tags"] = tags
    return attributes
