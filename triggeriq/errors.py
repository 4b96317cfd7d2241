"""What a plugin raises to refuse something. Anything else that it raises counts as its own failure."""

from __future__ import annotations

from typing import Literal

Reason = Literal["missing", "malformed", "stale", "mismatch"]


class NotVerified(Exception):
    """The request does not come from the sender that it claims. The sender gets 401 and this reason, no more.

    missing: no signature, or the connection has no secret to check it with. malformed: not of the
    scheme's form. stale: signed too long ago or ahead of time. mismatch: signed with another
    secret, or the bytes were changed.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class InvalidSetting(ValueError):
    """A setting that can't be. An admin who stores it gets 400 with the message and the field's name.

    The message says what is wrong and what is allowed.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
        """Its name within the settings, dotted: "fields.text"; "" where several contradict each other."""


class Unreadable(Exception):
    """A genuine payload that can't be understood. The core keeps its bytes in the quarantine.

    The message says what is wrong and where, for the operator; it must not quote the payload at
    length.
    """
