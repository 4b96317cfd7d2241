"""Thousands of events through the whole system at once: each becomes one ticket, none is lost, none comes
twice, and nothing is left on a queue."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from local.catalogue import named
from local.stack import Stack
from tests.functional.by_hand import ON_THE_WAY
from tests.functional.client import Client
from tests.functional.stores import Stores
from tests.proof.progress import Progress

WEBHOOKS = 3_000
SENT_TWICE = 10
"""Every so-manieth webhook is sent again, as senders do that saw no answer."""
ROWS = 10_000
SENDERS = 8
STANDARD = "standard_webhooks"


def test_every_webhook_of_a_flood_becomes_one_ticket(client: Client, stores: Stores, stack: Stack) -> None:
    client.connect(STANDARD, "flood")
    numbers = [number for one in range(WEBHOOKS) for number in [one] * (2 if one % SENT_TWICE == 0 else 1)]
    accepted = Progress("webhooks accepted", len(numbers))

    def send(number: int) -> int:
        return client.webhook("flood", f"msg_{number}", {"id": str(number), "text": "It crashes"}).status

    statuses = []
    with ThreadPoolExecutor(SENDERS) as senders:
        for status in senders.map(send, numbers):
            statuses.append(status)
            accepted.tell(len(statuses))
    assert set(statuses) == {202}
    assert_one_ticket_each(stores, stack, "flood", map(str, range(WEBHOOKS)))


def test_every_row_of_a_large_file_becomes_one_ticket(client: Client, stores: Stores, stack: Stack) -> None:
    client.connect("csv", "large")
    body = b"id,text,rating\n" + b"".join(b"%d,It crashes,1\n" % number for number in range(ROWS))
    stores.upload("reviews/csv/large/rows.csv", body)
    assert_one_ticket_each(stores, stack, "large", map(str, range(ROWS)))
    assert stores.over("reviews/csv/large/rows.csv")["status"] == "done"


def assert_one_ticket_each(stores: Stores, stack: Stack, connection: str, ids: Iterable[str]) -> None:
    wanted = set(ids)

    def count() -> int:
        statement = "select count(*) from feedback where connection = :connection"
        return int(stores.sql(statement, connection=connection)[0][0])

    Progress("tickets", len(wanted)).follow(count)
    stores.wait_until_quiet()
    rows = stores.sql(
        "select external_id, ticket_id::text from feedback where connection = :connection",
        connection=connection,
    )
    assert len(rows) == len(wanted)
    assert {external_id for external_id, _ in rows} == wanted
    tickets = {ticket for _, ticket in rows}
    assert len(tickets) == len(wanted)
    assert stack.waiting(*ON_THE_WAY) == dict.fromkeys(ON_THE_WAY, 0)
    assert set(stores.dead().values()) == {0}
    assert created(stack, len(tickets)) == tickets


def created(stack: Stack, tickets: int) -> set[str]:
    """The tickets that subscribers are told of, once these are so many: `deliver` puts what happened into the
    log."""
    dynamodb = stack.client("dynamodb")

    def told() -> set[str]:
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=named("events"),
            FilterExpression="#type = :created",
            ExpressionAttributeNames={"#type": "type"},
            ExpressionAttributeValues={":created": {"S": "ticket.created"}},
        )
        return {item["subject"]["S"] for page in pages for item in page["Items"]}

    Progress("tickets told", tickets).follow(lambda: len(told()))
    return told()
