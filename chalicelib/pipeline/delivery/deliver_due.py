"""Deliver what is due: each minute, whatever no job brings to its endpoint.

    pending, due             a job is sent, and the row is looked at again in five minutes
    sending, due             its function ended in the middle: the attempt counts as cut off, and the next is due
    its breaker is open      the row is moved to when it is probed
    no subscription          the row ends as failed, or is held while that is paused or disabled

So a wait of hours needs no timer, and a crash anywhere leaves a row that is found here.
"""

from __future__ import annotations

import logging
from datetime import timedelta

log = logging.getLogger(__name__)

AT_ONCE = 1_000
"""Rows that are looked at together."""
GRACE = timedelta(seconds=10)
"""For how long what is due is left to the job that was sent for it."""
AGAIN = timedelta(minutes=5)
"""When a row is looked at again for which a job is sent now."""
PROBE = timedelta(minutes=1)
"""How long the rest of an endpoint waits while one attempt probes it."""
LEAST_SECONDS = 15.0
"""Of an invocation's time that must be left for more rows."""
FULL_LOOK = 5
"""In minutes divisible by this every endpoint is looked at, to tell how many fail."""
