"""Rows that look beyond the headers and the body, through the functions as AWS calls them: the address, a
form's fields, and a nonce that leaves the body uncovered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.application import Application
from local.stack import Stack
from tests.functional.aws_events import http_event
from tests.functional.by_hand import Functions
from tests.functional.client import KEY, Client
from tests.functional.conftest import QUICK
from tests.functional.installing import SitePackages
from tests.unit.triggeriq.providers import FORM, PROVIDERS
from triggeriq import Request, Scheme
from triggeriq.signing import sign, signed

PUBLIC_URL = "https://api.example.com/feedback"
SECRET = "a-secret-of-the-tests-zqjx"
JSON_TYPE = {"content-type": "application/json"}
ROWS = ("SQUARE", "TRELLO", "HUBSPOT", "TWILIO", "MAILGUN_EVENTS", "MAILGUN_ROUTES")

PLUGIN = """
    import hashlib
    from triggeriq import Event, Events, Ignore, Scheme, Source, hookimpl

    ROWS = {rows}

    @hookimpl
    def register_sources(register):
        for row in ROWS:
            register(type(row, (Signing,), {{"name": row, "verification": (ROWS[row],)}}))

    class Signing(Source):
        content_types = ("application/json", "application/x-www-form-urlencoded")

        def receive(self, request, connection):
            return Events(Event(hashlib.sha256(request.body).hexdigest()))

        def transform(self, received, connection):
            yield Ignore("it is only received here")
