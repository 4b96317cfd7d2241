"""What a reader of /docs pastes into a shell works."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from html import unescape

import pytest

from chalicelib.api.documentation import examples
from local.application import Application
from tests.functional.client import Client, eventually

TEXT = examples.WEBHOOK["text"]
CURL = (
    "curl() { command curl --silent --show-error --output /dev/null --write-out '%{http_code}\\n' \"$@\"; }"
)


@pytest.fixture
def page(client: Client) -> Iterator[str]:
    yield client.send("GET", "/docs").body.decode()
    for connection in ("default", "acme"):
        client.call("DELETE", f"/connections/generic_json/{connection}")


def command(page: str, operation: str = "") -> str:
    """The command that the page shows for an operation; the first of all sets the variables."""
    (shown,) = re.findall(rf'(?s)<details id="{operation}">.*?</details>', page) if operation else [page]
    found = re.search(r"(?s)<pre[^>]*><code>(.*?)</code></pre>", shown)
    assert found
    return unescape(found[1])


def pasted(url: str, *commands: str) -> list[str]:
    """The statuses that curl gets. url: of the system at hand, whose port is not that of the page."""
    script = "\n".join([CURL, commands[0], f"URL={url}", *commands[1:]])
    ran = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran
    return ran.stdout.split()


@pytest.mark.parametrize("named", ["default_", ""])
def test_a_webhook_is_signed_and_taken(page: str, client: Client, running: Application, named: str) -> None:
    names = [f"put_{named}connection", f"post_{named}webhook", f"put_{named}webhook", "list_tickets"]
    statuses = pasted(running.url, command(page), *(command(page, name) for name in names))
    assert statuses == ["200", "202", "202", "200"]
    connection = "default" if named else "acme"
    eventually(lambda: TEXT in {ticket["text"] for ticket in client.tickets(connection)})


def test_a_key_is_made(page: str, running: Application) -> None:
    assert pasted(running.url, command(page), command(page, "make_api_key")) == ["201"]
