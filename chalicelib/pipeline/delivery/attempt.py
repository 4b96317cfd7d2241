"""Attempt: one request to an endpoint, recorded, and what becomes of the delivery.

pending ─claim─> sending ─request─> the attempt is recorded ─> delivered, pending again, failed or held
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.domain.delivery.address import shown
from chalicelib.domain.delivery.body import body_of
from chalicelib.domain.delivery.delivery import Attempt, Delivery
from chalicelib.domain.delivery.outcome import (
    FORGOTTEN,
    NOT_SEEN,
    Outcome,
    answered,
    kept_of,
    next_step,
    unanswered,
)
from chalicelib.domain.delivery.schedule import wait_before
from chalicelib.domain.delivery.signature import headers_of
from chalicelib.domain.delivery.stored_event import StoredEvent, concerns
from chalicelib.domain.delivery.subscription import Confidential, Subscription
from chalicelib.pipeline.delivery.delivery_job import DeliveryJob
from chalicelib.pipeline.delivery.follow_endpoint import Attempted
from chalicelib.pipeline.delivery.later import Jitter
from chalicelib.ports.delivery import Deliveries, DeliveryCounter, DeliveryMetrics, Subscriptions
from chalicelib.ports.operations import Clock
from chalicelib.ports.web import NoAnswer, Web, WebAnswer

SECONDS = 15.0
"""For a whole request, the name's look-up and the last byte of the answer included."""
ANSWER_BYTES = 1_000_000
"""Of an answer that are read. A receiver says little; even a page of the web, which somebody took for one,
has an end within these."""
SENDING = timedelta(seconds=90)
"""After which an attempt counts as cut off: longer than a function lives."""

Read = Callable[[tuple[str, str, str]], StoredEvent | None]
"""Gives the event of an identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptDelivery:
    """The use-case; call it with a job, the holder of the endpoint's lease, the job's subscription, and a
    function that reads events. Returns None where the row says otherwise than the job: it is a repeat.
    Raises Unavailable; what had been sent then counts as cut off."""

    subscriptions: Subscriptions
    deliveries: Deliveries
    web: Web
    metrics: DeliveryMetrics
    schedule: Sequence[int]
    public_url: str
    now: Clock
    jitter: Jitter

    def __call__(
        self, job: DeliveryJob, holder: str, subscription: Subscription, read: Read
    ) -> Attempted | None:
        began = self.now()
        confidential = self.subscriptions.opened(subscription)
        claimed = self.deliveries.claim(job.subscription, job.position, job.attempt, holder, began + SENDING)
        if claimed is None:
            return None
        event = read((claimed.owner, claimed.event_source, claimed.event_id))
        took = time.monotonic()
        if event is None or event.body is None:
            outcome, answer = FORGOTTEN, None
        elif not concerns(event, subscription.owner, subscription.within):
            # It was for another of the same name, which saw more and is gone.
            outcome, answer = NOT_SEEN, None
        else:
            outcome, answer = self._sent(claimed, event, subscription, confidential)
        ms = round((time.monotonic() - took) * 1000)
        if outcome.stop is not None and self._has_moved(subscription):
            outcome = replace(outcome, stop=None)
        secrets = (*confidential.headers.values(), *(secret.value for secret in confidential.secrets))
        attempt = Attempt(
            number=claimed.attempt,
            at=began,
            url=shown(subscription.url, subscription.format),
            status=outcome.status,
            ms=ms,
            error=outcome.error,
            answer=kept_of(answer.body, secrets) if answer else "",
        )
        ended = self.now()
        after = next_step(claimed, outcome, self.schedule, ended, self.jitter())
        if outcome.delivered:
            self.deliveries.change(claimed, after, attempt)
        else:
            self.deliveries.record(claimed, attempt)
            self.deliveries.change(claimed, after)
        counter: DeliveryCounter = "delivered" if outcome.delivered else "delivery_failed"
        self.metrics.count_delivery(counter, subscription.id)
        if after.status == "held":
            self.metrics.count_delivery("held", subscription.id)
        return Attempted(outcome, after, ended)

    def _has_moved(self, subscription: Subscription) -> bool:
        """Whether it has another address by now: what was said at the former holds for that alone."""
        stands = self.subscriptions.find(subscription.id)
        return stands is not None and stands.url != subscription.url

    def _sent(
        self, claimed: Delivery, event: StoredEvent, subscription: Subscription, confidential: Confidential
    ) -> tuple[Outcome, WebAnswer | None]:
        body, content_type = body_of(event, subscription.format, self.public_url)
        began = time.monotonic()
        try:
            proof = headers_of(
                subscription.format, event.id, body, content_type, confidential.secrets, self.now()
            )
            answer = self.web.send(
                "POST",
                subscription.url,
                {**confidential.headers, **proof},
                body,
                seconds=SECONDS,
                limit=ANSWER_BYTES,
            )
        except NoAnswer as error:
            ms = round((time.monotonic() - began) * 1000)
            return unanswered(error.fault, str(error), ms), None
        except ValueError as error:  # a header or a secret that can't be sent; the message quotes neither
            return Outcome(kind="failed", error=str(error)), None
        base = wait_before(claimed.attempt + 1, self.schedule) or 0
        return answered(answer.status, answer.headers, self.now(), base, cut=answer.cut), answer