"""


class Provider:
    """One connection, and what a provider and strangers send to it."""

    def __init__(self, functions: Functions, name: str, connection: str) -> None:
        self.functions, self.row = functions, PROVIDERS[name]
        self.place = {"source": name.lower(), "connection": connection}

    def ask(self, method: str, route: str, body: Any) -> Any:
        headers = {"X-Api-Key": KEY, **JSON_TYPE}
        place = {name: one for name, one in self.place.items() if f"{{{name}}}" in route}
        event = http_event(method, route, place, headers, json.dumps(body).encode())
        answer = self.functions.invoke("api", event)
        assert answer["statusCode"] < 300, answer
        return json.loads(answer["body"])

    def connect(self) -> None:
        self.ask("PUT", "/connections/{source}/{connection}", {"secrets": [SECRET], "settings": {}})

    @property
    def url(self) -> str:
        return f"{PUBLIC_URL}/webhooks/{self.place['source']}/{self.place['connection']}"

    def genuine(self, query: str = "", words: str = "hello") -> Request:
        has_form = self.row.place == "form" or b"{form}" in self.row.pieces()
        request = Request(
            headers=FORM if has_form else JSON_TYPE,
            body=f"text={words}".encode() if has_form else json.dumps({"text": words}).encode(),
            url=self.url + query,
        )
        return signed(self.row, SECRET, request, datetime.now(UTC))

    def send(self, request: Request, query: dict[str, str] | None = None) -> Any:
        headers = dict(request.headers)
        event = http_event(
            "POST", "/webhooks/{source}/{connection}", self.place, headers, request.body, query
        )
        answer = self.functions.invoke("receive", event)
        return answer["statusCode"], json.loads(answer["body"])


def _functions(stack: Stack, folder: Path, **settings: str) -> Functions:
    site = SitePackages(folder / "site")
    site.folder.mkdir(parents=True)
    rows = {name.lower(): PROVIDERS[name] for name in ROWS}
    site.install("signing_ways", PLUGIN.format(rows=repr(rows)))
    return Functions(stack, folder, {**QUICK, "PYTHONPATH": str(site.folder), **settings})


@pytest.fixture(scope="module")
def signing(quiet_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Functions]:
    made = _functions(quiet_stack, tmp_path_factory.mktemp("signing"), TRIGGERIQ_PUBLIC_URL=PUBLIC_URL)
    yield made
    made.run_until_quiet()
    made.told()
    made.close()


@pytest.mark.parametrize("name", ROWS)
def test_what_is_genuine_is_taken_and_what_is_not_is_refused(
    signing: Functions, connection: str, name: str
) -> None:
    provider = Provider(signing, name, connection)
    provider.connect()
    status, answer = provider.send(provider.genuine())
    assert (status, [event["duplicate"] for event in answer["events"]]) == (202, [False])
    unsigned = Request(headers=provider.genuine().headers, body=b"{}")
    if provider.row.covers_body:
        status, answer = provider.send(unsigned)
        assert (status, answer["reason"]) in ((401, "mismatch"), (401, "malformed"))
    status, answer = provider.send(Request(headers=JSON_TYPE, body=b'{"text": "hello"}'))
    assert (status, answer["reason"]) == (401, "missing")


@pytest.mark.parametrize("name", ["SQUARE", "TRELLO", "HUBSPOT", "TWILIO"])
def test_the_address_is_the_public_one_with_its_query(signing: Functions, connection: str, name: str) -> None:
    provider = Provider(signing, name, connection)
    provider.connect()
    request = provider.genuine("?memberID=14&mainModel=true")
    assert provider.send(request, {"memberID": "14", "mainModel": "true"})[0] == 202
    for query in (None, {"memberID": "15", "mainModel": "true"}):
        status, answer = provider.send(request, query)
        assert (status, answer["reason"]) == (401, "mismatch")


def test_a_deployment_that_does_not_know_its_address_says_so(
    quiet_stack: Stack, tmp_path: Path, connection: str
) -> None:
    functions = _functions(quiet_stack, tmp_path)
    try:
        provider = Provider(functions, "SQUARE", connection)
        provider.connect()
        status, answer = provider.send(provider.genuine())
        assert (status, answer["reason"]) == (401, "missing")
        assert "must set TRIGGERIQ_PUBLIC_URL" in answer["detail"]
    finally:
        functions.close()


@pytest.mark.parametrize("name", ["MAILGUN_EVENTS", "MAILGUN_ROUTES"])
def test_a_nonce_lets_in_the_first_bytes_alone(signing: Functions, connection: str, name: str) -> None:
    provider = Provider(signing, name, connection)
    provider.connect()
    genuine = provider.genuine()
    assert provider.send(genuine)[0] == 202
    status, answer = provider.send(genuine)
    assert (status, [event["duplicate"] for event in answer["events"]]) == (202, [True])
    forged = replace(genuine, body=genuine.body.replace(b"hello", b"transfer everything"))
    for _ in range(2):
        status, answer = provider.send(forged)
        assert (status, answer["reason"]) == (401, "mismatch")
        assert "does not cover the body, and came with another one before" in answer["detail"]
    assert provider.send(genuine)[0] == 202


def test_a_preview_knows_the_address_of_the_webhook(signing: Functions, connection: str) -> None:
    provider = Provider(signing, "SQUARE", connection)
    provider.connect()

    def judged(request: Request, **more: str) -> Any:
        body = {"headers": dict(request.headers), "body_base64": "eyJ0ZXh0IjogImhlbGxvIn0=", **more}
        body["connection"] = connection
        return provider.ask("POST", "/sources/{source}/preview", body)["verification"]

    assert judged(provider.genuine())["ok"] is True
    http = signed(
        provider.row,
        SECRET,
        Request(body=b'{"text": "hello"}', url=provider.url.replace("https", "http")),
        datetime.now(UTC),
    )
    told = judged(http)
    assert (told["ok"], told["reason"]) == (False, "mismatch")
    assert told["detail"].startswith("the signature was made over the address with http in place of https. ")
    assert judged(http, url=provider.url.replace("https", "http"))["ok"] is True
    assert SECRET not in json.dumps(told)


def test_sources_say_which_rows_do_not_cover_the_body(signing: Functions) -> None:
    event = http_event("GET", "/sources", headers={"X-Api-Key": KEY})
    items = json.loads(signing.invoke("api", event)["body"])["items"]
    rows: dict[str, Scheme] = {name.lower(): PROVIDERS[name] for name in ROWS}
    shown = {item["name"]: item for item in items if item["name"] in rows}
    assert {name: item["verification"][0]["covers_body"] for name, item in shown.items()} == {
        name: row.covers_body for name, row in rows.items()
    }
    for name, item in shown.items():
        told = "does not cover the body" in item["proofs"][0][0]["form"]
        assert told == (not rows[name].covers_body)


def test_the_local_system_knows_its_own_address(
    running: Application, client: Client, connection: str
) -> None:
    client.connect("generic_json", connection, SECRET, signed="{url}{body}")
    row, body = Scheme(header="X-Signature", signed=b"{url}{body}"), b'{"text": "hello"}'
    path = f"/webhooks/generic_json/{connection}?shop=1&q=a%20b"
    headers = sign(row, SECRET, body, datetime.now(UTC), url=f"{running.url}{path}") | JSON_TYPE
    assert client.send("POST", path, body, headers).status == 202
    refused = client.send("POST", path.replace("shop=1", "shop=2"), body, headers)
    assert (refused.status, refused.json["reason"]) == (401, "mismatch")
