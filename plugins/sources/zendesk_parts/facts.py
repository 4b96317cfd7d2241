"""What both kinds of Zendesk's webhooks say of a ticket, and how they say it."""

from __future__ import annotations

from triggeriq.payload import at, labels, name, rating
from triggeriq.values import JSON, Kind


def attributes(detail: JSON) -> dict[str, JSON]:
    """What Zendesk says of the ticket, in lower case, since accounts differ in their capitals."""
    facts: dict[str, JSON] = {
        key: value.casefold()
        for key in ("status", "priority", "type")
        if (value := name(at(detail, key))) is not None
    }
    if found := channel(detail):
        facts["channel"] = found
    if tags := labels(at(detail, "tags")):
        facts["tags"] = tags
    return facts


def channel(detail: JSON) -> str | None:
    """How the ticket came, such as "email" or "web_service"; triggers call it "Mail"."""
    return name(at(detail, "via", "channel")) or name(at(detail, "channel")) or name(at(detail, "via"))


def kind(detail: JSON) -> Kind:
    """By the channel through which the ticket came."""
    return "email" if (channel(detail) or "").casefold() in ("email", "mail") else "message"


def flag(value: JSON) -> bool | None:
    """True or false, as JSON or as text in any capitals; None for anything else."""
    return {"true": True, "false": False}.get(str(value).strip().casefold())


def is_same(one: str | None, other: str | None) -> bool:
    """Whether two texts have the same words, however they are spaced."""
    return one is not None and other is not None and one.split() == other.split()


def stars(score: JSON) -> float | None:
    """A satisfaction rating as 1 to 5 stars: "good" is 5, "bad" is 1, as it begins ("Good, I'm satisfied"); a
    number from 1 to 5, which surveys with a scale have, is itself."""
    word = (name(score) or "").casefold()
    if word.startswith(("good", "bad")):
        return 5.0 if word.startswith("good") else 1.0
    return rating(score)
