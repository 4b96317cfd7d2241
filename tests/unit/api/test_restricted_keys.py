"""Keys that are restricted to connections: how one is made, and what is there for it."""

from __future__ import annotations

import pytest

from chalicelib.domain.intake.source_preview import SourcePreview, Verification
from chalicelib.domain.operations.restriction import Restriction

# ---- made -----------------------------------------------------------------------------------------


def test_a_key_is_restricted_when_it_is_made(api, use):
    asked = {"scopes": ["read"], "owner": "acme", "connections": ["zendesk/acme", "csv/*", "zendesk/acme"]}
    made = api("POST", "/api-keys", asked)
    assert made.status == 201
    assert made.json["connections"] == ["zendesk/acme", "csv/*"]
    assert made.json["sees"].startswith("only what is made of zendesk/acme, csv/*")
    assert use.operations.api_keys.held[made.json["id"]].connections == ("zendesk/acme", "csv/*")
    (listed,) = api("GET", "/api-keys").json["items"]
    assert listed["connections"] == ["zendesk/acme", "csv/*"]


def test_whoever_makes_a_key_that_is_not_restricted_is_told_that_it_sees_every_ticket(api):
    made = api("POST", "/api-keys", {"scopes": ["read"], "owner": "acme"})
    assert made.json["connections"] is None
    assert made.json["sees"].startswith("every ticket")
    assert "`connections`" in made.json["sees"]


@pytest.mark.parametrize(
    ("connections", "field"),
    [
        ([], "connections"), (None, "connections"), ("csv/*", "connections"), ({}, "connections"),
        ({"csv": "*"}, "connections"), (["csv/*"] * 51, "connections"), (["csv"], "connections[0]"),
        (["csv/*", "*/acme"], "connections[1]"), (["csv/*", "*"], "connections[1]"), ([""], "connections[0]"),
        ([5], "connections[0]"), ([None], "connections[0]"), (["Csv/acme"], "connections[0]"),
        (["csv/acme "], "connections[0]"), (["csv/acme\n"], "connections[0]"),
        (["csv/a/b"], "connections[0]"),
        (["csv/" + "x" * 65], "connections[0]"), ([["csv/*"]], "connections[0]"),
    ],
)  # fmt: skip
def test_a_restriction_that_can_not_be_is_400_with_the_field_and_what_to_do(api, use, connections, field):
    asked = {"scopes": ["read"], "owner": "acme", "connections": connections}
    answer = api("POST", "/api-keys", asked)
    assert (answer.status, answer.json["type"]) == (400, "urn:triggeriq:problem:invalid")
    assert answer.json["field"] == field
    assert use.operations.api_keys.held == {}


def test_a_malformed_connection_is_told_the_form_and_an_empty_list_what_to_do(api):
    asked = {"scopes": ["read"], "owner": "acme"}
    malformed = api("POST", "/api-keys", {**asked, "connections": ["csv"]}).json["detail"]
    assert "<source>/<connection>" in malformed
    assert "<source>/*" in malformed
    assert "leave it out" in api("POST", "/api-keys", {**asked, "connections": []}).json["detail"]


# ---- what is there for it -------------------------------------------------------------------------


@pytest.fixture
def theirs(holder):
    """May do everything, but sees nothing of csv/default."""
    return holder("admin", connections=("csv/other", "zendesk/*"))


@pytest.fixture
def mine(holder):
    return holder("admin", connections=("csv/default",))


ENTRIES = [
    ("GET", "/quarantine/{}", "q-1"),
    ("POST", "/quarantine/{}/replay", "q-1"),
    ("GET", "/imports/{}", "i-1"),
    ("DELETE", "/imports/{}", "i-1"),
    ("GET", "/imports/{}/bad-rows", "i-1"),
]


