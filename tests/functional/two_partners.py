"""Two partners in one system, and a key of the first one's that is restricted to his connections."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from chalicelib.domain.page import to_cursor
from local.application import Application
from local.stack import Stack
from tests.functional.client import SECRET, Answer, Client, eventually
from tests.functional.stores import Stores

SOURCES = ("standard_webhooks", "csv", "inbound_email")
"""One of each kind of way in: webhooks, files, mails."""


@dataclass
class Side:
    """What one of two partners brought in, by every way there is."""

    connection: str
    """Its name in each source, which no other text holds."""
    tickets: dict[str, str] = field(default_factory=dict)
    """Ids by source."""
    file: str = ""
    """An import's id."""
    job: str = ""
    """The id of one that is done."""
    subscription: str = ""
    """The id of one that is named as its connections are."""
    delivery: str = ""
    """The id of one of it, which did not arrive."""
    event: str = ""
    """The id of one that told of its tickets."""
    item: str = ""
    """That event in the inbox of the first one's owner."""
    entries: list[str] = field(default_factory=list)
    """Ids in the quarantine: of a webhook and of a file's row."""

    @property
    def words(self) -> str:
        """What its customers say, each time."""
        return f"Words for {self.connection}"


@dataclass
class World:
    """Both partners' things in one system, and a key of the first one's that may do everything."""

    client: Client
    mine: Side
    theirs: Side
    both: str
    """A ticket of mine into which one of theirs was merged."""
    merged_away: str
    """The ticket of theirs that was."""
    nobody_s: str
    """An entry in the quarantine of which nobody knows whose it is."""
    key: str
    owner_s: str
    """A key of the same owner that is not restricted."""

    @property
    def hidden_tickets(self) -> list[str]:
        return [*self.theirs.tickets.values(), self.both, self.merged_away]

    @property
    def hidden_entries(self) -> list[str]:
        return [*self.theirs.entries, self.nobody_s]

    @property
    def hidden(self) -> list[str]:
        """Texts that no answer may hold."""
        ids = [*self.hidden_tickets, *self.hidden_entries, self.theirs.file, self.theirs.job]
        ids += [self.theirs.subscription, self.theirs.delivery, self.theirs.event, self.theirs.item]
        return [*ids, self.theirs.connection]

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """With the restricted key."""
        return self.client.call(method, path, body, X_Api_Key=self.key)

    def state_of_theirs(self) -> list[Any]:
        """All of it, as an admin sees it: it must be the same before and after."""
        paths = [f"/tickets/{id}" for id in self.hidden_tickets]
        paths += [f"/connections/{source}/{self.theirs.connection}" for source in SOURCES]
        paths += [f"/imports/{self.theirs.file}", f"/jobs/{self.theirs.job}"]
        paths.append(f"/subscriptions/{self.theirs.subscription}")
        paths += [f"/quarantine/{id}" for id in self.hidden_entries]
        paths.append(f"/events/{self.theirs.event}")
        return [*(self.client.get(path) for path in paths), self.item_of_theirs()]

    def item_of_theirs(self) -> Any:
        millisecond, _, digest = self.theirs.item.partition("-")
        before = to_cursor(f"{millisecond}-{'0' * len(digest)}")
        page = self.client.call("GET", f"/inbox?limit=1&cursor={before}", X_Api_Key=self.owner_s)
        return page.json["items"]


def world_of(stack: Stack, running: Application) -> World:
    """Brings in both partners' things."""
    client = Client(running.url)
    stores = Stores(stack, client)
    mine, theirs = (Side(f"{who}-{uuid.uuid4().hex[:8]}") for who in ("mine", "theirs"))
    owner_s = key_of_mine(client)
    assert client.call("GET", "/inbox", X_Api_Key=owner_s).status == 200  # makes it
    for side in (mine, theirs):
        bring_in(client, stores, side)
    both, merged_away = (of_webhook(client, side, "for-both") for side in (mine, theirs))
    merged = client.call("POST", f"/tickets/{both}/merge", {"tickets": [merged_away]})
    assert merged.status == 200, merged
    message = stores.send("ingest", '{"no": "event"}')
    nobody_s = eventually(lambda: entry_of(client, event_id=message))
    key = key_of_mine(client, [f"{source}/{mine.connection}" for source in SOURCES])
    # Of one owner, since his key that is not restricted is told of everything
    for side, own in ((theirs, owner_s), (mine, key)):
        side.subscription, side.delivery = subscribed(client, own, side.connection)
    for side in (mine, theirs):
        side.event, side.item = eventually(lambda side=side: told_of(client, owner_s, side))
    return World(client, mine, theirs, both, merged_away, nobody_s, key, owner_s)


