"""`make demo`: sends sample feedback to the running system in every way that there is, shows each ticket, and
takes the event of each on a receiver of its own.

Each run uses a new name for its connections, so that it makes new tickets however often it is run.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from typing import Any

from local import aws
from local.api import Api, ApiError
from local.catalogue import named
from local.listen import lines_of
from local.processes import StartError
from local.receiver import Received, Receiver, subscribed
from local.stack import running
from local.state import PROJECT
from plugins.sources.github import GitHub
from plugins.sources.intercom import Intercom
from plugins.sources.slack import Slack
from plugins.sources.typeform import Typeform
from triggeriq import Source
from triggeriq.signing import sign
from triggeriq.testing.golden import load

SAMPLES = PROJECT / "tests" / "data"
RECORDED: dict[type[Source], str] = {
    GitHub: "issue_opened_by_a_customer",
    Intercom: "conversation_by_a_user",
    Slack: "message",
    Typeform: "several_open_answers",
}
"""Golden requests, by their sources."""
FETCHED = {"google_play": "2.json", "itunes_rss": "1.json", "trustpilot": "2.json"}
"""Pages of golden polls, by their sources."""
LONG_THREAD = "discourse-embedded_email_dutch_2"
"""A real reply of three lines above a thread of sixty, of tests/data/replies."""
PATIENCE = 60
"""Seconds within which each kind of feedback must have become a ticket."""
QUIET = 2
"""Seconds without a new ticket after which no more are expected."""

CSV = """id,title,text,rating,author
1,Lost my basket,"The app crashes at checkout since 5.2, and my basket is gone.",1,Ines
2,Wish,Please add a dark mode and an export of my orders to CSV.,4,Tom
3,Danke,"Der Support hat mir in fünf Minuten geholfen, großartig!",5,Jörg
"""


class Demo:
    def __init__(self, api: Api, aws_port: int) -> None:
        self._call = api
        self._s3 = aws.client("s3", aws_port)
        self.connection = f"demo-{secrets.token_hex(4)}"

    def standard_webhooks(self) -> None:
        secret = secrets.token_bytes(32)
        self._connect("standard_webhooks", "whsec_" + base64.b64encode(secret).decode())
        data = {"id": "42", "text": "Two-factor codes never arrive, so I can't log in.", "rating": 2}
        body = json.dumps({"type": "feedback.created", "data": data}).encode()
        id, stamp = f"msg_{self.connection}", str(int(time.time()))
        signature = hmac.digest(secret, f"{id}.{stamp}.".encode() + body, "sha256")
        signed = f"v1,{base64.b64encode(signature).decode()}"
        headers = {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": signed}
        self._webhook("standard_webhooks", body, headers)

    def zendesk(self) -> None:
        secret = secrets.token_hex(16)
        self._connect("zendesk", secret)
        body = (SAMPLES / "webhooks" / "zendesk_ticket_created.json").read_bytes()
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        signature = base64.b64encode(hmac.digest(secret.encode(), stamp.encode() + body, "sha256")).decode()
        name = "X-Zendesk-Webhook-Signature"
        self._webhook("zendesk", body, {name: signature, f"{name}-Timestamp": stamp})

    def generic_json(self) -> None:
        secret = secrets.token_hex(16)
        self._connect("generic_json", secret)
        text = "I was charged twice for order 1001 and want my money back."
        body = json.dumps({"id": "7", "text": text, "author": {"email": "ana@example.com"}}).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        self._webhook("generic_json", body, {"X-Signature": signature})

    def recorded(self, source: type[Source], name: str) -> None:
        """A golden request, signed anew."""
        (golden,) = (one for one in load(SAMPLES / "golden" / source.name) if one.name == name)
        secret = secrets.token_hex(16)
        self._connect(source.name, secret)
        proof = sign(source.verification[0], secret, golden.body, datetime.now(UTC))
        self._webhook(source.name, golden.body, {**golden.headers, **proof})

    def fetched(self, source: str) -> None:
        """A page as its provider answers a poll, as a file."""
        page = (SAMPLES / "golden" / source / "first_poll" / FETCHED[source]).read_bytes()
        self._upload(f"reviews/{source}/{self.connection}/page.json", page)

    def csv(self) -> None:
        self._upload(f"reviews/csv/{self.connection}/reviews.csv", CSV.encode())

    def app_store(self) -> None:
        page = (SAMPLES / "reviews" / "app_store_page.json").read_bytes()
        self._upload(f"reviews/app_store/{self.connection}/page.json", page)

    def inbound_email(self) -> None:
        mail = (SAMPLES / "emails" / "talon__standard_replies__iphone.eml").read_bytes()
        self._upload(f"emails/{self.connection}/1.eml", mail)
        self._upload(f"emails/{self.connection}/2.eml", _reply_in_a_thread())

    def tickets(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._call("GET", f"/tickets?connection={self.connection}&limit=100")[
            "items"
        ]
        return items

    def own_words(self, ticket: dict[str, Any]) -> str:
        """What the writer of a reply wrote now, and how much else the mail holds; empty for all other
        feedback."""
        said = self._call("GET", f"/tickets/{ticket['id']}/feedback")["items"][0]
        if not said["quoted"]:
            return ""
        own = "\n".join(f"            | {line}" for line in said["text"].splitlines())
        return f"{own}\n            and {len(said['quoted'].splitlines())} lines that were written before"

    def _connect(self, source: str, secret: str) -> None:
        value = {"secrets": [secret], "settings": {}}
        self._call("PUT", f"/connections/{source}/{self.connection}", value)

    def _webhook(self, source: str, body: bytes, headers: dict[str, str]) -> None:
        self._call("POST", f"/webhooks/{source}/{self.connection}", body, headers)

    def _upload(self, key: str, body: bytes) -> None:
        self._s3.put_object(Bucket=named("uploads"), Key=key, Body=body)


def _reply_in_a_thread() -> bytes:
    """A person's reply with the whole thread below it, as a mail."""
    with (SAMPLES / "replies" / "replies.jsonl").open(encoding="utf-8") as cases:
        body = next(case["input"] for case in map(json.loads, cases) if case["id"] == LONG_THREAD)
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Ines Lund <ines@example.com>", "Re: The page stays empty"
    mail["Message-ID"], mail["In-Reply-To"] = "<demo-reply@example.com>", "<demo-answer@shop.example>"
    mail.set_content(body)
    return mail.as_bytes()


