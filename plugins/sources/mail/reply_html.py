"""Of a letter in HTML, which the writer wrote now: mail programs mark quotations and signatures by their own
classes, ids and attributes. What they leave unmarked is told apart as in a plain letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plugins.sources.mail.marks import Mark
from plugins.sources.mail.reply import Reply, part
from triggeriq.markup import MAX_HTML, text_of

QUOTES = frozenset(
    {
        "gmail_attr", "yahoo_quoted", "iosymail", "moz-cite-prefix", "moz-forward-container",
        "protonmail_quote", "tutanota_quote", "skiff_quote", "zmail_extra", "blockquote_zmail",
        "ik_mail_quote", "freshdesk_quote", "missive_quote", "nylas-quote", "front-blockquote",
        "sh-quoted-content", "edo-original", "ntes-mailmaster-quote", "isreplycontent",
        "orimsghtmlseperator", "messagereplysection", "__headers__", "__quoted_text__",
        "name=quote",
    }
)  # fmt: skip
"""Classes, ids and names of elements that hold a quotation, in small letters: those of Gmail, Yahoo,
Thunderbird, Proton Mail, Tuta, Skiff, Zoho, Infomaniak, Freshdesk, Missive, Mailspring, Front, Superhuman,
Edison, NetEase, Spark, Zimbra and GMX."""
LAST = frozenset(
    {
        "divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container", "stopspelling",
        "olk_src_body_section", "ms-outlook-mobile-body-separator-line", "zwchr", "__divider__", "replysplit",
        "isforwardcontent",
    }
)  # fmt: skip
"""Ids from which on all is quotation: those of Outlook in its kinds, Hotmail, Zimbra, mail.com, NetEase."""
SIGNATURES = frozenset(
    {
        "gmail_signature", "gmail_signature_prefix", "signature", "applemailsignature",
        "ms-outlook-mobile-signature", "moz-signature", "protonmail_signature_block", "composer_signature",
        "messagesignaturesection", "__sig_pre__", "__sig_post__", "front-signature", "edo-signature",
        "missive_signature", "mail_signature", "zm-_id_-sgn", "zm-_id_-sgn1",
    }
)  # fmt: skip
"""The same of signatures; `signature` is Outlook's on the web."""

_TAG = re.compile(
    r"<(?:!--|(?P<closes>/?)(?P<name>div|blockquote|span|hr|table|section|pre|script|style|title|textarea"
    r"|template|noscript|svg)\b(?P<attributes>[^>]{0,2000})>?)",
    re.IGNORECASE,
)
_HIDDEN = frozenset(("script", "style", "title", "textarea", "template", "noscript", "svg"))
_ATTRIBUTE = re.compile(
    r"\b(id|class|type|name|data-marker|data-smartmail|data-signatureblock)\s?=\s?"
    r"""(?:"([^"]{0,1000})"|'([^']{0,1000})'|([^\s"'>]{1,200}))""",
    re.IGNORECASE,
)
_ADDED = re.compile(r"(?:x_)+|ydp[a-z0-9]{4,12}(?=yahoo_|signature)")
"""What Outlook and Yahoo put before names that stood in a letter already."""
_BORDER = re.compile(
    r"border:\s?none;\s?border-top:\s?solid\s(?:#[0-9a-f]{6}|windowtext|rgb\([\d, ]{5,20}\))\s1\.0pt;"
    r"\s?padding:\s?3\.0pt"
    r"|padding-top:\s?5px;\s?border-top-color:\s?rgb\(229, 229, 229\)"
)
"""How Word, which writes the mails of Outlook for Windows, and Windows Mail draw a line over a quotation."""


def parted_html(markup: str) -> Reply:
    """The parts of a letter in HTML, as text. Takes any text, never raises, in time that grows with its
    length; it looks at as much of it as `text_of` does."""
    lines: list[str] = []
    marks: list[Mark] = []
    for piece, mark in _pieces(markup[:MAX_HTML]):
        if text := text_of(piece):
            found = text.split("\n")
            lines += [*found, ""]
            marks += [mark] * (len(found) + 1)
    return part(lines, marks)


