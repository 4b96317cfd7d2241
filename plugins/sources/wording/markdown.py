"""Markdown as GitHub shows it: https://docs.github.com/en/get-started/writing-on-github"""

from __future__ import annotations

import re

_FENCE_OR_COMMENT = re.compile(r"^ {0,3}(`{3,}|~{3,})|<!--", re.MULTILINE)
_GAP = re.compile(r"\n(?:[ \t]*\n){2,}")


def without_comments(written: str | None) -> str | None:
    """The text without the comments in HTML by which a template guides its reader; None where nothing is
    left. Those within a block of code are shown, and one without end hides nothing."""
    if written is None or "<!--" not in written:
        return written
    shown, place, start, fence = list[str](), 0, 0, ""
    while mark := _FENCE_OR_COMMENT.search(written, start):
        start = mark.end()
        if mark[1]:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif not fence:
            end = written.find("-->", start)
            if end < 0:
                break
            shown.append(written[place : mark.start()])
            place = start = end + len("-->")
    shown.append(written[place:])
    return _GAP.sub("\n\n", "".join(shown)).strip() or None
