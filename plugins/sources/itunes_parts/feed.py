"""The entries of the feed, as its JSON has them: what stands in Atom's elements is under "label", what in
their attributes under "attributes"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from triggeriq.payload import at, identifier, milliseconds, moment, name, number, rating, text
from triggeriq.values import JSON, App, Author, Bad, Feedback, Ignore, Item

_PLACE = re.compile(r"//[^/]{1,100}/([a-z]{2})/")
"""The country in an address of Apple's."""
_PERSON = re.compile(r"/id([0-9]{1,20})$")


def feed_things(feed: JSON, where: str, app_id: str) -> Iterator[Item]:
    """The reviews of a feed, and of a document that holds one."""
    held = at(feed, "feed") if isinstance(feed, dict) and "feed" in feed else feed
    if not isinstance(held, dict):
        yield Bad(where, "no feed of reviews")
        return
    country = country_of(held)
    for place, entry in enumerate(_list(held.get("entry"))):
        yield review(entry, f"{where}.entry[{place}]", country, app_id)


def entries_of(feed: JSON) -> list[JSON]:
    """The reviews of a feed, without the app itself."""
    return [entry for entry in _list(at(feed, "entry")) if not _is_app(entry)]


def _list(value: JSON) -> list[JSON]:
    """A single thing is written without its array."""
    return value if isinstance(value, list) else [] if value is None else [value]


def country_of(feed: JSON) -> str:
    """Of which country's store a feed is; "" where it does not say."""
    told = (at(feed, "id"), at(feed, "author", "uri"))
    return next((place for one in told if (place := _country(_label(one)))), "")


def _country(address: str | None) -> str:
    found = _PLACE.search((address or "")[:500])
    return found[1] if found else ""


def _label(value: JSON) -> str | None:
    return text(at(value, "label")) if isinstance(value, dict) else text(value)


def id_of(entry: JSON) -> str | None:
    return identifier(_label(at(entry, "id")))


def age(entry: JSON) -> int:
    """The time of its last edit in milliseconds, or its id, which Apple counts up; 0 where it has neither."""
    known = number(id_of(entry)) or 0
    return milliseconds(moment(_label(at(entry, "updated")))) or int(known if known < 2**53 else 0)


def _is_app(entry: JSON) -> bool:
    return (
        isinstance(entry, dict) and "im:rating" not in entry and ("im:name" in entry or "im:artist" in entry)
    )


def review(entry: JSON, where: str, country: str, app_id: str) -> Item:
    """What an entry says. app_id: of an app that it does not name."""
    if _is_app(entry):
        return Ignore("the app itself, and no review")
    review_id = id_of(entry)
    if review_id is None:
        return Bad(where, "an entry without an id")
    content = next((one for one in _list(at(entry, "content")) if _is_plain(one)), None)
    title, words = name(_label(at(entry, "title"))), text(_label(content))
    stars = rating(_label(at(entry, "im:rating")))
    if title is None and words is None and stars is None:
        return Bad(where, "an entry without title, content and rating")
    updated = moment(_label(at(entry, "updated")))
    person = name(_label(at(entry, "author", "uri")))
    votes = {key: _count(entry, f"im:{key}") for key in ("voteCount", "voteSum")}
    place = country or _country(person)
    return Feedback(
        external_id=review_id,
        version=milliseconds(updated),
        kind="review",
        title=title,
        text=words or "",
        rating=stars,
        author=Author(id=_person(person), name=name(_label(at(entry, "author", "name")))),
        created_at=updated,
        app=App(id=_app(entry) or app_id or None, version=name(_label(at(entry, "im:version")))),
        thread=review_id,
        attributes={
            **({"territory": place} if place else {}),
            **{_VOTES[key]: count for key, count in votes.items() if count is not None},
        },
    )


_VOTES = {"voteCount": "votes", "voteSum": "helpful_votes"}


def _is_plain(content: JSON) -> bool:
    return at(content, "attributes", "type") in (None, "text")


def _count(entry: JSON, key: str) -> int | None:
    found = number(_label(at(entry, key)))
    return int(found) if found is not None and abs(found) < 10**9 else None


def _person(address: str | None) -> str | None:
    found = _PERSON.search((address or "")[:500])
    return found[1] if found else identifier(address)


def _app(entry: JSON) -> str | None:
    """The app's number in the link of a review (`…/review?id=1404176564&type=…`)."""
    for link in _list(at(entry, "link")):
        href = name(at(link, "attributes", "href")) or ""
        try:
            found = parse_qs(urlsplit(href[:2_000]).query, max_num_fields=20).get("id", [""])[0]
        except ValueError:
            continue
        if re.fullmatch("[0-9]{1,20}", found):
            return found
    return None
