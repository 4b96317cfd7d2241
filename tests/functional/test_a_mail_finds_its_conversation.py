"""Mails of one conversation stand in one ticket, in whatever order they come; strangers never meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest

from tests.functional.client import Client, eventually
from tests.functional.stores import Stores

Post = Callable[[bytes], None]


def mail(
    id: str,
    text: str,
    *headers: str,
    subject: str = "Parcel",
    sender: str = "Ina Lund <ina@cust.example>",
) -> bytes:
    """id: as it stands in the mail, brackets with it."""
    lines = [
        f"From: {sender}",
        "To: help@shop.example",
        f"Subject: {subject}",
        f"Message-ID: {id}",
        "Date: Tue, 03 Mar 2026 09:00:00 +0100",
        *headers,
    ]
    return "\r\n".join([*lines, "", text, ""]).encode()


@pytest.fixture
def post(stores: Stores, connection: str) -> Post:
    """Puts mails into the bucket, each read before the next comes."""
    numbers = count()

    def put(body: bytes) -> None:
        found = stores.imported(f"emails/{connection}/{next(numbers):04}", body)
        assert (found["status"], found["made"]) == ("done", 1)
        stores.wait_until_quiet()

    return put


def sizes(client: Client, connection: str) -> Counter[int]:
    """How many tickets there are of how many mails."""
    return Counter(ticket["feedback_count"] for ticket in client.tickets(connection))


CHAIN = (
    mail("<a@cust.example>", "My parcel is late."),
    mail("<b@cust.example>", "Any news?", "In-Reply-To: <a@cust.example>", subject="Re: Parcel"),
    mail("<c@cust.example>", "Still waiting.", "In-Reply-To: <b@cust.example>", subject="AW: Re: Parcel"),
)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (0, 2, 1), (2, 0, 1)], ids=str)
def test_a_chain_by_in_reply_to_alone_is_one_ticket(
    client: Client, connection: str, post: Post, order: tuple[int, ...]
) -> None:
    """The mail between two that do not know each other joins their tickets."""
    for number in order:
        post(CHAIN[number])
    eventually(lambda: sizes(client, connection) == {3: 1})


def test_references_that_lost_their_first_id_still_join(client: Client, connection: str, post: Post) -> None:
    post(CHAIN[0])
    post(mail("<b@t>", "Any news?", "References: <a@cust.example>"))
    post(mail("<c@t>", "Still waiting.", "References: <b@t> <team@shop.example>"))
    assert sizes(client, connection) == {3: 1}


def test_who_answer_one_newsletter_have_a_ticket_each(client: Client, connection: str, post: Post) -> None:
    for name in ("ina", "bo"):
        sender = f"{name} <{name}@cust.example>"
        answers = "In-Reply-To: <news@shop.example>\r\nReferences: <news@shop.example>"
        post(mail(f"<{name}@t>", f"{name} is charged twice.", answers, subject="Re: News", sender=sender))
    assert sizes(client, connection) == {1: 2}


@pytest.mark.parametrize("id", ["< 1001@mailer.example >", "<>", "<a b@c>", "<"])
def test_ids_that_are_none_join_nobody(client: Client, connection: str, post: Post, id: str) -> None:
    post(mail(id, "My parcel is late.", f"In-Reply-To: {id}"))
    post(mail(id, "I was charged twice.", f"In-Reply-To: {id}", sender="Bo <bo@other.example>"))
    tickets = client.tickets(connection)
    assert {ticket["text"] for ticket in tickets} == {"My parcel is late.", "I was charged twice."}


def test_a_new_subject_in_an_old_thread_is_a_new_matter(client: Client, connection: str, post: Post) -> None:
    post(CHAIN[0])
    post(mail("<b@t>", "Where is it?", "In-Reply-To: <a@cust.example>", subject="Invoice"))
    post(mail("<c@t>", "Please.", "References: <a@cust.example> <b@t>", subject="Re: Invoice"))
    assert sizes(client, connection) == {1: 1, 2: 1}


def test_a_colleague_in_copy_answers_into_the_ticket_and_a_stranger_does_not(
    client: Client, connection: str, post: Post
) -> None:
    post(mail("<a@t>", "My parcel is late.", "Cc: Bo <bo@other.example>"))
    answers = "In-Reply-To: <a@t>"
    post(mail("<b@t>", "Mine, too.", answers, subject="Re: Parcel", sender="bo@other.example"))
    post(mail("<c@t>", "Send it to me.", answers, subject="Re: Parcel", sender="eve@evil.example"))
    assert sizes(client, connection) == {2: 1, 1: 1}
    (alone,) = (ticket for ticket in client.tickets(connection) if ticket["feedback_count"] == 1)
    assert alone["author"]["email"] == "eve@evil.example"
