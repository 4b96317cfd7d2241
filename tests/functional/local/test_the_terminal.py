"""What a developer sees of a real run, in a terminal and in a file."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local import processes
from local.ports import free_port
from local.state import PROJECT, State
from tests.functional.client import Client, eventually
from tests.functional.installing import SitePackages

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e\r\n00:00:00.000  forged"
"""It would rename the terminal, empty it, turn what follows around, and begin a line of ours."""
PLUGIN = """
    import logging
    import os
    import sys
    from triggeriq import hookimpl

    @hookimpl
    def classify(feedback):
        print("printed", feedback.text, "at", os.environ["TRIGGERIQ_PUBLIC_URL"])
        print("warned", feedback.text, file=sys.stderr)
        logging.getLogger("shouting").warning("logged %s", feedback.text)
        raise KeyError(feedback.text)
"""
SOURCE = """
    from triggeriq import Scheme, Source, hookimpl

    class Shaky(Source):
        name = "shaky"
        verification = (Scheme(kind="token", header="x-token"),)

        def receive(self, request, connection):
            raise ValueError(request.body.decode())

    @hookimpl
    def register_sources(register):
        register(Shaky)
"""
COLOUR = re.compile(r"\x1b\[\d+m")
TIME = r"^\d\d:\d\d:\d\d\.\d{3}  "


class Terminal:
    """`make run`, once the virtual environment is made, and what it has shown. in_a_file: its output is no
    terminal."""

    def __init__(self, data_folder: Path, in_a_file: bool, settings: dict[str, str]) -> None:
        self.port, self._shown, self._lock = free_port(), b"", State(data_folder).lock
        self._ours, theirs = os.pipe() if in_a_file else pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "local", "run"],
            cwd=PROJECT,
            env={
                **os.environ,
                "TERM": "xterm",
                "LOCAL_STATE": str(data_folder),
                "PORT": str(self.port),
                "LOCAL_AWS_PORT": str(free_port()),
                **settings,
            },
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.until("Serving on")

    @property
    def text(self) -> str:
        return self._shown.decode().replace("\r\n", "\n")  # a terminal makes \r\n of each \n

    def until(self, pattern: str) -> re.Match[str]:
        """Returns what was shown that matches, colours left out."""

        def found() -> re.Match[str] | None:
            return re.search(pattern, COLOUR.sub("", self.text), re.MULTILINE)

        assert processes.wait_for(lambda: bool(found()), 60), self.text
        match = found()
        assert match
        return match

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)
        self._reader.join(30)  # until the last process has let go of the terminal
        os.close(self._ours)
        processes.wait_for(lambda: not processes.is_locked(self._lock), 30)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # the other end was closed
            while more := os.read(self._ours, 65536):
                self._shown += more


@pytest.fixture
def run(data_folder: Path, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    installed = SitePackages(tmp_path)
    installed.install("shouting", PLUGIN)
    installed.install("shaky", SOURCE)
    runs: list[Terminal] = []

    def start(in_a_file: bool = False, **settings: str) -> Terminal:
        runs.append(Terminal(data_folder, in_a_file, {"PYTHONPATH": str(tmp_path), **settings}))
        return runs[-1]

    yield start
    for one in runs:
        one.stop()


def say(client: Client, text: str) -> None:
    """One webhook of generic_json, and wait for its ticket."""
    settings = {"verification": "api_key", "header": "X-Key"}
    value = {"secrets": ["s3cret-of-the-shop"], "settings": settings}
    assert client.call("PUT", "/connections/generic_json/shop", value).status == 200
    body = json.dumps({"id": f"17 {HOSTILE}", "text": text}).encode()
    headers = {"X-Key": "s3cret-of-the-shop", "Content-Type": "application/json"}
    assert client.send("POST", "/webhooks/generic_json/shop", body, headers).status == 202
    assert eventually(lambda: client.get("/tickets", connection="shop")["items"])


def test_a_terminal_shows_a_line_a_request_and_an_event_and_obeys_nobody(
    run: Callable[..., Terminal], tmp_path: Path
) -> None:
    terminal = run()
    client = Client(f"http://127.0.0.1:{terminal.port}")
    say(client, f"It crashes {HOSTILE}")
    client.get("/tickets", q="jo@example.com")
    terminal.until(TIME + r"POST +/webhooks/generic_json/shop +202 +\d+ ms  request [0-9a-f]{8}$")
    terminal.until(TIME + r"process generic_json/shop  event [0-9a-f]{8} → ticket [0-9a-f]{8} created$")
    terminal.until(TIME + r"GET +/tickets\?… +200")
    place = re.escape(f"({tmp_path}/shouting.py:")
    failure = terminal.until(
        TIME + rf"process a plugin failed: raised KeyError: .*{place}\d+\)  .*plugin shouting  hook classify$"
    )
    assert "It crashes" in failure[0]
    terminal.until(r"^printed It crashes .*\\u202e")
    terminal.until(rf" at http://127\.0\.0\.1:{terminal.port}$")
    terminal.until(r"^warned It crashes .*\\u202e")
    terminal.until(TIME + r"process logged It crashes .*\\u202e")
    assert "\x1b[32m202\x1b[0m" in terminal.text
    plain = COLOUR.sub("", terminal.text)
    assert [one for one in plain if one not in "\n" and not one.isprintable()] == []
    assert "jo@example.com" not in plain
    assert "_aws" not in plain


def test_a_preview_names_the_plugin_s_error_and_its_place(
    run: Callable[..., Terminal], tmp_path: Path
) -> None:
    terminal = run(NO_COLOR="1")
    client = Client(f"http://127.0.0.1:{terminal.port}")
    body = base64.b64encode(b"no such thing").decode()
    shown = client.call("POST", "/sources/shaky/preview", {"body_base64": body, "headers": {}}).json
    reason = rf"raised ValueError: no such thing \({re.escape(str(tmp_path))}/shaky\.py:\d+\)"
    assert re.search(reason, json.dumps(shown["errors"]))
    terminal.until(TIME + rf"api +a plugin failed: {reason}  .*plugin shaky  hook receive$")
    assert "\x1b" not in terminal.text


def test_a_file_has_json_where_it_is_asked_for(run: Callable[..., Terminal]) -> None:
    terminal = run(in_a_file=True, LOG="json")
    say(Client(f"http://127.0.0.1:{terminal.port}"), "It crashes")
    terminal.until(r"seconds_to_ticket")
    after = terminal.text.partition("Serving on")[2].splitlines()[1:]
    lines = [json.loads(line) for line in after if not line.startswith(("printed", "warned"))]
    (answered,) = [line for line in lines if line.get("path") == "/webhooks/generic_json/shop"]
    assert (answered["message"], answered["method"], answered["status"]) == ("answered", "POST", 202)
    assert {"accepted", "ingested", "taken", "a plugin failed"} <= {line.get("message") for line in lines}
    told = {line["message"]: line for line in lines if "message" in line}
    assert told["logged It crashes"]["logger"] == "shouting"  # its own words, on a line as all others
    assert [line for line in lines if "It crashes" in str(line)] == [told["logged It crashes"]]


def test_the_documents_name_the_port_that_is_in_use(run: Callable[..., Terminal]) -> None:
    here = f"http://127.0.0.1:{run().port}"
    client = Client(here)
    assert client.get("/openapi.json")["servers"] == [{"url": here}]
    assert f"URL={here}\nAPI_KEY=local-dev-key\n" in client.send("GET", "/docs").body.decode()


def test_a_file_has_no_colours(run: Callable[..., Terminal]) -> None:
    terminal = run(in_a_file=True)
    Client(f"http://127.0.0.1:{terminal.port}").get("/health")
    terminal.until(TIME + "GET +/health +200")
    assert "\x1b" not in terminal.text