def told_of(client: Client, key: str, side: Side) -> tuple[str, str] | None:
    """An event of a side's tickets in the key's inbox, and its item; None where none is there yet."""
    page = {"items": [], "next": ""}
    while page["next"] is not None:
        cursor = f"&cursor={page['next']}" if page["next"] else ""
        page = client.call("GET", f"/inbox?limit=100&type=ticket.created{cursor}", X_Api_Key=key).json
        for item in page["items"]:
            if item["event"].get("data", {}).get("connection") == side.connection:
                return item["event"]["id"], item["id"]
    return None


def key_of_mine(client: Client, connections: list[str] | None = None) -> str:
    """One that may do everything; restricted to connections where they are named."""
    asked = {"scopes": ["ingest", "read", "write", "admin"], "owner": "mine"}
    made = client.call("POST", "/api-keys", asked | ({"connections": connections} if connections else {}))
    assert made.status == 201, made
    return str(made.json["key"])


def subscribed(client: Client, key: str, name: str) -> tuple[str, str]:
    """The ids of a subscription to an address that nobody is at, and of a delivery that was tried."""
    wanted = {"url": "http://127.0.0.1:9/", "types": ["nothing.ever"]}
    made = client.call("PUT", f"/subscriptions/{name}", wanted, X_Api_Key=key)
    assert made.status == 201, made
    tried = client.call("POST", f"/subscriptions/{name}/test", X_Api_Key=key).json["delivery"]
    eventually(lambda: client.get(f"/deliveries/{tried}")["attempts"])
    return made.json["id"], tried


def bring_in(client: Client, stores: Stores, side: Side) -> None:
    for source in SOURCES:
        secrets = [SECRET] if source == "standard_webhooks" else []
        answer = client.call("PUT", f"/connections/{source}/{side.connection}", {"secrets": secrets})
        assert answer.status == 200, answer
    side.tickets["standard_webhooks"] = of_webhook(client, side, "alone")
    unreadable = client.signed_webhook(side.connection, "bad", f'{{"{side.words}'.encode())
    assert unreadable.status == 422, unreadable
    rows = f"id,text\n1,{side.words} in a file\n2,\n"
    read = stores.imported(f"reviews/csv/{side.connection}/one.csv", rows.encode())
    assert (read["made"], read["quarantined"]) == (1, 1), read
    side.file = read["id"]
    stores.upload(f"emails/{side.connection}/one", mail_of(side))
    for ticket in client.wait_for_tickets(side.connection, 3):
        side.tickets[ticket["source"]] = ticket["id"]
    assert set(side.tickets) == set(SOURCES)
    reread = client.call(
        "POST", f"/connections/csv/{side.connection}/reread", {"since": "2026-01-01", "until": "2026-01-02"}
    )
    assert reread.status == 202, reread
    side.job = reread.json["id"]
    eventually(lambda: client.get(f"/jobs/{side.job}")["status"] == "done")
    side.entries = [entry["id"] for entry in client.quarantined(side.connection)]
    assert len(side.entries) == 2


def mail_of(side: Side) -> bytes:
    """With a file."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ada@example.com", "Hello"
    mail["Message-ID"] = f"<{side.connection}@x>"
    mail.set_content(f"{side.words} in a mail")
    mail.add_attachment(side.words, filename=f"{side.connection}.txt")
    return mail.as_bytes()


def of_webhook(client: Client, side: Side, id: str) -> str:
    """The ticket that a webhook becomes."""
    external_id = f"{side.connection} {id}"
    assert client.webhook(side.connection, id, {"id": external_id, "text": side.words}).status == 202
    return eventually(
        lambda: next(
            (t["id"] for t in client.tickets(side.connection) if t["external_id"] == external_id), ""
        )
    )


def entry_of(client: Client, event_id: str) -> str:
    found = client.get("/quarantine", limit=100)["items"]
    return next((str(one["id"]) for one in found if one["event_id"] == event_id), "")
