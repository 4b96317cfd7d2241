"""The README's commands do what it says: sent as they stand there, to the running system."""

from __future__ import annotations

import json
import re
import shlex
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.stack import Stack
from tests.functional.client import Answer, Client, eventually

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def chapter(title: str, connection: str) -> str:
    """The chapter, for a connection that no other test has: the runbook speaks of the same shop."""
    text = README.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return re.sub(r"""(?<=[/"=])(shop|support)(?=[/"' ])""", connection, text)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands(block: str, name: str) -> Iterator[list[str]]:
    for line in block.replace("\\\n", " ").splitlines():
        if line.startswith(f"{name} "):
            yield shlex.split(line)[1:]


def curl(client: Client, words: list[str]) -> Answer:
    """What curl does with the few options that the README uses."""
    method, headers, body, url = "", {}, "", ""
    rest = iter(words)
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        else:
            url = word
    parts = urllib.parse.urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return client.send(method or ("POST" if body else "GET"), path, body.encode(), headers)


def holds(value: Any, shown: Any) -> bool:
    """Whether all that is shown stands so in the value, which may hold more."""
    if isinstance(shown, dict):
        return isinstance(value, dict) and all(
            name in value and holds(value[name], part) for name, part in shown.items()
        )
    if isinstance(shown, list):
        return len(value) == len(shown) and all(map(holds, value, shown))
    return bool(value == shown)


def test_the_first_webhook_gets_the_answer_shown_and_becomes_the_ticket_shown(
    client: Client, connection: str
):
    text = chapter("A first webhook", connection)
    sending, reading = blocks(text, "sh")
    accepted, tickets = map(json.loads, blocks(text, "json"))
    connect, webhook = commands(sending, "curl")
    assert curl(client, connect).status == 200
    answer = curl(client, webhook)
    assert (answer.status, answer.json) == (202, accepted)
    assert curl(client, webhook).json["events"][0]["duplicate"] is True
    (search,) = commands(reading, "curl")
    shown = eventually(lambda: (found := curl(client, search).json)["items"] and found)
    assert holds(shown, tickets), shown


def test_the_file_and_the_mail_become_tickets(client: Client, connection: str, stack: Stack):
    for block in blocks(chapter("A file, a mail", connection), "sh"):
        files = dict(re.findall(r"cat > (\S+) <<'END'\n(.*?)END\n", block, re.DOTALL))
        ((*_, name, place),) = commands(block, "aws")
        bucket, _, key = place.removeprefix("s3://").partition("/")
        stack.client("s3").put_object(Bucket=bucket, Key=key, Body=files[name].encode())
    (row,) = eventually(lambda: client.get("/tickets", source="csv", connection=connection)["items"])
    assert row["title"] == "Dark mode"
    (mail,) = eventually(
        lambda: client.get("/tickets", source="inbound_email", connection=connection)["items"]
    )
    assert mail["title"] == "Refund for order 1001"
    bad = eventually(lambda: [one for one in client.quarantined(connection) if one["source"] == "csv"])
    assert [one["where"] for one in bad] == ["line 3"]
