"""The contract between TriggerIQ and its plugins: everything that a plugin imports is here."""

from triggeriq.errors import InvalidSetting, NotVerified, Unreadable
from triggeriq.hookspecs import hookimpl
from triggeriq.source import Source
from triggeriq.values import (
    JSON,
    App,
    Author,
    Bad,
    Connection,
    Draft,
    Event,
    Events,
    Feedback,
    FileHint,
    Ignore,
    Item,
    PriorityRule,
    Received,
    Reply,
    Request,
    Review,
    Verdict,
    Verdicts,
)
from triggeriq.verification import Scheme, Verified

__all__ = [
    "JSON",
    "App",
    "Author",
    "Bad",
    "Connection",
    "Draft",
    "Event",
    "Events",
    "Feedback",
    "FileHint",
    "Ignore",
    "InvalidSetting",
    "Item",
    "NotVerified",
    "PriorityRule",
    "Received",
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
