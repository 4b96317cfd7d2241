"""CloudWatch's embedded metric format: metrics as lines of the log, which CloudWatch reads by itself.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib import log_context
from chalicelib.errors import TriggerIQError

if TYPE_CHECKING:  # most functions count no deliveries, and load nothing of them
    from chalicelib.ports.delivery import DeliveryCounter, DeliveryGauge
    from chalicelib.ports.operations import Counter

NAMESPACE = "TriggerIQ"
BY_SOURCE = [["stage", "source"]]
UNKNOWN = "unknown"
"""The source where none is known. Each further source costs money, so nothing that a stranger wrote may
become one."""
BY_SUBSCRIPTION = [["stage"], ["stage", "subscription"]]
"""Each number twice: of all together, and of one."""
WHOLE = [["stage"]]
OTHER = "other"
"""The subscription of all that are not told apart."""
SECONDS_TO_TICKET = "seconds_to_ticket"
POSTED = "posted"
DELIVERY_LAG: DeliveryGauge = "delivery_lag"
VALUES_LIMIT = 100
"""Values of one metric in one line, by the specification."""

_MILLISECONDS = 1000


def to_stdout(line: str) -> None:
    """Lambda sends what a function prints to its log group."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def none_apart() -> Collection[str]:
    return ()


class EmfMetrics:
    """Metrics and DeliveryMetrics (chalicelib.ports), added up in memory until `flush` writes a line for each
    source, for each subscription and for the whole stage.

    stage: a dimension. function: is in each line, but no dimension. write: called with each line. told_apart:
    gives the ids of the subscriptions that have metrics of their own; asked once.
    """

    def __init__(
        self,
        stage: str,
        function: str,
        write: Callable[[str], None] = to_stdout,
        told_apart: Callable[[], Collection[str]] = none_apart,
    ) -> None:
        self._stage, self._function, self._write = stage, function, write
        self._find_apart = told_apart
        self._apart: Collection[str] | None = None
        self._lock = threading.Lock()  # routes run in threads on a developer's machine, deliveries everywhere
        self._counts: dict[str, dict[str, int]] = {}
        self._seconds: dict[str, list[float]] = {}
        self._deliveries: dict[str, dict[str, int]] = {}
        self._whole: dict[str, float] = {}

    def count(self, counter: Counter, source: str, times: int = 1) -> None:
        if times:
            with self._lock:
                _add(self._counts.setdefault(_dimension(source), {}), counter, times)

    def seconds_to_ticket(self, source: str, seconds: float) -> None:
        with self._lock:
            self._seconds.setdefault(_dimension(source), []).append(_seconds(seconds))

    def count_posted(self, times: int = 1) -> None:
        if times:
            with self._lock:
                _add(self._whole, POSTED, times)

    def count_delivery(self, counter: DeliveryCounter, subscription: str, times: int = 1) -> None:
        if times:
            with self._lock:
                _add(self._deliveries.setdefault(subscription, {}), counter, times)

    def gauge(self, gauge: DeliveryGauge, level: float) -> None:
        with self._lock:
            self._whole[gauge] = _seconds(level)

    def flush(self) -> None:
        """Write what was counted since the last time, and begin anew. Never raises for an output that is
        closed: the work that was counted must not fail of that."""
        if not (self._counts or self._seconds or self._deliveries or self._whole):
            return
        with self._lock:
            counts, self._counts = self._counts, {}
            seconds, self._seconds = self._seconds, {}
            deliveries, self._deliveries = self._deliveries, {}
            whole, self._whole = self._whole, {}
        for source in counts.keys() | seconds.keys():
            values: dict[str, Any] = dict(counts.get(source, {}))
            waited = seconds.get(source, [])
            for start in range(0, max(1, len(waited)), VALUES_LIMIT):
                if waited:
                    values[SECONDS_TO_TICKET] = waited[start : start + VALUES_LIMIT]
                self._tell(BY_SOURCE, {"source": source}, values)
                values = {}
        for subscription, told in self._by_subscription(deliveries).items():
            self._tell(BY_SUBSCRIPTION, {"subscription": subscription}, told)
        if whole:
            self._tell(WHOLE, {}, whole)

    def _by_subscription(self, counted: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
        """The same, by what they are told as."""
        told: dict[str, dict[str, int]] = {}
        apart = self._subscriptions_apart() if counted else ()
        for subscription, counts in counted.items():
            mine = told.setdefault(subscription if subscription in apart else OTHER, {})
            for counter, times in counts.items():
                _add(mine, counter, times)
        return told

    def _subscriptions_apart(self) -> Collection[str]:
        if self._apart is None:
            try:
                self._apart = frozenset(self._find_apart())
            except TriggerIQError:  # asked again the next time
                return ()
        return self._apart

    def _tell(self, dimensions: list[list[str]], named: Mapping[str, str], values: Mapping[str, Any]) -> None:
        document = {
            "_aws": {
                "Timestamp": int(time.time() * _MILLISECONDS),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": dimensions,
                        "Metrics": [{"Name": name, "Unit": _unit(name)} for name in values],
                    }
                ],
            },
            **log_context.current(),
            "function": self._function,
            "stage": self._stage,
            **named,
            **values,
        }
        try:
            self._write(json.dumps(document))
        except (OSError, ValueError):
            return


def _add(counts: dict[str, Any], name: str, times: int) -> None:
    counts[name] = counts.get(name, 0) + times


def _seconds(seconds: float) -> float:
    return round(max(0.0, seconds), 3)


def _unit(name: str) -> str:
    return "Seconds" if name in (SECONDS_TO_TICKET, DELIVERY_LAG) else "Count"


def _dimension(source: str) -> str:
    # Imported here: a function that counts nothing need not load the contract
    from triggeriq.names import NAME

    return source if re.fullmatch(NAME, source) else UNKNOWN
