"""What customers write on Acme, by webhook.

FILL_IN: the address of the page on which the provider describes its webhooks

To set it up, enter the connection's address there, and the connection's secret.
FILL_IN: where in the provider's own settings this is done
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from triggeriq import (
    JSON,
    App,
    Author,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    Item,
    Received,
    Request,
    Scheme,
    Source,
    Unreadable,
    hookimpl,
)
from triggeriq.payload import at, identifier, milliseconds, moment, name, parse_object, rating, text


@dataclass(frozen=True, slots=True, kw_only=True)
class AcmeSettings:
    """What differs between connections and is no secret."""

    # FILL_IN: the settings that its connections need; or leave out the class, and the lines that use it
    product: str = field(default="", metadata={"max_length": 100})
    """The product that is spoken of; empty: nobody says it."""


class Acme(Source):
    """An event is named by the review and the time of its last edit."""

    name = "acme"
    title = "Acme"
    settings = AcmeSettings
    # FILL_IN: the header that proves a request, what stands before the signature, and how it is written
    verification = (
        Scheme(
            header="x-acme-signature",
            prefix="sha256=",
            algorithm="sha256",
            encoding="hex",
        ),
    )

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        body = parse_object(request.body)
        if not _is_review(body):
            return Ignore("no review")
        edited = moment(body.get("edited_at"))
        return Events(Event(f"{_id(body)}@{milliseconds(edited)}", edited))

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        body = parse_object(received.body)
        if not _is_review(body):
            yield Ignore("no review")
            return
        product = connection.settings.product if connection.settings else ""
        # FILL_IN: what the provider calls the fields of a review
        yield Feedback(
            external_id=_id(body),
            version=milliseconds(moment(body.get("edited_at"))),
            kind="review",
            title=name(body.get("title")),
            text=text(body.get("text")) or "",
            rating=rating(body.get("stars")),
            author=Author(id=name(at(body, "author", "id")), name=name(at(body, "author", "name"))),
            created_at=moment(body.get("created_at")),
            url=name(body.get("url")),
            app=App(id=product or None),
        )


def _is_review(body: dict[str, JSON]) -> bool:
    # FILL_IN: the events that hold a customer's words
    return body.get("event") in ("review.created", "review.edited")


def _id(body: dict[str, JSON]) -> str:
    found = identifier(body.get("id"))
    if found is None:
        raise Unreadable("id: there is none")
    return found


@hookimpl
def register_sources(register: Any) -> None:
    register(Acme)
