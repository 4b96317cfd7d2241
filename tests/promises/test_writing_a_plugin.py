"""Whoever follows docs/plugins.md alone gets what it says: each of its blocks is tried as it stands."""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import Invalid
from chalicelib.registry import Registry
from chalicelib.registry.discovery import Found
from chalicelib.registry.settings_model import schema_of, validated
from triggeriq import Answer, Connection, Feedback, Polled, PollFailed, Received, Released, Request
from triggeriq.testing import golden
from triggeriq.testing.samples import Delivery

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^( *)```(\w+)\n(.*?)^ *```", PAGE, re.DOTALL | re.MULTILINE)
MODULES = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PAGE, re.DOTALL))
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def blocks(language: str) -> list[str]:
    return [text for _, of, text in BLOCKS if of == language]


def documented(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of the page, imported."""
    (folder / f"documented_{name}.py").write_text(MODULES[f"{name}.py"], encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module(f"documented_{name}")


def run(folder: Path, *command: str) -> str:
    """What a Python prints that knows nothing but the contract and this folder, and takes a warning for an
    error."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with every module of the page."""
    for name, text in MODULES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    return tmp_path


def test_a_whole_source_has_twenty_lines() -> None:
    lines = [line for line in MODULES["acme.py"].splitlines() if line.strip()]
    assert len(lines) <= 20
    assert max(map(len, lines)) <= 120


def test_it_passes_its_test_with_the_request_that_a_command_makes(project: Path) -> None:
    (request,) = blocks("http")
    (project / "comment.http").write_text(request.rstrip("\n"), encoding="utf-8")
    (command,) = [text for text in blocks("sh") if "testing.capture" in text]
    _, *arguments = shlex.split(command)
    told = run(project, *arguments)
    assert "name: 'Ines' by 'Ada'" in told
    said = run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_acme.py")
    assert " passed" in said
    assert "failed" not in said
    (delivery,) = golden.load(project / "golden")
    assert delivery.texts == ("It crashes, says Ada",)


def test_the_golden_request_that_is_shown_is_one(tmp_path: Path) -> None:
    shown = next(text for text in blocks("json") if '"items"' in text)
    (tmp_path / "comment.json").write_text(shown, encoding="utf-8")
    (tmp_path / "comment.http").write_text("POST /webhooks/acme\n\n{}", encoding="utf-8")
    (delivery,) = golden.load(tmp_path)
    assert len(delivery.expect) == 1


def test_every_field_of_a_golden_request_is_told() -> None:
    told = PAGE[PAGE.index("### Golden requests") : PAGE.index("### The contract")]
    fields = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", told, re.MULTILINE))))
    ours = {"name", "method", "headers", "body", "query", "expect"}  # as the .http has them
    assert fields == (set(Delivery.__dataclass_fields__) - ours) | {"items"}


def test_every_field_of_feedback_is_told() -> None:
    told = PAGE[PAGE.index("A field of `Feedback`") : PAGE.index("Times are aware")]
    named = {
        name
        for row in re.findall(r"^\| (`.*?) \|", told, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert named == set(Feedback.__dataclass_fields__)


def test_a_probe_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = documented("probed", tmp_path, monkeypatch).Probed()
    connection = Connection(source="probed")
    assert source.handshake(Request(method="GET", query={"challenge": "c"}), connection).body == "c"
    assert source.handshake(Request(), connection) is None


PROVEN = """
from datetime import UTC, datetime
from proven import Proven
from triggeriq import Event, Events, Feedback
from triggeriq.payload import parse_object, text
from triggeriq.testing import Delivery, WebhookContract

class Said(Proven):
    def receive(self, request, connection):
        parse_object(request.body)
        return Events(Event("1"))

    def transform(self, received, connection):
        yield Feedback(external_id="1", text=text(parse_object(received.body).get("text")) or "")

class TestProven(WebhookContract):
    source = Said
    signs_body = False
    deliveries = (
        Delivery(name="one", body=b'{"text": "Hello"}', headers={"x-token": "emases"}, secret="sesame",
                 now=datetime(2026, 1, 2, tzinfo=UTC), expect=({"text": "Hello"},)),
    )
"""
LINES = """
from lines import Lines
from triggeriq import Bad
from triggeriq.testing import FileContract, Upload

class TestLines(FileContract):
    source = Lines
    uploads = (
        Upload(name="a.txt", body=b"1\\tIt crashes\\nnothing\\n2\\tLovely\\n",
               expect=({"external_id": "1", "text": "It crashes"}, Bad("line 2", ""), {"external_id": "2"})),
    )
"""


def test_its_other_plugins_pass_the_contract(project: Path) -> None:
    (project / "test_proven.py").write_text(PROVEN, encoding="utf-8")
    (project / "test_lines.py").write_text(LINES, encoding="utf-8")
    (project / "examples").mkdir()
    shown = next(text for text in blocks("json") if '"classify"' in text)
    (project / "examples" / "parcel.json").write_text(shown, encoding="utf-8")
    tests = ("test_proven.py", "test_lines.py", "test_parcels.py")
    assert " passed" in run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)


def test_its_notices_are_what_they_are_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notices = documented("notices", tmp_path, monkeypatch)
    assert isinstance(notices.RELEASED, Released)
    assert (notices.ANSWERED.thread, notices.REDACTED.external_id) == ("c-5", "m-9")


class Provider:
    """Two pages of comments, and a third that repeats the second."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self._pages, self.asked = list(pages), []

    def now(self) -> datetime:
        return NOW

    def request(self, method: str, url: str, *, headers: dict[str, str], body: bytes | None = None) -> Answer:
        self.asked.append((method, url, headers))
        return Answer(status=200, body=json.dumps(self._pages.pop(0)).encode())


def test_a_poll_fetches_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = documented("fetched", tmp_path, monkeypatch).Fetched()
    connection = Connection(source="fetched", credentials="hush")
    http = Provider({"comments": [{"id": 1, "text": "It crashes"}], "next": "a"}, {"comments": []})
    (page,) = source.poll(None, connection, http, NOW + timedelta(seconds=30))
    assert page == Polled(body=page.body, cursor="a")
    assert http.asked[1][1].endswith("after=a")
    assert http.asked[0][2] == {"authorization": "Bearer hush"}
    received = Received(id="1", received_at=NOW, body=page.body)
    assert [item.text for item in source.transform(received, connection)] == ["It crashes"]
    with pytest.raises(PollFailed, match="repeats"):
        list(source.poll("a", connection, Provider({"next": "a"}), NOW + timedelta(seconds=30)))
    assert list(source.poll(None, connection, Provider(), NOW)) == []


def test_settings_are_described_and_checked_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zones = documented("zones", tmp_path, monkeypatch).ZoneSettings
    described = schema_of(zones)["properties"]
    assert described["zone"]["description"] == "The zone's name, as it stands in its address."
    assert described["zone"]["pattern"] == "^[a-z]{1,20}$"
    with pytest.raises(Invalid) as refusal:
        validated(zones, {"zone": "EU"})
    assert refusal.value.field == "settings.zone"
    with pytest.raises(Invalid, match="a tag has a name") as refusal:
        validated(zones, {"zone": "eu", "labels": {"P1": ""}})
    assert refusal.value.field == "settings.labels"


def test_all_load_and_a_classifier_s_answer_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = [name.removesuffix(".py") for name, text in MODULES.items() if "@hookimpl" in text]
    assert {"acme", "lines", "fetched", "refunds", "parcels"} <= set(plugins)
    for name in plugins:
        (tmp_path / f"documented_{name}.py").write_text(MODULES[f"{name}.py"], encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    category = Found("category", "plugins.classifiers.category", "built-in", "classifiers")
    own = [Found(name, f"documented_{name}", "built-in", "") for name in plugins]
    registry = Registry([category, *own])
    assert [plugin.error for plugin in registry.plugins()] == [None] * (len(plugins) + 1)
    assert registry.find("acme") is not None

    def category_of(source: str) -> list[tuple[str, str]]:
        said = Feedback(external_id="1", text="It crashes. Is there a refund?")
        told = registry.ask("classify", feedback=said, source=source, connection="")
        return [(one.by, one.value.label) for one in told if one.value.facet == "category"]

    assert category_of("zendesk")[0] == ("refunds/1", "complaint")
    assert [by for by, _ in category_of("app_store")] == ["category/1"]


def test_the_entry_point_that_is_shown_is_that_of_the_scaffold() -> None:
    (shown,) = blocks("toml")
    template = (ROOT / "triggeriq/testing/scaffold/templates/distribution/pyproject.toml").read_text("utf-8")
    shown_project, made = tomllib.loads(shown)["project"], tomllib.loads(template)["project"]
    assert shown_project == {name: made[name] for name in shown_project}


def test_the_page_of_the_example_is_as_it_is_made() -> None:
    example = ROOT / "docs" / "examples" / "acme-desk"
    command = ("-m", "triggeriq.testing.page", "--source", "triggeriq_acme_desk", "--golden", "tests/golden")
    assert run(example, "-B", *command) == (example / "docs" / "acme_desk.md").read_text(encoding="utf-8")


def test_every_block_is_tried_by_one_of_these() -> None:
    """Of a shell: capture, which is; make, which tests/promises/test_docs.py holds against the Makefile; and
    curl and pip, which need what runs elsewhere."""
    assert {language for _, language, _ in BLOCKS} == {"sh", "http", "json", "toml", "python"}
    assert len(blocks("python")) == len(MODULES)
    commands = {line.split()[0] for text in blocks("sh") for line in text.splitlines() if line[:1].strip()}
    assert commands <= {
        "make",
        "python",
        "curl",
        "cd",
        "python3",
        ".venv/bin/pip",
        ".venv/bin/pytest",
        ".venv/bin/python",
    }
