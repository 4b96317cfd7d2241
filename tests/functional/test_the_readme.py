"""The README's commands do what it says: run as they stand there, by a shell that has no other programs than
those that the README names."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.application import Application
from local.stack import Stack
from tests.functional.client import Client, eventually

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PROGRAMS = ("curl", "make")


def chapter(title: str, connection: str) -> str:
    """The chapter, for a connection that no other test has: the runbook speaks of the same shop."""
    text = README.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return re.sub(r"""(?<=[/"=])(shop|support)(?=[/"' ])""", connection, text)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


class Reader:
    """Who has this checkout, its virtual environment, and the programs that the README names: no others."""

    def __init__(self, folder: Path, url: str, aws_port: int) -> None:
        self._folder = folder
        self._addresses = {
            "http://127.0.0.1:8000": url,
            "http://127.0.0.1:4566": f"http://127.0.0.1:{aws_port}",
        }
        (folder / ".venv").symlink_to(sys.prefix)
        (folder / "path").mkdir()
        for name in PROGRAMS:
            assert f"`{name}`" in README
            program = shutil.which(name)
            assert program
            (folder / "path" / name).symlink_to(program)

    def runs(self, block: str) -> str:
        """What the commands print; fails where one of them does."""
        for written, here in self._addresses.items():
            block = block.replace(written, here)
        done = subprocess.run(
            ["/bin/sh", "-eu"],
            cwd=self._folder,
            env={"PATH": str(self._folder / "path"), "HOME": str(self._folder)},
            input=block.replace("curl ", "curl -sS "),  # it draws its progress where it is not in a terminal
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


@pytest.fixture
def reader(tmp_path: Path, running: Application, stack: Stack) -> Reader:
    return Reader(tmp_path, running.url, stack.aws_port)


def documents(text: str) -> list[Any]:
    """The JSON documents that stand one after the other in a text."""
    found, decoder = [], json.JSONDecoder()
    while text := text.strip():
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:]
    return found


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
    reader: Reader, connection: str
):
    text = chapter("A first webhook", connection)
    sending, reading = blocks(text, "sh")
    accepted, tickets = map(json.loads, blocks(text, "json"))
    _, answer = documents(reader.runs(sending))
    assert answer == accepted
    _, again = documents(reader.runs(sending))
    assert again["events"][0]["duplicate"] is True
    shown = eventually(lambda: (found := documents(reader.runs(reading))[0])["items"] and found)
    assert holds(shown, tickets), shown


def test_the_file_and_the_mail_become_tickets(reader: Reader, client: Client, connection: str):
    reader.runs("".join(blocks(chapter("A file, a mail", connection), "sh")))
    (row,) = eventually(lambda: client.get("/tickets", source="csv", connection=connection)["items"])
    assert row["title"] == "Dark mode"
    (mail,) = eventually(
        lambda: client.get("/tickets", source="inbound_email", connection=connection)["items"]
    )
    assert mail["title"] == "Refund for order 1001"
    bad = eventually(lambda: [one for one in client.quarantined(connection) if one["source"] == "csv"])
    assert [one["where"] for one in bad] == ["line 3"]