def show(ticket: dict[str, Any]) -> str:
    facts = [
        ticket["source"],
        ticket["category"]["label"],
        ticket["priority"]["label"],
        ticket["sentiment"]["label"],
    ]
    columns = "".join(f"{fact or '-':<18}" for fact in facts)
    return f"  {ticket['id'][:8]}  {columns}{ticket['title'][:60]}"


def main() -> int:
    try:
        state, status = running(os.environ)
        if not state.address.exists():
            raise StartError("the system is still starting: try again in a moment")
    except StartError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    api, told = Api(state.address.read_text()), list[Received]()
    demo = Demo(api, status.aws_port)
    wanted = {"types": ["ticket.created"], "filter": {"connection": [demo.connection]}}
    try:
        with Receiver(told.append) as receiver, subscribed(receiver, api, demo.connection, wanted):
            sources = send(demo)
            return wait_for_tickets(demo, sources) or wait_for_events(demo, told, receiver.url)
    except ApiError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1


def send(demo: Demo) -> set[str]:
    """Sends feedback in every way. Returns the sources that it is of."""
    webhooks = (demo.standard_webhooks, demo.zendesk, demo.generic_json)
    own: tuple[Callable[[], None], ...] = (*webhooks, demo.csv, demo.app_store, demo.inbound_email)
    ways: dict[str, Callable[[], None]] = {
        **{way.__name__: way for way in own},
        **{source.name: partial(demo.recorded, source, name) for source, name in RECORDED.items()},
        **{source: partial(demo.fetched, source) for source in FETCHED},
    }
    for source, way in ways.items():
        way()
        print(f"sent {source:<18} as connection {demo.connection}")
    return set(ways)


def wait_for_tickets(demo: Demo, sources: set[str]) -> int:
    """Prints each ticket as it comes. Returns 1 if a source has given none."""
    header = "".join(f"{name:<18}" for name in ("source", "category", "priority", "sentiment"))
    print(f"\n  {'ticket':<10}{header}title")
    shown: set[str] = set()
    missing = set(sources)
    started = last = time.monotonic()
    while time.monotonic() - started < PATIENCE and (missing or time.monotonic() - last < QUIET):
        for ticket in demo.tickets():
            if ticket["id"] not in shown:
                shown.add(ticket["id"])
                missing.discard(ticket["source"])
                last = time.monotonic()
                print(show(ticket), flush=True)
                if said := demo.own_words(ticket):
                    print(said, flush=True)
        time.sleep(0.5)
    if missing:
        print(
            f"demo: no ticket came of {', '.join(sorted(missing))}: see GET /quarantine and /dlq",
            file=sys.stderr,
        )
        return 1
    print(f"\n{len(shown)} tickets, the last after {last - started:.1f} s")
    return 0


def wait_for_events(demo: Demo, told: Sequence[Received], url: str) -> int:
    """Prints what arrived at the receiver. Returns 1 if the event of a ticket did not, or is not verified."""
    tickets = {ticket["id"] for ticket in demo.tickets()}
    started = time.monotonic()
    while missing := tickets - {one.event["data"]["id"] for one in told if one.wrong is None}:
        if time.monotonic() - started > PATIENCE:
            unverified = next((one.wrong for one in told if one.wrong), None)
            print(
                f"demo: {len(missing)} events did not arrive at {url}, "
                f"or not as they should ({unverified}): see GET /deliveries?status=undelivered",
                file=sys.stderr,
            )
            return 1
        time.sleep(0.2)
    print(f"{len(tickets)} events arrived at {url}, each signature was verified; the first one:\n")
    print(lines_of(told[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
