"""A message for an incoming webhook of Slack.

What customers wrote is sent as `plain_text`, which Slack doesn't format, and escaped as it wants all text:
https://docs.slack.dev/messaging/formatting-message-text
https://docs.slack.dev/reference/block-kit/composition-objects/text-object (3,000 characters)
https://docs.slack.dev/reference/block-kit/blocks/section-block (10 fields of 2,000)
"""

from __future__ import annotations

from typing import Any

from chalicelib.domain.delivery.chat_message import ChatMessage

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def slack_message(message: ChatMessage) -> dict[str, Any]:
    """The JSON that is posted."""
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(message.headline)}]
    if message.title:
        blocks.append({"type": "section", "text": _plain(message.title)})
    if message.facts:
        fields = [_plain(f"{name}: {value}") for name, value in message.facts]
        blocks.append({"type": "section", "fields": fields})
    if message.link:
        opened = {"type": "mrkdwn", "text": f"<{message.link}|Open it>", "verbatim": True}
        blocks.append({"type": "section", "text": opened})
    notice = ": ".join(filter(None, (message.headline, message.title)))  # where blocks can't be shown
    return {"text": _escaped(notice), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": _escaped(text), "emoji": False}


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)
