"""What a mail says, and the files that came with it. Where its words are none that anybody sees, words are
looked for in what was sorted as files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from plugins.sources.mail.enclosed import taken_out
from plugins.sources.mail.files import attached
from plugins.sources.mail.flowed import unflowed
from plugins.sources.mail.parts import Part, parse
from plugins.sources.mail.sorting import WORDS, Body, body_of, is_attached, is_binary
from plugins.sources.mail.tnef import Tnef, opened
from triggeriq import AttachedFile
from triggeriq.charsets import decoded
from triggeriq.markup import text_of

MAX_FILES = 50
MAX_PLAIN, MAX_MARKUP = 400_000, 4_000_000
"""Bytes of a text, and of a page of HTML, that are read: without pictures in them, and a page's of all."""
_MAX_FORWARDED = 5
"""Mails within mails in which words are looked for."""

_META = re.compile(rb"<meta\b[^>]{0,500}?charset\s*=\s*[\"']?([\w.:-]{1,60})", re.IGNORECASE)
_META_WITHIN = 4_096
_PICTURE = re.compile(rb"data:[\w/+.-]{1,60};base64,[A-Za-z0-9+/=%\s]+")
_SEEN = re.compile(
    "[^\\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_BLANK = re.compile(r"&(?:nbsp|zwnj|shy|#160|#8203|#xa0);?", re.IGNORECASE)
"""What some clients write for a space into plain text too."""
_DATA = ("text/calendar", "text/css", "text/csv", "text/directory", "text/vcard", "text/x-vcard", "text/xml")
_NO_LETTER = 300
"""Characters up to which a plain text that speaks of HTML may only point there."""
_POINTS = ("html", "mail client", "mail program", "mail reader", "browser", "to view", "to see", "to read")
"""Each of its sentences speaks of one of these then: more would be the writer's own."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, and what came with it."""

    text: str
    """Its words as plain text, with "\\n" as line end."""
    markup: str
    """The same words as HTML, where they came as nothing else; else empty."""
    files: tuple[AttachedFile, ...]
    left_out: int
    """Files and parts that came too, for there were too many."""


def letter_of(mail: Part) -> Letter:
    """Takes any mail, and never raises."""
    return _letter(mail, _MAX_FORWARDED)


def is_seen(text: str) -> bool:
    """Whether a text has anything that a person sees."""
    return _SEEN.search(_BLANK.sub("", text)) is not None


def _letter(mail: Part, forwarded: int) -> Letter:
    body = body_of(mail)
    words = _words(body)
    of_outlook = [opened(part.content) for part in body.files if _is_tnef(part)][:MAX_FILES]
    if not is_seen(words.text):
        words = next(_elsewhere(body, mail, of_outlook, forwarded), words)
    parts = [part for part in body.files if not (_is_tnef(part) and any(found.files for found in of_outlook))]
    files = [*map(attached, parts[:MAX_FILES]), *words.enclosed]
    files += [file for found in of_outlook for file in found.files]
    left_out = max(len(parts) - MAX_FILES, 0) + max(len(files) - MAX_FILES, 0) + mail.left_out
    return Letter(words.text, words.markup, tuple(files[:MAX_FILES]), left_out)


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    markup: str = ""
    enclosed: tuple[AttachedFile, ...] = ()
    plain: bool = False
    """Whether a part of plain text says something."""


def _words(body: Body) -> _Words:
    if any(part.kind == "text/plain" for part in body.plain):
        words = _shown(body.plain)
        if words.plain and not _only_points(words.text, body):
            return words
    return _shown(body.html)


def _only_points(text: str, body: Body) -> bool:
    """Whether a plain text only says that there is a letter in HTML, and it is there."""
    words = text.lower()
    if len(text) > _NO_LETTER or "html" not in words or body.html == body.plain:
        return False
    sentences = filter(str.strip, re.split(r"[.!?\n]+(?:\s|$)", words))
    if not all(any(word in sentence for word in _POINTS) for sentence in sentences):
        return False
    return is_seen(_shown(body.html).text)


def _shown(parts: Iterable[Part]) -> _Words:
    """What parts say that people see one below the other."""
    enclosed: list[AttachedFile] = []
    texts: list[str] = []
    markups: list[str] = []
    plain, left = False, MAX_MARKUP
    for part in parts:
        if left <= 0:
            break
        if part.kind == "text/html":
            markups.append(_html(part))
            texts.append(text_of(markups[-1]))
        else:
            texts.append(_plain(part, enclosed))
            plain = plain or is_seen(texts[-1])
        left -= len(markups[-1] if part.kind == "text/html" else texts[-1])
    text = "\n\n".join(text for piece in texts if (text := piece.strip()))
    markup = "\n".join(markups) if len(markups) == len(texts) else ""
    return _Words(text, markup, tuple(enclosed), plain)


def _elsewhere(body: Body, mail: Part, of_outlook: list[Tnef], forwarded: int) -> Iterator[_Words]:
    """Words in what was sorted as files, the likeliest first: a letter with a name, a letter that is all of
    the mail, what has no parts though it says so, Outlook's own form, a forwarded mail."""
    named = [part for part in body.files if _is_text(part) and (part is mail or not is_attached(part))]
    named += [part for part in body.files if part.kind.startswith("multipart/")]
    for part in named:
        words = _shown([part])
        if is_seen(words.text):
            yield replace(words, enclosed=())
    for found in of_outlook:
        if is_seen(found.text):
            yield _Words(found.text)
    for part in body.files if forwarded else ():
        if part.kind == "message/rfc822":
            letter = _letter(parse(part.content), forwarded - 1)
            if is_seen(letter.text):
                yield _Words(letter.text, letter.markup)


def _is_text(part: Part) -> bool:
    """Whether it may be a letter: plain text, HTML, or text of a type that nobody shows, as Markdown is."""
    return part.kind in WORDS or (part.kind.startswith("text/") and part.kind not in _DATA)


def _is_tnef(part: Part) -> bool:
    return (
        part.kind in ("application/ms-tnef", "application/vnd.ms-tnef") or part.name.lower() == "winmail.dat"
    )


def words_of(part: Part) -> str:
    """What a part of plain text or HTML says, decoded; HTML without the pictures in it."""
    return _html(part) if part.kind == "text/html" else _plain(part, [])


def _plain(part: Part, enclosed: list[AttachedFile]) -> str:
    content, files = taken_out(_without_pictures(part))
    enclosed.extend(files)
    text = decoded(content[:MAX_PLAIN], part.charset)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
    return text


def _html(part: Part) -> str:
    content = _without_pictures(part)
    meta = _META.search(content, 0, _META_WITHIN)
    inside = meta[1].decode("ascii", "replace") if meta else ""
    if inside.lower().startswith("utf-16"):
        inside = "utf-8"  # as HTML has it: what was found byte by byte is not in UTF-16
    return decoded(content[:MAX_MARKUP], part.charset, inside)


def _without_pictures(part: Part) -> bytes:
    content = part.body if is_binary(part) else part.content
    return _PICTURE.sub(b"data:", content) if b";base64," in content else content
