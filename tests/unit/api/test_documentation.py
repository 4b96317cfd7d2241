from __future__ import annotations

import base64
import hashlib
import re
from html import escape, unescape
from html.parser import HTMLParser

import pytest
from openapi_spec_validator import validate

from chalicelib.api.documentation import examples
from chalicelib.api.parsing import adapter
from chalicelib.api.routes import OPEN, PUBLIC, ROUTES, WEBHOOK
from chalicelib.api.schemas import field_docstrings
from chalicelib.domain.tickets.ticket import Ticket
from chalicelib.settings import Settings


def test_the_interface_is_valid_openapi(stranger):
    document = stranger("GET", "/openapi.json").json
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_route_is_described_with_its_access_and_its_problems(stranger):
    paths = stranger("GET", "/openapi.json").json["paths"]
    for route in ROUTES:
        operation = paths[route.path][route.method.lower()]
        assert bool(operation["security"]) == (route.access not in (OPEN, WEBHOOK)), route
        assert str(route.status) in operation["responses"], route
        named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", route.path)), route
    ids = [operation["operationId"] for path in paths.values() for operation in path.values()]
    assert sorted(ids) == sorted({route.name for route in ROUTES})


def test_no_two_shapes_have_one_name(stranger):
    """A generator of clients makes a class of each title, and leaves out what would be a second one."""
    named = {(route.area, name) for route in ROUTES for name in (route.body, route.answer) if name}
    assert len({name for _, name in named}) == len(named)
    components = stranger("GET", "/openapi.json").json["components"]["schemas"]
    assert {name for _, name in named} <= set(components)
    assert {name: schema["title"] for name, schema in components.items()} == {one: one for one in components}


def test_the_address_by_which_the_world_knows_it_is_named(stranger, use):
    assert stranger("GET", "/openapi.json").json["servers"] == [{"url": "/"}]
    use.settings = Settings(public_url="https://api.example.com")
    assert stranger("GET", "/openapi.json").json["servers"] == [{"url": "https://api.example.com"}]
    assert "URL=https://api.example.com\n" in stranger("GET", "/docs").text


def test_the_root_leads_to_the_page(stranger):
    answer = stranger("GET", "/")
    assert (answer.status, answer.headers["Location"], answer.text) == (302, "/docs", "")


def test_every_route_that_a_restricted_key_gets_less_of_says_so_with_its_403(stranger):
    paths, page = stranger("GET", "/openapi.json").json["paths"], stranger("GET", "/docs").text
    for route in ROUTES:
        operation = paths[route.path][route.method.lower()]
        assert ("description" in operation) == (route.restricted != PUBLIC), route
        if route.restricted != PUBLIC:
            assert "restricted to connections" in operation["description"]
            assert operation["description"] in page
            assert "403" in operation["responses"], route


@pytest.mark.parametrize("place", [place for place in examples.BODY if "/webhooks" not in place])
def test_every_example_is_taken_by_its_shape(place):
    (route,) = [route for route in ROUTES if f"{route.method} {route.path}" == place]
    adapter(route.area, route.body).validate_python(examples.BODY[place])


def test_a_value_s_field_is_described_by_the_docstring_under_it(stranger):
    ticket = stranger("GET", "/openapi.json").json["components"]["schemas"]["Ticket"]
    assert ticket["properties"]["merged_into"]["description"] == field_docstrings(Ticket)["merged_into"]
    assert escape(field_docstrings(Ticket)["merged_into"]) in stranger("GET", "/docs").text


def test_what_any_of_several_configurations_holds_is_on_the_page(stranger):
    (shown,) = re.findall(r'(?s)<details id="put_configuration">.*?</details>', stranger("GET", "/docs").text)
    for field in ("rules", "rating_at_most", "review_below"):
        assert f"<dt>{field} <span>" in shown


def test_every_body_has_an_example():
    assert {f"{r.method} {r.path}" for r in ROUTES if r.body} <= set(examples.BODY)


class Page(HTMLParser):
    """Collects what a page loads and links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]


def test_the_page_needs_no_script_and_no_other_host(stranger):
    answer = stranger("GET", "/docs")
    page = Page(answer.text)
    assert "script" not in page.tags
    assert all(address.startswith(("#", "/")) for address in page.addresses)
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_page_allows_its_own_style_only(stranger):
    answer = stranger("GET", "/docs")
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_every_route_is_on_the_page_with_a_command_to_try(stranger):
    text = stranger("GET", "/docs").text
    for route in ROUTES:
        assert f'<span class="path">{route.path}</span>' in text
    assert text.count("curl") >= len(ROUTES)


def test_no_heading_of_the_page_stands_above_nothing(stranger):
    assert "</h3><h3>" not in stranger("GET", "/docs").text


def test_a_command_goes_where_the_reader_s_system_is(stranger):
    """In AWS as on his own machine: no address and no key stands in the command."""
    commands = [
        unescape(text) for text in re.findall(r"curl.*?</pre>", stranger("GET", "/docs").text, re.DOTALL)
    ]
    assert commands
    assert [one for one in commands if '"$URL/' not in one or "local-dev-key" in one] == []
