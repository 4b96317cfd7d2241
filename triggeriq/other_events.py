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
    "archived assigned attempt bounced clicked closed complained delayed delivered deleted failed merged"
    " read removed reopened resolved scheduled seen sent snoozed solved status tagged unassigned untagged"
)
"""What happens to feedback without a word being said."""
_PROBES = frozenset(("heartbeat", "ping", "test"))
"""Names of events that only try the address."""
_NAMES = ("type", "event_type", "eventType", "event_name", "event", "topic")


def told(shape: Shape, item: Mapping[str, JSON], external_id: str, *, of: JSON) -> Feedback | Ignore:
    """As `shape.feedback`, but an Ignore where the item holds none and the event around it (`of`) is of
    another kind: who is told 422 for each new user of his soon sends nothing any more. Raises Unreadable."""
    try:
        return shape.feedback(item, external_id)
    except Unreadable:
        if ignored := of_another_kind(of):
            return ignored
        raise


def of_another_kind(event: JSON) -> Ignore | None:
    """Why an event without feedback may be ignored: it has a name, such as "user.created",
    "comment.deleted" or "ping", that claims none. None: it has no such name."""
    if not isinstance(event, Mapping):
        return None
    kind = next((found for key in _NAMES if isinstance(found := event.get(key), str)), "").strip()[:100]
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower())
    if " " in kind:  # "Summer Fair": what was spoken of, it may be
        return None
    if len(words) < 2 and _PROBES.isdisjoint(words):  # "bug": what it is about, and no event
        return None
    speaks = any(word.startswith(tuple(_SPEAKS.split())) for word in words)
    if speaks and set(_WORDLESS.split()).isdisjoint(words):
        return None
    return Ignore(f"{kind} holds no feedback")
