"""Which of a mail's parts are its words, and which are files that came with it.

The choice is that of JMAP (RFC 8621, section 4.1.4), which mail clients share: the parts that people see one
below the other, once as plain text and once as HTML. Pictures, sounds and films are files, wherever they are
shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from plugins.sources.mail.parts import Part

WORDS = ("text/plain", "text/html")

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE = 4_096


@dataclass(slots=True)
class Body:
    """A mail's parts, sorted."""

    plain: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)


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
            not is_attached(part)
            and part.kind in WORDS
            and (place == 0 or (multipart != "related" and not part.name))
            and not is_binary(part)
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


def is_attached(part: Part) -> bool:
    return part.disposition.value == "attachment"


def is_binary(part: Part) -> bool:
    """Whether what says it is text, in base64, can't be."""
    if part.encoding != "base64" or part.charset.lower().startswith(("utf-16", "utf-32")):
        return False
    sample = part.content[:_SAMPLE]
    return not sample.startswith(_MARKS) and len(_CONTROL.findall(sample)) * 20 > len(sample)
