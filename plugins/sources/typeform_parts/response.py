"""A response to a form as feedback: which of its answers is what.

https://www.typeform.com/developers/webhooks/example-payload/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plugins.sources.typeform_parts.answers import SCALES, Answer, answers_of
from triggeriq import App, Attachment, Author, Feedback, Ignore, Unreadable
from triggeriq.payload import at, identifier, milliseconds, moment, name
from triggeriq.shape import ALIASES
from triggeriq.values import JSON

if TYPE_CHECKING:
    from plugins.sources.typeform import TypeformSettings

_TAKEN = ("form_response", "form_response_partial")
_SAYING = ("text", "choice", "choices", "boolean", "number", "date")
"""Types of answers that tell what somebody thinks, not who he is."""
_ASKING = ("?", "\uff1f", "\u061f")
"""How a question ends, in Chinese, Japanese and Arabic, too."""
_TIMES = ("submitted_at", "staged_at", "landed_at")


def response_of(body: dict[str, Any], settings: TypeformSettings) -> Feedback | Ignore:
    """The feedback that a delivery holds, or why it holds none. Raises Unreadable."""
    kind = (name(body.get("event_type")) or "").casefold()
    if kind not in _TAKEN:
        return Ignore(f"{kind[:100] or 'an event without a type'} holds no feedback")
    response = body.get("form_response")
    token = identifier(at(response, "token")) or identifier(at(response, "response_id"))
    if token is None:
        raise Unreadable("form_response.token: there is none")
    answers = list(answers_of(response))
    reading = _Reading(answers, settings)
    words = reading.words()
    if words is None and reading.stars is None:
        return Ignore("a response without answers")
    hidden = at(response, "hidden")
    said_at = next((found for key in _TIMES if (found := moment(at(response, key)))), None)
    return Feedback(
        external_id=token,
        version=milliseconds(said_at),
        kind="survey",
        title=_title(response),
        text=words or "",
        quoted=reading.questions(),
        rating=reading.stars,
        language=_hidden(hidden, "language"),
        author=Author(
            id=_hidden(hidden, "author.id"),
            name=reading.name() or _hidden(hidden, "author.name") or name(at(hidden, "name")),
            email=reading.email() or _hidden(hidden, "author.email"),
        ),
        created_at=said_at,
        url=name(at(response, "response_url")),
        app=App(id=_hidden(hidden, "app.id"), version=_hidden(hidden, "app.version")),
        thread=_hidden(hidden, "thread"),
        attachments=tuple(Attachment(name=answer.file) for answer in answers if answer.file),
        attributes=_attributes(response, reading, is_partial=kind != "form_response"),
    )


def _title(response: JSON) -> str | None:
    """The form's. One that asks would have what is answered classified as a question."""
    title = name(at(response, "definition", "title"))
    return None if title is None or title.endswith(_ASKING) else title


class _Reading:
    """Which answer is what, by the settings."""

    def __init__(self, answers: Sequence[Answer], settings: TypeformSettings) -> None:
        self.answers, self._settings = answers, settings
        self._naming = self._named(settings.name) or [one for one in answers if one.asks_for_a_name]
        naming, wanted = set(map(id, self._naming)), set(settings.text)
        if wanted:
            self._told = [one for one in answers if wanted & one.names and one.written]
        else:
            self._told = [one for one in answers if one.words and id(one) not in naming]
        scales = self._named(settings.rating) or [
            one for kind in SCALES for one in answers if one.kind == kind
        ]
        self.stars = scales[0].stars(settings.ends()) if scales else None
        if not self._told and self.stars is None:
            self._told = [
                one for one in answers if one.type in _SAYING and one.written and id(one) not in naming
            ]

    def _named(self, question: str) -> list[Answer]:
        return [answer for answer in self.answers if question in answer.names] if question else []

    def words(self) -> str | None:
        """The answers alone: with the questions among them, most of what people say would be classified as
        a question, or by the wording of the form."""
        return "\n\n".join(answer.written or "" for answer in self._told) or None

    def questions(self) -> str:
        """Those that were answered with these words, in their order."""
        return "\n".join(answer.question for answer in self._told if answer.question)

    def name(self) -> str | None:
        """First and last name are two questions."""
        return " ".join(found for answer in self._naming if (found := name(answer.shown))) or None

    def email(self) -> str | None:
        asking = self._named(self._settings.email) or [one for one in self.answers if one.type == "email"]
        return name(asking[0].shown) if asking else None

    def others(self) -> dict[str, JSON]:
        """What else was answered, by question."""
        told = set(map(id, self._told))
        return {
            one.question or min(one.names, default=one.kind): one.shown
            for one in self.answers
            if id(one) not in told and not one.file and one.shown not in (None, "", [])
        }


def _hidden(hidden: JSON, part: str) -> str | None:
    """What a hidden field holds that is called as the default shape calls this part."""
    found = (name(at(hidden, *path.split("."))) for path in ALIASES[part])
    return next((one for one in found if one), None)


def _attributes(response: JSON, reading: _Reading, *, is_partial: bool) -> dict[str, JSON]:
    hidden, variables = at(response, "hidden"), at(response, "variables")
    facts: dict[str, JSON] = {
        "form": name(at(response, "definition", "title")),
        "form_id": name(at(response, "form_id")),
        "partial": is_partial or None,
        "answers": reading.others() or None,
        "score": at(response, "calculated", "score"),
        "variables": _variables(variables) or None,
        "ending": name(at(response, "ending", "ref")) or name(at(response, "ending", "id")),
        "hidden": hidden if isinstance(hidden, dict) and hidden else None,
    }
    return {key: value for key, value in facts.items() if value is not None}


def _variables(variables: JSON) -> dict[str, JSON]:
    found: dict[str, JSON] = {}
    for one in variables if isinstance(variables, list) else ():
        kind = name(at(one, "type"))
        if (key := name(at(one, "key"))) and kind:
            found[key] = at(one, kind)
    return found