@pytest.mark.parametrize(("method", "path", "id"), ENTRIES)
def test_what_is_of_others_is_not_there_by_any_verb(mine, theirs, use, method, path, id):
    refused, absent = theirs(method, path.format(id)), mine(method, path.format("nothing"))
    assert refused.status == absent.status == 404
    assert refused.json["detail"].replace(id, "nothing") == absent.json["detail"]
    assert use.intake.replayed == []
    assert mine(method, path.format(id)).status in (200, 202)


@pytest.mark.parametrize("path", ["/quarantine", "/quarantine?source=csv", "/imports"])
def test_what_is_of_others_is_in_no_list(mine, theirs, path):
    assert theirs("GET", path).json == {"items": [], "next": None}
    assert len(mine("GET", path).json["items"]) == 1


def test_when_a_source_last_gave_feedback_is_asked_within_the_restriction(mine, api, use):
    for client in (mine, api):
        assert client("GET", "/sources").status == 200
    assert use.intake.asked_sources == [Restriction(("csv/default",)), None]


# ---- connections ----------------------------------------------------------------------------------


def test_connections_of_others_are_not_there_even_where_the_owner_is_the_same(api, holder):
    for name in ("acme", "other"):
        api("PUT", f"/connections/zendesk/{name}", {"secrets": ["s"], "owner": "support"})
    key = holder("read", "write", owner="support", connections=("zendesk/acme",))
    assert [item["connection"] for item in key("GET", "/connections").json["items"]] == ["acme"]
    assert key("GET", "/connections/zendesk/acme").status == 200
    for method in ("GET", "DELETE"):
        refused = key(method, "/connections/zendesk/other")
        absent = key(method, "/connections/zendesk/nothing")
        assert refused.status == absent.status == 404
        assert refused.json["detail"].replace("other", "nothing") == absent.json["detail"]
    assert api("GET", "/connections/zendesk/other").status == 200


def test_the_owner_s_rule_holds_within_a_restriction_too(api, holder):
    api("PUT", "/connections/zendesk/acme", {"secrets": ["s"], "owner": "acme"})
    key = holder("read", "write", owner="other", connections=("zendesk/acme",))
    assert key("GET", "/connections").json["items"] == []
    assert key("GET", "/connections/zendesk/acme").status == 403


def test_a_connection_outside_a_restriction_is_neither_made_nor_replaced(api, holder, use):
    api("PUT", "/connections/zendesk/other", {"secrets": ["s"]})
    key = holder("admin", connections=("zendesk/acme",))
    standing = key("PUT", "/connections/zendesk/other", {"secrets": ["t"]})
    absent = key("PUT", "/connections/zendesk/nothing", {"secrets": ["t"]})
    assert standing.status == absent.status == 403
    assert standing.json["detail"].replace("other", "nothing") == absent.json["detail"]
    assert "zendesk/acme; name one of those" in standing.json["detail"]
    assert [secret.value for secret in use.intake.connections.held["zendesk", "other"].secrets] == ["s"]
    assert ("zendesk", "nothing") not in use.intake.connections.held
    assert key("PUT", "/connections/zendesk/acme", {"secrets": ["t"]}).status == 200


def test_a_source_is_previewed_only_with_a_connection_of_one_s_own(api, holder, use):
    use.intake.previewed = SourcePreview(Verification(False, "mismatch"), (), ())
    api("PUT", "/connections/zendesk/other", {"secrets": ["s"]})
    key = holder("write", connections=("zendesk/acme",))
    details = set()
    for name in ("other", "nothing"):
        refused = key("POST", "/sources/zendesk/preview", {"connection": name})
        assert refused.status == 404
        details.add(refused.json["detail"].replace(name, "<name>"))
    assert len(details) == 1
    assert key("POST", "/sources/zendesk/preview", {}).status == 404
    assert use.intake.received == []
    assert key("POST", "/sources/zendesk/preview", {"connection": "acme"}).status == 200


# ---- public ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/docs"])
def test_what_is_public_is_the_same_for_a_restricted_key(mine, stranger, path):
    assert mine("GET", path).text == stranger("GET", path).text
