"""The contract between TriggerIQ and its plugins: everything that a plugin imports is here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from triggeriq.errors import InvalidSetting, NotVerified, Unreadable
from triggeriq.hookspecs import hookimpl
from triggeriq.values import (
    JSON,
    App,
    AttachedFile,
    Attachment,
    Author,
    Bad,
    Connection,
    Event,
    Events,
    Feedback,
    FileHint,
    Handled,
    Ignore,
    Item,
    Nothing,
    Received,
    Reply,
    Request,
)

if TYPE_CHECKING:
    from triggeriq.notices import Answered, Redacted, Released
    from triggeriq.polling import Answer, Http, Polled, PollFailed
    from triggeriq.scheme import Scheme
    from triggeriq.source import Source
    from triggeriq.verdicts import Draft, PriorityRule, Review, Verdict, Verdicts
    from triggeriq.verification import Verified

_LATER = {
    "Answer": "polling",
    "Answered": "notices",
    "Draft": "verdicts",
    "Http": "polling",
    "PollFailed": "polling",
    "Polled": "polling",
    "PriorityRule": "verdicts",
    "Redacted": "notices",
    "Released": "notices",
    "Review": "verdicts",
    "Scheme": "scheme",
    "Source": "source",
    "Verdict": "verdicts",
    "Verdicts": "verdicts",
    "Verified": "verification",
}
"""Names that only some functions need, and their modules: a start pays for those that it asks for."""


def __getattr__(name: str) -> Any:
    """A name of `_LATER`, when it is first asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    return found


__all__ = [
    "JSON",
    "Answer",
    "Answered",
    "App",
    "AttachedFile",
    "Attachment",
    "Author",
    "Bad",
    "Connection",
    "Draft",
    "Event",
    "Events",
    "Feedback",
    "FileHint",
    "Handled",
    "Http",
    "Ignore",
    "InvalidSetting",
    "Item",
    "NotVerified",
    "Nothing",
    "PollFailed",
    "Polled",
    "PriorityRule",
    "Received",
    "Redacted",
    "Released",
    "Reply",
    "Request",
    "Review",
    "Scheme",
    "Source",
    "Unreadable",
    "Verdict",
    "Verdicts",
    "Verified",
    "hookimpl",
]
