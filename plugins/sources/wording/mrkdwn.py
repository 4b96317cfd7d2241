"""Slack's mrkdwn and blocks as plain text.

https://docs.slack.dev/messaging/formatting-message-text
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

import re

from triggeriq import JSON
from triggeriq.payload import at, name, text

_MARK = re.compile(r"<([^<>\n]{1,4000})>")
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
"""All that Slack escapes, the ampersand last."""


def plain(written: str) -> str:
    """What mrkdwn shows, with the signs for bold and the like as they were typed."""
    shown = _MARK.sub(_shown, written) if "<" in written else written
    if "&" in shown:
        for escape, sign in _ESCAPED:
            shown = shown.replace(escape, sign)
    return shown


def _shown(mark: re.Match[str]) -> str:
    target, _, label = mark[1].partition("|")
    sign, rest = target[:1], target[1:]
    if sign in ("@", "#"):
        return sign + (label.removeprefix(sign) or rest)
    if sign == "!":  # <!here>, <!subteam^S1|@team>, <!date^1392734382^{date}|18 February>
        return label or "@" + rest.partition("^")[0]
    return _link(target, label) if ":" in target else mark[0]


def _link(address: str, label: str) -> str:
    short = address.removeprefix("mailto:").removeprefix("tel:")
    if not label or label == short:
        return short
    return label if address.endswith(f"//{label}") else f"{label} ({short})"


def words_of(message: JSON) -> str | None:
    """The text of a message; where it has none that of its blocks, or of the message that it passes on."""
    written = text(at(message, "text"))
    if written is not None:
        return text(plain(written))
    return text(of_blocks(at(message, "blocks"))) or text("\n\n".join(_passed_on(at(message, "attachments"))))


def _passed_on(attachments: JSON) -> list[str]:
    found = []
    for one in _list(attachments):
        written = text(at(one, "text")) or text(at(one, "fallback"))
        if written is not None:
            found.append(plain(written))
    return found


def of_blocks(blocks: JSON) -> str:
    """The text of blocks, each on lines of its own."""
    return "\n".join(filter(None, map(_of_block, _list(blocks))))


def _of_block(block: JSON) -> str:
    kind = name(at(block, "type"))
    if kind == "rich_text":
        return "\n".join(map(_of_part, _list(at(block, "elements"))))
    if kind in ("section", "header"):
        return "\n".join(filter(None, map(_of_text, [at(block, "text"), *_list(at(block, "fields"))])))
    if kind == "context":
        return "\n".join(filter(None, map(_of_text, _list(at(block, "elements")))))
    return text(at(block, "text")) or "" if kind == "markdown" else ""


def _of_text(value: JSON) -> str:
    """A text object."""
    written = text(at(value, "text")) or ""
    return plain(written) if at(value, "type") == "mrkdwn" else written


def _of_part(part: JSON) -> str:
    """A paragraph, a list, a quotation or some code within rich text."""
    elements = _list(at(part, "elements"))
    if name(at(part, "type")) == "rich_text_list":
        return "\n".join(f"- {_of_part(item)}" for item in elements)
    return "".join(map(_of_element, elements))


def _of_element(element: JSON) -> str:
    kind = name(at(element, "type"))
    if kind == "text":
        return text(at(element, "text")) or str(at(element, "text") or "")
    if kind == "link":
        return _link(name(at(element, "url")) or "", name(at(element, "text")) or "")
    if kind == "date":
        return name(at(element, "fallback")) or ""
    sign, key, end = _NAMED.get(kind or "", ("", "", ""))
    found = name(at(element, key)) if key else None
    return f"{sign}{found}{end}" if found else ""


_NAMED = {
    "user": ("@", "user_id", ""),
    "channel": ("#", "channel_id", ""),
    "usergroup": ("@", "usergroup_id", ""),
    "broadcast": ("@", "range", ""),
    "emoji": (":", "name", ":"),
}


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
