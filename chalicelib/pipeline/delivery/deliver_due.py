"""Deliver what is due: each minute, whatever no job brings to its endpoint.

    pending, due             a job is sent, and the row is looked at again in five minutes
    sending, due             its function ended in the middle: the attempt counts as cut off, and the next is due
    its breaker is open      the row is moved to when it is probed
    no subscription          the row ends as failed, or is held while that is paused or disabled

So a wait of hours needs no timer, and a crash anywhere leaves a row that is found here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.delivery.address import shown
from chalicelib.domain.delivery.delivery import Attempt
from chalicelib.domain.delivery.endpoint import Endpoint, waits_until
from chalicelib.domain.delivery.outcome import CUT_OFF, next_step
from chalicelib.domain.delivery.subscription import Subscription
from chalicelib.pipeline.delivery.delivery_job import DeliveryJob
from chalicelib.pipeline.delivery.follow_endpoint import Attempted, FollowEndpoint
from chalicelib.pipeline.delivery.later import Jitter, Later, delayed, end_of
from chalicelib.pipeline.delivery.side_by_side import SideBySide
from chalicelib.ports.delivery import Deliveries, DueDelivery, Endpoints, Subscriptions
from chalicelib.ports.operations import Clock, DeliveryMetrics, Message, Queue, TimeLeft

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
