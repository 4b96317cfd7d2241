"""A message for a webhook or a workflow of Microsoft Teams: an Adaptive Card of at most 28 KB.

https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook

A TextBlock is always read as Markdown, and a backslash does not help on phones, where it is shown
(https://github.com/microsoft/AdaptiveCards/issues/5590). The runs of a RichTextBlock are never read so:
https://adaptivecards.io/explorer/TextRun.html
"""

from __future__ import annotations

from typing import Any

from chalicelib.domain.delivery.chat_message import ChatMessage


def teams_message(message: ChatMessage) -> dict[str, Any]:
    """The JSON that is posted."""
    body = [_text(_run(message.headline, weight="bolder", size="medium"))]
    if message.title:
        body.append(_text(_run(message.title)))
    body += [_text(_run(f"{name}: ", isSubtle=True), _run(value)) for name, value in message.facts]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if message.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open it", "url": message.link}]
    content_type = "application/vnd.microsoft.card.adaptive"
    attachment = {"contentType": content_type, "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _text(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "TextRun", "text": text, **style}
