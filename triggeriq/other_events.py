"""Events of partners who send all that happens in their system, not only what people said."""

from __future__ import annotations

import re
from collections.abc import Mapping

from triggeriq.errors import Unreadable
from triggeriq.shape import Shape
from triggeriq.values import JSON, Feedback, Ignore

_SPEAKS = (
    "answer bug case chat comment complaint conversation csat email feature feedback form idea"
    " incident inquiry issue mail message note nps opinion post problem question rating replies reply request"
    " response review score submission suggestion support survey testimonial thread ticket"
)
"""How the words begin of an event's name that should hold feedback."""
_WORDLESS = (
    "archived assigned attempt bounced clicked closed complained converted deferred delayed delivered deleted"
    " dropped failed merged read removed reopened resolved scheduled seen sent snoozed solved status tagged"
    " unassigned unsubscribed untagged"
)
"""What happens to feedback without a word being said."""
_ALONE = frozenset(("heartbeat", "ping", "test", "subscribe", "unsubscribe", "upemail", "cleaned"))
"""Names of one word of events that only try the address, or tell of a list of addresses."""
_NAMES = ("type", "event_type", "eventType", "event_name", "event", "topic")
_NAMES_WITHIN = ("eventName", "event_name", "eventType", "event_type")
"""Where the body has its facts apart, in `meta`."""


def told(shape: Shape, item: Mapping[str, JSON], external_id: str, *, of: JSON) -> Feedback | Ignore:
    """As `shape.feedback`, but an Ignore where the item holds none, or a title alone, and the event around it
    (`of`) is of another kind: who is told 422 for each new user of his soon sends nothing any more, and the
    subject of a mail that was delivered is none of its reader's words. Raises Unreadable."""
    try:
        found = shape.feedback(item, external_id)
    except Unreadable:
        if ignored := of_another_kind(of):
            return ignored
        raise
    says_nothing = not found.text and found.rating is None
    return (of_another_kind(of) or found) if says_nothing else found


def of_another_kind(event: JSON) -> Ignore | None:
    """Why an event without feedback may be ignored: it has a name, such as "user.created",
    "comment.deleted" or "ping", that claims none. None: it has no such name."""
    kind = _name_of(event)
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower())
    if " " in kind:  # "Summer Fair": what was spoken of, it may be
        return None
    if len(words) < 2 and _ALONE.isdisjoint(words):  # "bug": what it is about, and no event
        return None
    speaks = any(word.startswith(tuple(_SPEAKS.split())) and word != "mailing" for word in words)
    wordless = not set(_WORDLESS.split()).isdisjoint(words) or words == ["email", "opened"]
    return None if speaks and not wordless else Ignore(f"{kind} holds no feedback")


def _name_of(event: JSON) -> str:
    """The event's name; "" where it has none. Some tell in two words what happened to what."""
    if not isinstance(event, Mapping):
        return ""
    meta = event.get("meta")
    named = [
        *(event.get(key) for key in _NAMES),
        *(meta.get(key) for key in _NAMES_WITHIN if isinstance(meta, Mapping)),
    ]
    if isinstance(what := event.get("object_type"), str) and isinstance(met := event.get("metric"), str):
        named.append(f"{what}.{met}")
    return next((found for found in named if isinstance(found, str)), "").strip()[:100]
