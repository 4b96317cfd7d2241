"""The contract that plugins are written against: a name more is a promise, a name less breaks somebody."""

from __future__ import annotations

import triggeriq

NAMES = [
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
    "JSON",
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


def test_the_contract_has_the_names_that_are_listed():
    assert sorted(triggeriq.__all__) == sorted(NAMES)


def test_every_name_is_there():
    for name in NAMES:
        assert getattr(triggeriq, name) is not None
