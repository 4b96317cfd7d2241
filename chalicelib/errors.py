"""Everything that can go wrong with what comes in, in one tree.

    TriggerIQError
    ├── Refused             the sender must change the request   → HTTP 4xx, by STATUS
    │   ├── Invalid         a field is wrong; names it                     400
    │   │   └── InvalidShape    several may be; names each
    │   ├── Unauthorised    no proof of who sends it, or one that fails    401
    │   ├── Forbidden       known, and not allowed                         403
    │   ├── NotFound                                                       404
    │   ├── WrongMethod     the address takes other methods                405
    │   ├── Conflict        it cannot be done as things stand              409
    │   │   └── UnderWay        its first try is not answered yet
    │   ├── Stale           If-Match named a version that is gone          412
    │   ├── TooLarge                                                       413
    │   ├── WrongType       the route does not take the content type       415
    │   ├── Reused          an Idempotency-Key came with another request   422
    │   └── NotUnderstood   it is genuine, but can't be read               422
    ├── Unreadable          a message that never will be readable          → quarantine, acknowledge
    │   └── PluginFailed    a plugin raised or overran its time            → quarantine with its name
    ├── Poison              ours: this record makes the code fail          → retried, then the DLQ
    │   └── Busy            another invocation works on it                 → retried when that is over
    └── Unavailable         a dependency is down                           → parked; HTTP 503
        └── Unconfigured    a connection's settings are no longer valid    → the same, for it alone

STATUS says what a sender gets; REACTION says what a queue does. No other place decides either.
"""

from __future__ import annotations


class TriggerIQError(Exception):
    """The root; never raised itself. The message says what happened and what to do about it."""


class Refused(TriggerIQError):
    """The sender must change the request."""


class Invalid(Refused):
    """A value of the request is wrong. field: its name, as the sender wrote it."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class InvalidShape(Invalid):
    """The body or the query does not fit its shape. errors: {"field", "message"} for each fault; `field` is
    that of the first."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(
            "; ".join(f"{e['field'] or 'body'}: {e['message']}" for e in errors[:5]), errors[0]["field"]
        )
        self.errors = errors


class Unauthorised(Refused):
    """The caller sent no proof of who he is, or one that fails. reason: missing, malformed, stale or
    mismatch. detail: what is wrong with it, and what to do; "" where the reason says it all. It may be shown
    to anybody."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


class Forbidden(Refused):
    """The caller is known, but lacks the right that the route asks for."""


class NotFound(Refused):
    """There is no such thing."""


class WrongMethod(Refused):
    """The address does not take the method. allowed: those that it takes."""

    def __init__(self, message: str, allowed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.allowed = allowed


class Conflict(Refused):
    """It can't be done as things stand."""


class UnderWay(Conflict):
    """The same request, by its Idempotency-Key, is being answered. seconds: until that is over, at the
    latest."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"the first request with this Idempotency-Key is not answered yet; in {seconds} s it is"
        )
        self.seconds = seconds


class Reused(Refused):
    """The Idempotency-Key came with another request before."""

    def __init__(self) -> None:
        super().__init__(
            "the Idempotency-Key came with another request in the last 24 hours; make a new one for each"
        )


class Stale(Refused):
    """If-Match named a version that is no longer the current one."""


class TooLarge(Refused):
    """The body exceeds the limit."""


class WrongType(Refused):
    """The route or the source does not take the content type."""


class NotUnderstood(Refused):
    """The request is genuine, but can't be read. kept: the id under which the quarantine keeps its bytes, if
    it does."""

    def __init__(self, message: str, kept: str = "") -> None:
        super().__init__(message)
        self.kept = kept


class Unreadable(TriggerIQError):
    """A message that no retry makes readable: it goes to the quarantine and is acknowledged."""


class PluginFailed(Unreadable):
    """A source plugin raised or overran its time. by: "plugin/version"."""

    def __init__(self, by: str, message: str) -> None:
        super().__init__(message)
        self.by = by


class Poison(TriggerIQError):
    """Our code fails on this record: it is tried again with growing pauses, then dead-lettered."""


class Busy(Poison):
    """Another invocation holds the claim. seconds: until it expires, at the latest."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Unavailable(TriggerIQError):
    """A dependency is down or overloaded. dependency: its name ("postgres", "s3", …)."""

    def __init__(self, dependency: str, message: str) -> None:
        super().__init__(f"{dependency}: {message}")
        self.dependency = dependency


class Unconfigured(Unavailable):
    """The source no longer accepts the settings that a connection has: an admin must configure it anew. Other
    connections are not affected."""


STATUS: dict[type[TriggerIQError], int] = {
    Invalid: 400,
    Unauthorised: 401,
    Forbidden: 403,
    NotFound: 404,
    WrongMethod: 405,
    Conflict: 409,
    Stale: 412,
    TooLarge: 413,
    WrongType: 415,
    Reused: 422,
    NotUnderstood: 422,
    Unreadable: 422,
    Unavailable: 503,
}
"""The HTTP status that a sender gets; anything else is a 500 and a defect of ours."""

REACTION: dict[type[TriggerIQError], str] = {
    Unreadable: "quarantine",
    Unavailable: "park",
    Poison: "retry",
}
"""What a queue does with the record; anything else is retried as Poison is."""


def status_of(error: BaseException) -> int:
    """The HTTP status of an error; 500 for one that the table does not know."""
    return next((STATUS[cls] for cls in type(error).__mro__ if cls in STATUS), 500)


def is_outage(error: BaseException | None) -> bool:
    """Whether a dependency is down for everybody, so that the next record which needs it would fail too."""
    return isinstance(error, Unavailable) and not isinstance(error, Unconfigured)


def loggable(error: BaseException) -> str:
    """What a log line may say of an error. The message of Unavailable quotes no customer, so it is logged.
    Any other message may quote one: of that error the log names the class, and the message is kept only in
    the quarantine and in the list of failures."""
    return str(error) if isinstance(error, Unavailable) else type(error).__name__


def reaction_to(error: BaseException) -> str:
    """What a queue does about an error: "quarantine", "park" or "retry"."""
    return next((REACTION[cls] for cls in type(error).__mro__ if cls in REACTION), "retry")
