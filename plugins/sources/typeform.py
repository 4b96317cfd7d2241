"""Typeform: what people answer in a form. Its answers are taken apart in `plugins/sources/forms/`.

https://www.typeform.com/developers/webhooks/
https://www.typeform.com/developers/webhooks/secure-your-webhooks/
https://www.typeform.com/developers/webhooks/example-payload/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugins.sources.forms.answers import SCALES, Answer, answers_of
from triggeriq import (
    App,
    Attachment,
    Author,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    InvalidSetting,
    Item,
    Received,
    Request,
    Scheme,
    Source,
    Unreadable,
    hookimpl,
)
from triggeriq.payload import at, digest, identifier, milliseconds, moment, name, parse_object
from triggeriq.shape import ALIASES
from triggeriq.values import JSON

_TAKEN = ("form_response", "form_response_partial")
_SAYING = ("text", "choice", "choices", "boolean", "number", "date")
"""Types of answers that tell what somebody thinks, not who he is."""
_ASKING = ("?", "\uff1f", "\u061f")
"""How a question ends, in Chinese, Japanese and Arabic, too."""
_TIMES = ("submitted_at", "staged_at", "landed_at")
_SCALE = re.compile(r"(-?[0-9]{1,3})-([0-9]{1,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeformSettings:
    """The connection's secret is the one that you put into the form's webhook. Questions are named here by
    their ref, or by their id; both stand in a delivery, as `POST /sources/typeform/preview` shows it."""

    text: tuple[str, ...] = field(default=(), metadata={"max_length": 100})
    """The questions whose answers are the feedback's words, such as ["what_went_wrong"]. Empty: all that are
    answered in one's own words, but for a question for a name."""
    rating: str = field(default="", metadata={"max_length": 200})
    """The question whose answer is the rating. Empty: the first rating; without one the first NPS, else the
    first opinion scale."""
    scale: str = field(default="", metadata={"max_length": 10})
    """The ends of the rating's scale, such as "1-7": 1 + 4 * (answer - low) / (high - low) makes 1 to 5 stars
    of it. Empty: 1-5 for a rating, 0-10 for NPS and opinion scales, as Typeform has them at first; a delivery
    does not tell how many steps there are."""
    email: str = field(default="", metadata={"max_length": 200})
    """The question whose answer is the author's address. Empty: the first that asks for an address, else the
    hidden field `email`."""
    name: str = field(default="", metadata={"max_length": 200})
    """The question whose answer is the author's name. Empty: those that ask for a name in English ("What's
    your first name?"), else the hidden field `name`."""

    def __post_init__(self) -> None:
        self.ends()

    def ends(self) -> tuple[float, float] | None:
        """The ends of the scale; None where none is named. Raises InvalidSetting."""
        if not self.scale:
            return None
        found = _SCALE.fullmatch(self.scale)
        if found is None or int(found[1]) >= int(found[2]):
            raise InvalidSetting(f'{self.scale!r} is no scale such as "1-7"', "scale")
        return int(found[1]), int(found[2])


class Typeform(Source):
    """Answers to a form of Typeform, each response one feedback.

    In the form, Connect, Webhooks, add a webhook with this connection's address; edit it, and put a secret of
    your own making into it, the same that the connection gets: without a secret Typeform does not sign, and
    every delivery is refused. Then switch it on, for Typeform makes it switched off. "Send test request"
    sends a signed example with made-up answers, which becomes a ticket like any other;
    `POST /sources/typeform/preview` makes none.

    Taken: responses (`form_response`), and partial ones (`form_response_partial`) where the webhook sends
    them: the complete one is their newer version. The words are the answers to open questions, with a blank
    line between them; their questions are shown as what they quote, and nothing is classified by those. Where
    there is no open answer and no rating, the other answers are the words. The title is the form's, unless it
    is a question. A rating becomes 1 to 5 stars, by the setting `scale`; NPS counts as 0 to 10, so that 0 is
    1 star, 6 is 3.4 and 9 is 4.6. The author is who the answers or the hidden fields name (`email`, `name`,
    `user_id`); of hidden fields `language`, `app_id`, `app_version` and `thread` count, too. The other
    answers, hidden fields, variables, score and ending are kept in the attributes, and of files their names.

    Not taken: the files themselves; numbers of cards. A response can't be edited, and Typeform does not tell
    when one is deleted.

    Typeform signs no time, so nothing but the id of the event tells a delivery from a copy of it: a copy is
    dropped as a repeat for 72 hours, and makes no second ticket afterwards. After an answer of 404 or 410
    Typeform switches the webhook off, so make the connection before it.
    """

    # An event is named by its own id, a response by its token.

    name = "typeform"
    title = "Typeform"
    verification = (Scheme(header="typeform-signature", prefix="sha256=", encoding="base64"),)
    settings = TypeformSettings

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        body = parse_object(request.body)
        found = _response(body, connection)
        if isinstance(found, Ignore):
            return found
        event_id = identifier(body.get("event_id")) or digest(request.body)
        return Events(Event(event_id, found.created_at))

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield _response(parse_object(received.body), connection)


def _response(body: dict[str, Any], connection: Connection) -> Feedback | Ignore:
    kind = (name(body.get("event_type")) or "").casefold()
    if kind not in _TAKEN:
        return Ignore(f"{kind[:100] or 'an event without a type'} holds no feedback")
    response = body.get("form_response")
    token = identifier(at(response, "token")) or identifier(at(response, "response_id"))
    if token is None:
        raise Unreadable("form_response.token: there is none")
    answers = list(answers_of(response))
    settings: TypeformSettings = connection.settings or TypeformSettings()
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


@hookimpl
def register_sources(register: Any) -> None:
    register(Typeform)
