"""What a reference parser makes of mails, and whether another one makes the same of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from plugins.sources.mail.headers import Headers
from plugins.sources.mail.letter import body_of, words_of
from plugins.sources.mail.parts import Part, parse

EMAILS = Path(__file__).parents[2] / "data" / "emails"


class Read(NamedTuple):
    """What a parser makes of a mail. Mailboxes are pairs of name and address."""

    subject: str
    sender: list[tuple[str, str]]
    to: list[tuple[str, str]]
    text: str
    """The first part of plain text."""
    html: str
    """The first part of HTML."""
    attachments: int


class Expectation(NamedTuple):
    file: str
    facts: dict[str, Any]
    """What is expected, by the names of `Read`; only what the reference tells."""

    @property
    def raw(self) -> bytes:
        return (EMAILS / self.file).read_bytes()

    def misses(self, read: Read) -> list[str]:
        """The names of what is otherwise. White space is folded."""
        return [name for name, fact in self.facts.items() if not CHECKS[name](fact, getattr(read, name))]


def folded(text: str) -> str:
    return " ".join(text.split())


CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    "subject": lambda fact, read: folded(read) == folded(fact),
    "sender": lambda fact, read: read == fact,
    "to": lambda fact, read: read == fact,
    "text": lambda fact, read: folded(read)[: len(folded(fact))] == folded(fact) and bool(fact) == bool(read),
    "html": lambda fact, read: folded(read).startswith(folded(fact)),
    "attachments": lambda fact, read: read == fact,
}


def expectations() -> list[Expectation]:
    """Those of stalwart's mail-parser."""
    rows = map(json.loads, (EMAILS / "expected.jsonl").read_text(encoding="utf-8").splitlines())
    return [Expectation(row["file"], _facts(row)) for row in rows]


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    facts = {
        "subject": row.get("subject"),
        "sender": _boxes(row.get("from")),
        "to": _boxes(row.get("to")),
        "text": row.get("text"),
        "html": row.get("html_prefix"),
        "attachments": row["attachments"],
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _boxes(mailboxes: list[dict[str, str]] | None) -> list[tuple[str, str]] | None:
    if mailboxes is None:
        return None
    return [(box.get("name") or "", box.get("address") or "") for box in mailboxes]


def ours(raw: bytes) -> Read:
    mail = parse(raw)
    body = body_of(mail)
    return Read(
        subject=mail.headers.text("subject"),
        sender=_mailboxes(mail.headers, "from"),
        to=_mailboxes(mail.headers, "to"),
        text=_first(body.plain, "text/plain"),
        html=_first(body.html, "text/html"),
        attachments=len(body.files),
    )


def _mailboxes(headers: Headers, name: str) -> list[tuple[str, str]]:
    return [(box.name, box.address) for box in headers.addresses(name)]


def _first(parts: list[Part], kind: str) -> str:
    return next((words_of(part) for part in parts if part.kind == kind), "")
