"""A stranger's generator makes a client of /openapi.json, and the client works."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest

from chalicelib.api.routes import ROUTES, Route
from local.application import Application
from tests.functional.client import KEY, SECRET, Client

NAME = "generated_client"


@pytest.fixture(scope="module")
def generated(running: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The package that openapi-python-client makes of a running system, without a word of warning."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "config.yaml").write_text("post_hooks: []\n", encoding="utf-8")
    made = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--fail-on-warning"),
            *("--url", f"{running.url}/openapi.json", "--output-path", str(folder / NAME)),
            *("--meta", "none", "--config", str(folder / "config.yaml")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (made.returncode, made.stderr) == (0, ""), made.stdout + made.stderr
    assert "arning" not in made.stdout
    sys.path.insert(0, str(folder))
    importlib.import_module(f"{NAME}.models")
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))
    for module in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[module]


@pytest.fixture
def desk(generated: ModuleType, running: Application) -> Iterator[Any]:
    """A client with the developer's key."""
    with generated.AuthenticatedClient(
        base_url=running.url, token=KEY, prefix="", auth_header_name="X-Api-Key"
    ) as desk:
        yield desk


def operation(route: Route) -> ModuleType:
    return importlib.import_module(f"{NAME}.api.{route.resource}.{route.name}")


@pytest.fixture
def ask(generated: ModuleType, desk: Any) -> Callable[..., Any]:
    """Calls an operation by its name, and gives what the client made of the answer."""
    routes = {route.name: route for route in ROUTES}

    def asked(name: str, *arguments: Any, **more: Any) -> Any:
        return operation(routes[name]).sync(*arguments, client=desk, **more)

    return asked


def test_every_route_has_a_function_whose_answer_is_of_a_type(generated: ModuleType) -> None:
    untyped = []
    for route in ROUTES:
        answers = set(get_args(get_type_hints(operation(route)._parse_response)["return"]))
        empty = route.status in (204, 302) or 304 in route.also or route.method == "HEAD"
        if (Any in answers) != empty or generated.models.Problem not in answers:
            untyped.append((route.name, answers))
    assert untyped == []


def test_a_connection_is_made_and_shown(
    ask: Callable[..., Any], generated: ModuleType, connection: str
) -> None:
    models = generated.models
    body = models.ConnectionPut(secrets=[SECRET], settings=models.ConnectionPutSettings())
    put = ask("put_connection", "standard_webhooks", connection, body=body)
    assert (put.source, put.connection, len(put.secrets)) == ("standard_webhooks", connection, 1)
    assert ask("get_connection", "standard_webhooks", connection) == put
    assert ask("delete_connection", "standard_webhooks", connection) is None
    missing = ask("get_connection", "standard_webhooks", connection)
    assert (missing.status, missing.type_) == (404, models.ProblemType.URNTRIGGERIQPROBLEMNOT_FOUND)


def test_a_ticket_is_found_read_and_changed(
    ask: Callable[..., Any], generated: ModuleType, client: Client, connection: str
) -> None:
    models = generated.models
    client.connect("standard_webhooks", connection)
    client.webhook(connection, "msg_1", {"id": "1", "text": "It crashes when I log in", "rating": 1})
    client.wait_for_tickets(connection)
    page = ask("list_tickets", connection=[connection], status=[models.ListTicketsStatusItem.OPEN], limit=1)
    (ticket,) = page.items
    assert (page.next_, ticket.text, ticket.rating) == (None, "It crashes when I log in", 1.0)
    assert ask("get_ticket", ticket.id) == ticket
    (said,) = ask("list_ticket_feedback", ticket.id).items
    assert (said.external_id, said.text) == ("1", ticket.text)
    assert ask("list_ticket_history", ticket.id).items[0].stage == "classify"
    change = models.TicketChange(status=models.TicketChangeStatus.PENDING, tags=["login"])
    assert ask("change_ticket", ticket.id, body=change).tags == ["login"]
    stale = ask("change_ticket", ticket.id, body=change, if_match='"1"')
    assert stale.status == 412


def test_events_are_posted_alone_and_together(ask: Callable[..., Any], generated: ModuleType) -> None:
    models = generated.models
    event = models.ShortEvent(type_="order.paid", data={"order": 1})
    (one,) = ask("post_events", body=event, idempotency_key="generated").events
    assert ask("post_events", body=event, idempotency_key="generated").events == [one]
    whole = models.WholeEvent(specversion="1.0", id=one.id, source="/shop", type_="order.paid")
    assert [event.id for event in ask("post_events", body=[event, whole]).events][1:] == [one.id]


def test_what_is_installed_and_configured_is_listed(ask: Callable[..., Any], generated: ModuleType) -> None:
    assert ask("check_health", deep=True).status == generated.models.HealthStatus.OK
    assert "zendesk" in {source.name for source in ask("list_sources").items}
    assert {plugin.status for plugin in ask("list_plugins").items} == {
        generated.models.PluginViewStatus.LOADED
    }
    assert {held.key: type(held.value).__name__ for held in ask("list_configurations").items} == {
        "priority": "PriorityConfigurationShown",
        "triage": "TriageConfigurationShown",
    }
    assert ask("redrive_dead_letters", body=generated.models.RedriveRequest(queue="no-such")).status == 404
    assert ask("go_to_docs") is None
    assert ask("get_docs").startswith("<!doctype html>")
