"""What a plugin raises to say no. Anything else that it raises counts as its own failure."""

from __future__ import annotations

from typing import Literal

Reason = Literal["missing", "malformed", "stale", "mismatch"]


class NotVerified(Exception):
    """The request is not from whom it says. The sender gets 401 with this one word, no more.

    missing: no signature, or the connection has no secret to check it with. malformed: not of the
    scheme's form. stale: signed too long ago or ahead of time. mismatch: signed with another
    secret, or the bytes were changed.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Unreadable(Exception):
    """A genuine payload that can't be understood. The core keeps its bytes in the quarantine.

    The message says what is wrong and where, for the operator; it must not quote the payload at
    length.
    """
