"""Which of a mail's parts are its words, and which are files that came with it.

The choice is that of JMAP (RFC 8621, section 4.1.4), which mail clients share: the parts that people see one
below the other, once as plain text and once as HTML. Where it finds no words, words are looked for in what it
takes for files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from plugins.sources.mail.enclosed import taken_out
from plugins.sources.mail.files import attached
from plugins.sources.mail.flowed import unflowed
from plugins.sources.mail.parts import Part, parse
from plugins.sources.mail.tnef import Tnef, opened
from triggeriq import AttachedFile
from triggeriq.charsets import decoded
from triggeriq.markup import text_of

MAX_FILES = 50
MAX_PLAIN, MAX_MARKUP = 400_000, 2_000_000
"""Bytes of a text, and of a page of HTML without its pictures, that are read."""
_MAX_FORWARDED = 5
"""Mails within mails in which words are looked for."""

_WORDS = ("text/plain", "text/html")
_META = re.compile(rb"<meta\b[^>]{0,500}?charset\s*=\s*[\"']?([\w.:-]{1,60})", re.IGNORECASE)
_META_WITHIN = 4_096
_PICTURE = re.compile(rb"data:[\w/+.-]{1,60};base64,[A-Za-z0-9+/=%\s]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE = 4_096
_SEEN = re.compile(
    "[^\\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)


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


@dataclass(slots=True)
class Body:
    """A mail's parts, sorted."""

    plain: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)


def letter_of(mail: Part) -> Letter:
    """Takes any mail, and never raises."""
    return _letter(mail, _MAX_FORWARDED)


def is_seen(text: str) -> bool:
    """Whether a text has anything that a person sees."""
    return _SEEN.search(text) is not None


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
    words = _shown(body.plain)
    return words if words.plain else _shown(body.html)


def _shown(parts: Iterable[Part]) -> _Words:
    """What parts say that people see one below the other."""
    enclosed: list[AttachedFile] = []
    texts: list[str] = []
    markups: list[str] = []
    plain = False
    for part in parts:
        if part.kind == "text/html":
            markups.append(_html(part))
            texts.append(text_of(markups[-1]))
        else:
            texts.append(_plain(part, enclosed))
            plain = plain or is_seen(texts[-1])
    text = "\n\n".join(text for piece in texts if (text := piece.strip()))
    markup = "\n".join(markups) if len(markups) == len(texts) else ""
    return _Words(text, markup, tuple(enclosed), plain)


def _elsewhere(body: Body, mail: Part, of_outlook: list[Tnef], forwarded: int) -> Iterator[_Words]:
    """Words in what was sorted as files, the likeliest first: a letter with a name, a letter that is all of
    the mail, what has no parts though it says so, Outlook's own form, a forwarded mail."""
    named = [part for part in body.files if part.kind in _WORDS and (part is mail or not _is_attached(part))]
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


def _is_tnef(part: Part) -> bool:
    return (
        part.kind in ("application/ms-tnef", "application/vnd.ms-tnef") or part.name.lower() == "winmail.dat"
    )


def _is_attached(part: Part) -> bool:
    return part.disposition.value == "attachment"


def words_of(part: Part) -> str:
    """What a part of plain text or HTML says, decoded; HTML without the pictures in it."""
    return _html(part) if part.kind == "text/html" else _plain(part, [])


def _plain(part: Part, enclosed: list[AttachedFile]) -> str:
    content, files = taken_out(_bytes(part))
    enclosed.extend(files)
    text = decoded(content[:MAX_PLAIN], part.parameters.get("charset", ""))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
    return text


def _html(part: Part) -> str:
    content = _bytes(part)
    if b";base64," in content:
        content = _PICTURE.sub(b"data:", content)
    meta = _META.search(content, 0, _META_WITHIN)
    named = (part.parameters.get("charset", ""), meta[1].decode("ascii", "replace") if meta else "")
    return decoded(content[:MAX_MARKUP], *named)


def body_of(mail: Part) -> Body:
    """Sorts the parts of a mail."""
    body = Body()
    _sort([mail], "mixed", False, body.plain, body.html, body.files)
    return body


def _sort(
    parts: list[Part],
    multipart: str,
    in_alternative: bool,
    plain: list[Part] | None,
    html: list[Part] | None,
    files: list[Part],
) -> None:
    """RFC 8621's algorithm, by its own names where ours do not say it."""
    plain_before = -1 if plain is None else len(plain)
    html_before = -1 if html is None else len(html)
    for place, part in enumerate(parts):
        if part.kind.startswith("multipart/") and part.children:
            kind = part.kind.removeprefix("multipart/")
            _sort(part.children, kind, in_alternative or kind == "alternative", plain, html, files)
            continue
        inline = (
            not _is_attached(part)
            and part.kind in _WORDS
            and (place == 0 or (multipart != "related" and not part.name))
            and not _binary(part)
        )
        if not inline:
            files.append(part)
        elif multipart == "alternative":
            target = plain if part.kind == "text/plain" else html
            if target is not None:
                target.append(part)
        else:
            if in_alternative and part.kind == "text/plain":
                html = None
            elif in_alternative and part.kind == "text/html":
                plain = None
            for shown in (plain, html):
                if shown is not None:
                    shown.append(part)
    if multipart == "alternative" and plain is not None and html is not None:
        if plain_before == len(plain):
            plain.extend(html[html_before:])
        elif html_before == len(html):
            html.extend(plain[plain_before:])


def _bytes(part: Part) -> bytes:
    return part.body if _binary(part) else part.content


def _binary(part: Part) -> bool:
    """Whether what says it is text, in base64, can't be."""
    if part.encoding != "base64" or part.parameters.get("charset", "").lower().startswith(
        ("utf-16", "utf-32")
    ):
        return False
    sample = part.content[:_SAMPLE]
    return not sample.startswith(_MARKS) and len(_CONTROL.findall(sample)) * 20 > len(sample)
