"""The use-cases of delivery, each built with the services that it needs."""

from __future__ import annotations

from chalicelib.bootstrap.outside import Outside


class DeliveryUseCases:
    """Each is made on first use."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
