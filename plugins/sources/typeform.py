"""Typeform: what people answer in a form.

https://www.typeform.com/developers/webhooks/
https://www.typeform.com/developers/webhooks/secure-your-webhooks/
https://www.typeform.com/developers/webhooks/example-payload/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from triggeriq import (
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
    hookimpl,
)
from triggeriq.payload import digest, identifier, parse_object

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
    # Here, for it is much code, and each function loads all sources
    from plugins.sources.typeform_parts.response import response_of

    return response_of(body, connection.settings or TypeformSettings())


@hookimpl
def register_sources(register: Any) -> None:
    register(Typeform)
