"""How an endpoint is doing: who sends to it now, whether it may be sent to, and what is told of it.

Pure: each step takes the state as it stands and gives the state after it. The state is one row, which is
written only where nobody else wrote it in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What is known of a subscription's address."""

    subscription: str
    saves: int = 0
    """How often it was written; 0: never."""
    leases: Mapping[str, datetime] = field(default_factory=dict)
    """Who may send to it now, and until when."""
    paused_until: datetime | None = None
    """Until when it asked not to be sent to (Retry-After)."""
    open_until: datetime | None = None
    """Until when the breaker lets nothing through; then one attempt probes it."""
    opened: int = 0
    """How often in a row the breaker opened, by which the pause doubles."""
    timeouts: int = 0
    """In a row."""
    window_at: datetime | None = None
    """When the window of five minutes began in which attempts are counted."""
    window_attempts: int = 0
    window_failures: int = 0
    minute_at: datetime | None = None
    """When the minute began in which attempts are counted against the rate."""
    minute_attempts: int = 0
    succeeded_at: datetime | None = None
    """When it last took an event."""
    failing_since: datetime | None = None
    """The first failure since then."""
    failed_at: datetime | None = None
    """The last failure since then."""
    failures: int = 0
    """Attempts that failed since then."""
    told_days: int = 0
    """Of how many days of failure its owner was told."""
    exhausted_told_at: datetime | None = None
    """When its owner was last told that a delivery failed for good."""
