"""A route names its handler as text, so that nothing is imported in vain: each text must name one."""

from __future__ import annotations

import inspect
import re
from importlib import import_module

import pytest

from chalicelib.api.exchange import JSON_TYPE
from chalicelib.api.routes import ROUTES, WEBHOOK, Route


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_route_s_handler_takes_what_the_route_has(route: Route):
    module, _, function = route.handler.partition(":")
    handler = getattr(import_module(f"chalicelib.api.{module}"), function)
    given = set(re.findall(r"{(\w+)}", route.path))
    if route.access != WEBHOOK:
        given |= {part for part in ("query", "body") if getattr(route, part)}
    if route.reads:
        given -= {"body"}
    call, *taken = inspect.signature(handler).parameters.values()
    assert call.name == "call"
    assert given <= {parameter.name for parameter in taken}
    assert {parameter.name for parameter in taken if parameter.default is parameter.empty} <= given


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_route_that_answers_with_json_says_in_what_shape(route: Route):
    answers = route.media == JSON_TYPE and route.status not in (204, 302) and route.method != "HEAD"
    assert bool(route.answer) == (answers and route.path != "/openapi.json")