@dataclass(slots=True)
class _Element:
    """An element that is open, and has a meaning. `depth`: how many of its name are open, itself included."""

    name: str
    named: frozenset[str]
    mark: Mark
    depth: int = 1


class _Open:
    """The elements that are open and have a meaning: each is marked more strongly than the one around it."""

    def __init__(self) -> None:
        self._elements: list[_Element] = []

    @property
    def mark(self) -> Mark:
        return self._elements[-1].mark if self._elements else Mark.NONE

    def enter(self, name: str, attributes: str) -> None:
        for element in self._elements:
            element.depth += element.name == name
        if self.mark is Mark.QUOTED or ("=" not in attributes and name != "blockquote"):
            return
        named = _named(attributes)
        mark = _mark(name, named)
        if mark > self.mark or ("gmail_quote" in named and not self._elements):
            self._elements.append(_Element(name, named, mark))

    def leave(self, name: str) -> _Element | None:
        """The element that the tag closes, with those in it, if it had a meaning."""
        for place, element in enumerate(self._elements):
            element.depth -= element.name == name
            if not element.depth:
                del self._elements[place:]
                return element
        return None

    def forwards(self) -> None:
        """What is open holds a letter that is passed on: Gmail puts that into no blockquote."""
        if self._elements:
            self._elements[-1].mark = Mark.QUOTED


def _pieces(markup: str) -> Iterator[tuple[str, Mark]]:
    """The markup in pieces, each with what it is marked as."""
    inside = _Open()
    begun = place = 0
    while found := _TAG.search(markup, place):
        place = found.end()
        name, attributes = (found["name"] or "").lower(), found["attributes"] or ""
        if not name:
            place = _behind(markup, "-->", found.start() + 2)
        elif name in _HIDDEN:
            if not found["closes"] and not (name == "svg" and attributes.endswith("/")):
                place = _behind(markup, f"</{name}", place)
        else:
            before, cut = inside.mark, place
            if found["closes"]:
                left = inside.leave(name)
                if left and "gmail_attr" in left.named and "-----" in markup[begun:place]:
                    inside.forwards()
            elif before is not Mark.QUOTED and _is_last(attributes):
                yield markup[begun : found.start()], before
                yield markup[found.start() :], Mark.QUOTED
                return
            else:
                inside.enter(name, attributes)
                cut = found.start()
            if inside.mark is not before:
                yield markup[begun:cut], before
                begun = cut
    yield markup[begun:], inside.mark


def _named(attributes: str) -> frozenset[str]:
    """The classes, ids and names of a tag, and what else tells its meaning, in small letters."""
    found: set[str] = set()
    if "=" in attributes:
        for attribute, *values in _ATTRIBUTE.findall(attributes):
            name, value = attribute.lower(), "".join(values).lower()
            if name == "type" or value == "quote":
                found.add(f"{name}={value}")
            elif name == "data-signatureblock":
                found.add("signature")
            else:
                found.update(_ADDED.sub("", one, count=1) for one in value.split())
    return frozenset(found)


def _mark(name: str, named: frozenset[str]) -> Mark:
    if named & SIGNATURES:
        return Mark.UNDER
    if named & QUOTES or (name == "blockquote" and named & {"type=cite", "gmail_quote"}):
        return Mark.QUOTED
    return Mark.PERHAPS if name == "blockquote" else Mark.NONE


def _is_last(attributes: str) -> bool:
    """Whether all from this tag on is quotation."""
    if "=" not in attributes:
        return False
    return bool(_named(attributes) & LAST) or (
        "border" in attributes and _BORDER.search(attributes.lower()) is not None
    )


def _behind(markup: str, end: str, start: int) -> int:
    found = re.compile(re.escape(end), re.IGNORECASE).search(markup, start)
    return found.end() if found else len(markup)
