"""Mutated requests of every source come through the app: no 5xx, and no failure of a plugin."""

from __future__ import annotations

import pytest

from tests.mutated import Door, contracts, deliveries_of, survive
from tests.plugins.test_standard_webhooks import TestStandardWebhooks as StandardWebhooksContract
from triggeriq import Connection, Events, Received, Request
from triggeriq.testing import WebhookContract

TIMES = 200
"""How many a source; `make proof` sends ten thousand."""


@pytest.mark.parametrize("contract", contracts(WebhookContract), ids=lambda contract: contract.source.name)
def test_a_mutated_request_is_answered(contract: type[WebhookContract]) -> None:
    survive(contract, TIMES)


def test_a_genuine_request_comes_through_the_same_door() -> None:
    """So that those above are not all refused for another reason."""
    contract = StandardWebhooksContract
    for delivery in deliveries_of(contract):
        assert Door(contract.source(), delivery).send(delivery.body) == 202


class Stumbling(StandardWebhooksContract.source):
    def receive(self, request: Request, connection: Connection) -> Events:
        if b"crashes" not in request.body:
            raise KeyError("text")
        return super().receive(request, connection)

    def transform(self, received: Received, connection: Connection) -> object:
        raise KeyError("text")


def test_a_plugin_that_fails_is_found() -> None:
    (delivery, *_) = deliveries_of(StandardWebhooksContract)
    door = Door(Stumbling(), delivery)
    assert door.send(b"{}") == 422  # it is in the quarantine, under the name of the plugin
    assert "receive raised KeyError" in door.failures[0]
