"""The words in a piece of HTML, for people and classifiers to read; never to be shown as HTML.

It does not use `html.parser`: on 180 kB of `<a b='c' ` over and over that takes more than a minute (its time
grows with the square), and anybody may send a mail. This one reads the text once. What is broken hides no
words: an element or a comment without an end is passed over by its tag alone.
"""

from __future__ import annotations

import html
import re

MAX_HTML = 4_000_000
"""Characters that are looked at; what follows is left out."""
_MAX_TAGS = 300_000
"""The same of tags."""
_MAX_TAG = 500
"""Characters within which quotes in a tag are honoured; a longer one ends at its first `>`."""
_MAX_STYLED = 2_000
"""Characters of a tag in which its style is looked for."""
_MAX_ENDLESS = 20
"""Elements without end, after which nothing is hidden any more."""

_START = re.compile(r"<(?=[a-zA-Z/!?])")
_TAG = re.compile(r"""</?([a-zA-Z][a-zA-Z0-9:-]*)(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]{0,20})")
_NO_TAG = re.compile(r"<(?:https?://|mailto:|[\w.+-]{1,64}@)", re.IGNORECASE)
"""What people and some clients write between angle brackets: `<ina@cust.example>`."""
_COMMENT_END = re.compile(r"--!?>")
_BLOCK = re.compile(
    "address|article|aside|blockquote|br|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form"
    "|h[1-6]|header|hr|li|main|nav|ol|option|p|pre|section|summary|table|tr|ul|xmp"
)
_UNSEEN = ("script", "style", "title", "template", "svg")
"""Elements without words of a letter. `noscript` is none of them: a mail runs no scripts."""
_FORMATTED = ("pre", "xmp", "listing", "textarea")
"""Elements whose line ends are as they stand."""
_EMPTY = ("br", "hr", "img", "input", "meta", "link", "col", "wbr", "area", "base")
_NOT_SHOWN = re.compile(
    r"\bstyle\s*=[^>]{0,900}?(?:\bdisplay\s*:\s*none|\bmax-height\s*:\s*0(?!\.?[1-9]))"
    r"|(?:<[\w:-]{1,20}|[\"'])\s{1,20}hidden(?=[\s>/=])",
    re.IGNORECASE,
)
_SHORTEST = len("<p hidden>")
_SIGN = re.compile(r"""\balt\s*=\s*["']?([^\x00-\x7f]{1,8})["']?[\s/>]""")
"""The text for a picture of one sign, which is how clients send emoji."""

_SPACE = re.compile(r"\s+")
_WIDE_SPACE = re.compile(r"[ \t\xa0]+")
_NO_WIDTH = re.compile(
    r"[\u00ad\u034f\u200b\u2060\ufeff]|[\u200c\u200d](?=[\s\u200c\u200d]|$)|(?<=\s)[\u200c\u200d]"
)
"""What nobody sees: hyphens that only may be, and what mailings fill the preview of a mail with."""
_CONTROL = re.compile(r"&#(?:0{0,9}(?:11|28|29|30|31)|[xX]0{0,9}(?:[bB]|1[c-fC-F]))(?![0-9a-fA-F]);?")
"""References to characters that part words. HTML has no such characters: `unescape` would join the words."""


def text_of(markup: str) -> str:
    """The visible text, with each block on a line of its own. Takes any text, and never raises."""
    markup = markup[:MAX_HTML]
    shown = _Text(markup, hide=True)
    text = shown.read()
    return _Text(markup, hide=False).read() if shown.has_hidden and not text else text


class _Text:
    """One reading of a piece of HTML. `hide`: without what a style hides."""

    def __init__(self, markup: str, hide: bool) -> None:
        self._markup = markup
        self._hide = hide
        self.has_hidden = False
        self._endless = set[str]()

    def read(self) -> str:
        markup, pieces, place, formatted = self._markup, list[str](), 0, 0
        for _ in range(_MAX_TAGS):
            found = _START.search(markup, place)
            start = found.start() if found else len(markup)
            words = markup[place:start]
            pieces.append(words if formatted else _SPACE.sub(" ", words))
            if not found or place >= len(markup):
                break
            name, place = _tag(markup, start)
            closes = markup.startswith("/", start + 1)
            if name == "<":
                pieces.append(name)
            elif name in ("td", "th"):
                pieces.append(" ")
            elif name == "img":
                if sign := _SIGN.search(markup, start, place):
                    pieces.append(sign[1])
            elif _BLOCK.fullmatch(name):
                pieces.append("\n- " if name == "li" and not closes else "\n")
            if name in _FORMATTED:
                formatted = max(0, formatted - 1) if closes else formatted + 1
            if not closes:
                place = self._behind_unseen(name, start, place)
        words = _NO_WIDTH.sub("", html.unescape(_CONTROL.sub(" ", "".join(pieces))))
        lines = (_WIDE_SPACE.sub(" ", line).strip() for line in words.split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def _behind_unseen(self, name: str, start: int, place: int) -> int:
        """The place behind the element whose tag stands from `start` to `place`, where nobody sees it; else
        `place`."""
        if name not in _UNSEEN and not self._is_hidden(name, start, place):
            return place
        markup = self._markup
        if markup.startswith("/>", place - 2) or name in self._endless or len(self._endless) > _MAX_ENDLESS:
            return place
        depth = 1
        for tag in re.compile(rf"<(/?){re.escape(name)}\b[^<>]*>", re.IGNORECASE).finditer(markup, place):
            if tag[1]:
                depth -= 1
            elif name not in _UNSEEN and not tag[0].endswith("/>"):
                depth += 1
            if not depth:
                self.has_hidden = True
                return tag.end()
        self._endless.add(name)
        return place

    def _is_hidden(self, name: str, start: int, place: int) -> bool:
        if not self._hide or place - start < _SHORTEST or name in _EMPTY:
            return False
        return _NOT_SHOWN.search(self._markup, start, min(place, start + _MAX_STYLED)) is not None


def _tag(markup: str, start: int) -> tuple[str, int]:
    """The name of the tag at `start` (empty for a comment or a declaration, "<" where no tag begins there),
    and the position behind it."""
    if markup.startswith("<!--", start):
        end = _COMMENT_END.search(markup, start + 2)
        return "", end.end() if end else _behind(markup, ">", start)
    if markup[start + 1 : start + 2] in ("!", "?"):
        return "", _behind(markup, ">", start)
    if _NO_TAG.match(markup, start):
        return "<", start + 1
    if tag := _TAG.match(markup, start, start + _MAX_TAG):
        return tag[1].lower(), tag.end()
    if named := _NAME.match(markup, start):
        return named[1].lower(), _behind(markup, ">", start)
    return "<", start + 1


def _behind(markup: str, end: str, start: int) -> int:
    found = markup.find(end, start)
    return len(markup) if found < 0 else found + len(end)
