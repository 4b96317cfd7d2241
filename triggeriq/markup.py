"""The words in a piece of HTML, for people and classifiers to read; never to be shown as HTML.

It does not use `html.parser`: on 180 kB of `<a b='c' ` over and over that takes more than a minute (its time
grows with the square), and anybody may send a mail. This one reads the text once.
"""

from __future__ import annotations

import html
import re

MAX_HTML = 1_000_000
"""Characters that are looked at; what follows is left out."""
_MAX_TAG = 512
"""Characters within which quotes in a tag are honoured; a longer one ends at its first `>`."""

_TAG = re.compile(r"""</?([a-zA-Z][a-zA-Z0-9:-]*)(?:[^>"']|"[^"]*"|'[^']*')*>""")
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]{0,20})")
_BLOCK = re.compile(
    "address|article|aside|blockquote|br|dd|div|dl|dt|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre"
    "|section|table|tr|ul"
)
_HIDDEN = {
    name: re.compile(rf"</{name}\b[^>]{{0,100}}>", re.IGNORECASE)
    for name in ("script", "style", "title", "template", "noscript", "svg", "textarea")
}
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"&#(?:0{0,9}(?:11|28|29|30|31)|[xX]0{0,9}(?:[bB]|1[c-fC-F]))(?![0-9a-fA-F]);?")
"""References to characters that part words. HTML has no such characters: `unescape` would join the words."""


def text_of(markup: str) -> str:
    """The visible text, with each block on a line of its own. Takes any text, and never raises."""
    pieces: list[str] = []
    markup, place = markup[:MAX_HTML], 0
    while place < len(markup):
        start = markup.find("<", place)
        pieces.append(_SPACE.sub(" ", markup[place : start if start >= 0 else len(markup)]))
        if start < 0:
            break
        name, place = _tag(markup, start)
        if name in _HIDDEN and markup[start + 1] != "/":
            end = _HIDDEN[name].search(markup, place)
            place = end.end() if end else len(markup)
        elif name == "<":
            pieces.append(name)
        elif name in ("td", "th"):
            pieces.append(" ")
        elif _BLOCK.fullmatch(name):
            pieces.append("\n- " if name == "li" and markup[start + 1] != "/" else "\n")
    words = html.unescape(_CONTROL.sub(" ", "".join(pieces)))
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in words.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _tag(markup: str, start: int) -> tuple[str, int]:
    """The name of the tag at `start` (empty for a comment or a declaration, "<" where no tag begins there),
    and the position behind it."""
    if markup.startswith("<!--", start):
        return "", _behind(markup, "-->", start + 2)
    if markup[start + 1 : start + 2] in ("!", "?"):
        return "", _behind(markup, ">", start)
    if tag := _TAG.match(markup, start, start + _MAX_TAG):
        return tag[1].lower(), tag.end()
    if named := _NAME.match(markup, start):
        return named[1].lower(), _behind(markup, ">", start)
    return "<", start + 1


def _behind(markup: str, end: str, start: int) -> int:
    found = markup.find(end, start)
    return len(markup) if found < 0 else found + len(end)
