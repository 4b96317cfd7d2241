"""/subscriptions over HTTP: shapes, statuses, what is shown to whom, what is refused and how."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.delivery.signing_secret import new_secret
from tests.unit.api.fakes import NOW

SUBSCRIPTION_FIELDS = {
    "id", "name", "owner", "url", "types", "filter", "format", "headers", "rate", "expires_at", "status",
    "reason", "secrets", "failing_since", "created_at", "updated_at",
}  # fmt: skip
"""What clients rely on."""
URL = "https://crm.example.com/hook?token=t0ken"
ASKED = {"url": URL, "types": ["ticket.*", "order.paid"]}
FULL = {
    **ASKED, "filter": {"category": ["bug_report", "complaint"]}, "format": "cloudevents",
    "headers": {"Authorization": "Bearer s3cret"}, "rate": 60, "expires_at": "2030-01-01T00:00:00Z",
}  # fmt: skip


@pytest.fixture
def mine(holder):
    return holder("read", "write", owner="acme")


@pytest.fixture
def theirs(holder):
    return holder("read", "write", owner="other")


# ---- made -----------------------------------------------------------------------------------------


def test_one_is_made_with_its_secret_and_read_without(mine):
    made = mine("POST", "/subscriptions", {**FULL, "name": "crm"})
    assert (made.status, made.headers["ETag"]) == (201, '"1"')
    assert made.headers["Location"] == f"/subscriptions/{made.json['id']}"
    secret = made.json.pop("secret")
    assert secret.startswith("whsec_")
    found = mine("GET", made.headers["Location"])
    assert secret not in found.text
    assert set(found.json) == SUBSCRIPTION_FIELDS
    assert found.json == {k: v for k, v in made.json.items() if k != "secret"}
    assert mine("GET", "/subscriptions/crm").json == found.json
    for name, value in FULL.items():
        assert found.json[name] == (["Authorization"] if name == "headers" else value)
    assert (found.json["status"], found.json["reason"], found.json["failing_since"]) == ("active", None, None)
    (shown,) = found.json["secrets"]
    assert (set(shown), shown["current"]) == ({"id", "current", "expires_at"}, True)


def test_the_least_is_an_address_and_types(mine):
    made = mine("POST", "/subscriptions", ASKED)
    assert made.status == 201
    shown = made.json
    assert (shown["format"], shown["filter"], shown["headers"], shown["rate"], shown["expires_at"]) == (
        "standard", {}, [], None, None,
    )  # fmt: skip
    assert shown["name"]


def test_a_put_makes_it_once_and_then_changes_it(mine):
    first = mine("PUT", "/subscriptions/crm", ASKED)
    assert (first.status, first.headers["Location"]) == (201, f"/subscriptions/{first.json['id']}")
    assert first.json["secret"].startswith("whsec_")
    again = mine("PUT", "/subscriptions/crm", ASKED)
    assert (again.status, again.headers["ETag"]) == (200, '"1"')
    assert set(again.json) == SUBSCRIPTION_FIELDS
    other = mine("PUT", "/subscriptions/crm", {**ASKED, "rate": 5})
    assert (other.status, other.json["rate"], other.headers["ETag"]) == (200, 5, '"2"')
    assert mine("POST", "/subscriptions", {**ASKED, "name": "crm"}).status == 409


def test_a_change_is_of_what_it_names(mine):
    mine("PUT", "/subscriptions/crm", FULL)
    changed = mine("PATCH", "/subscriptions/crm", {"rate": None, "types": ["*", "*"]})
    assert changed.status == 200
    assert (changed.json["rate"], changed.json["types"]) == (None, ["*"])
    assert (changed.json["headers"], changed.json["filter"]) == (["Authorization"], FULL["filter"])


def test_an_etag_is_heeded_where_it_is_sent(mine):
    mine("PUT", "/subscriptions/crm", ASKED)
    for method, body in (("PUT", {**ASKED, "rate": 1}), ("PATCH", {"rate": 1}), ("DELETE", None)):
        assert mine(method, "/subscriptions/crm", body, If_Match='"7"').status == 412
    assert mine("PATCH", "/subscriptions/crm", {"rate": 1}, If_Match='"1"').status == 200
    assert mine("DELETE", "/subscriptions/crm", If_Match='"1", "2"').status == 204
    assert mine("GET", "/subscriptions/crm").status == 404


# ---- secrets --------------------------------------------------------------------------------------


def test_a_new_secret_is_shown_once_and_the_former_with_its_end(mine, use):
    first = mine("PUT", "/subscriptions/crm", ASKED).json["secret"]
    rotated = mine("POST", "/subscriptions/crm/rotate-secret")
    assert (rotated.status, set(rotated.json)) == (200, {"secret"})
    assert rotated.json["secret"] != first
    shown = mine("GET", "/subscriptions/crm")
    current, former = shown.json["secrets"]
    assert (current["current"], former["current"]) == (True, False)
    assert former["expires_at"] == "2024-05-02T12:00:00Z"
    assert rotated.json["secret"] not in shown.text
    (kept,) = use.delivery.store.all()
    old, new = use.delivery.store.opened(kept).secrets[::-1]
    assert (old.value, new.value) == (first, rotated.json["secret"])


def test_a_former_secret_whose_end_has_come_is_not_shown(mine, use):
    mine("PUT", "/subscriptions/crm", ASKED)
    use.delivery.clock.at = NOW - timedelta(hours=24)
    mine("POST", "/subscriptions/crm/rotate-secret")
    assert len(mine("GET", "/subscriptions/crm").json["secrets"]) == 1


def test_one_s_own_secret_is_taken(mine):
    own = new_secret()
    assert mine("POST", "/subscriptions", {**ASKED, "secret": own}).json["secret"] == own


@pytest.mark.parametrize(
    "secret",
    [
        "", "whsec_", "secret", "whsec_" + "A" * 31, "whsec_" + "A" * 28, "whsec_" + "A" * 33,
        "whsec_" + "A" * 87 + "=", "whsec_" + "A" * 92, "whsec_" + "-" * 32, "whsec_" + "A" * 32 + "\n",
        "WHSEC_" + "A" * 32, None, 5,
    ],
)  # fmt: skip
def test_a_secret_of_another_form_is_refused_and_not_repeated(mine, secret):
    refused = mine("POST", "/subscriptions", {**ASKED, "secret": secret})
    assert (refused.status, refused.json["field"]) == (400, "secret")
    assert "AAAA" not in refused.text
    assert "Base64 of 24 to 64 bytes" in refused.json["detail"] or not isinstance(secret, str)


@pytest.mark.parametrize(
    "secret", ["whsec_" + "A" * 32, "whsec_" + "+/" * 20 + "AA==", "whsec_" + "A" * 86 + "=="]
)
def test_a_secret_has_24_to_64_bytes(mine, secret):
    assert mine("POST", "/subscriptions", {**ASKED, "secret": secret}).status == 201


# ---- what is refused ------------------------------------------------------------------------------

REFUSED = [
    ("url", {"url": "http://crm.example.com/"}), ("url", {"url": None}), ("url", {"url": 5}),
    ("url", {"url": "https://127.0.0.1/"}), ("url", {"url": "https://crm.example.com/" + "a" * 3_000}),
    ("types", {"types": []}), ("types", {"types": "ticket.*"}), ("types", {"types": ["*"] * 51}),
    ("types[0]", {"types": ["ticket*"]}), ("types[1]", {"types": ["*", "*.created"]}),
    ("types[0]", {"types": [""]}), ("types[0]", {"types": [".*"]}), ("types[0]", {"types": ["a b"]}),
    ("types[0]", {"types": ["a" * 129]}), ("types[0]", {"types": ["ticket.**"]}),
    ("types[0]", {"types": ["ticket.created\n"]}), ("types[0]", {"types": [None]}),
    ("types[1]", {"types": ["ticket.*", "ticket.craeted"]}), ("types[0]", {"types": ["dlq."]}),
    ("filter.colour", {"filter": {"colour": ["red"]}}), ("filter.tag", {"filter": {"tag": []}}),
    ("filter.tag", {"filter": {"tag": "vip"}}), ("filter.tag[0]", {"filter": {"tag": [5]}}),
    ("filter.tag", {"filter": {"tag": ["x"] * 51}}), ("filter.tag[0]", {"filter": {"tag": ["x" * 201]}}),
    ("filter", {"filter": None}), ("filter", {"filter": []}),
    ("format", {"format": "xml"}), ("format", {"format": None}),
    ("headers", {"headers": {f"X-{n}": "v" for n in range(11)}}), ("headers", {"headers": ["X-A"]}),
    ("headers", {"headers": {f"X-{n}": "s3cret" * 160 for n in range(4)}}),
    ("headers", {"headers": {"X-Team": "a", "x-team": "b"}}), ("headers", {"headers": None}),
    ("headers.X-Team", {"headers": {"X-Team": ""}}), ("headers.X-Team", {"headers": {"X-Team": " a"}}),
    ("headers.X-Team", {"headers": {"X-Team": "s3cret\r\nHost: evil"}}),
    ("headers.X-Team", {"headers": {"X-Team": "s3crét"}}), ("headers.X-Team", {"headers": {"X-Team": 5}}),
    ("headers.X-Team", {"headers": {"X-Team": "s3cret" * 200}}),
    *(
        (f"headers.{name}", {"headers": {name: "s3cret"}})
        for name in (
            "Host", "Content-Type", "content-length", "Webhook-Id", "Connection", "Transfer-Encoding", "TE",
            "Upgrade", "Proxy-Authorization", "X-Amz-Date", "User-Agent", "Cookie", "X-Forwarded-For",
            "Accept-Encoding", "a b", "X:Y", "",
        )
    ),
    ("rate", {"rate": 0}), ("rate", {"rate": 60_001}), ("rate", {"rate": 1.5}), ("rate", {"rate": "5"}),
    ("expires_at", {"expires_at": "2024-05-01T12:00:00Z"}), ("expires_at", {"expires_at": "soon"}),
    ("owner", {"owner": "other"}), ("status", {"status": "active"}),
]  # fmt: skip


@pytest.mark.parametrize(("field", "wrong"), REFUSED, ids=lambda value: str(value)[:60])
def test_what_is_wrong_is_named_and_nothing_is_kept(mine, use, field, wrong):
    asked = {**ASKED, **wrong}
    for method, path in (("POST", "/subscriptions"), ("PUT", "/subscriptions/crm")):
        refused = mine(method, path, asked)
        assert (refused.status, refused.json["field"]) == (400, field), refused.json
        assert "s3cr" not in refused.text
    assert use.delivery.store.all() == []
    mine("PUT", "/subscriptions/crm", ASKED)
    assert mine("PATCH", "/subscriptions/crm", wrong).json["field"] == field
    (kept,) = use.delivery.store.all()
    assert kept.version == 1


@pytest.mark.parametrize("name", ["", "CRM", "a b", "a" * 65, "a.b", None])
def test_a_name_of_another_form_is_refused(mine, name):
    refused = mine("POST", "/subscriptions", {**ASKED, "name": name})
    assert (refused.status, refused.json["field"]) == (400, "name")


@pytest.mark.parametrize("id", ["a.b", "UPPER", "a" * 65])
def test_a_put_by_what_can_be_no_name_is_refused(mine, id):
    refused = mine("PUT", f"/subscriptions/{id}", ASKED)
    assert (refused.status, refused.json["field"]) == (400, "name")
    assert mine("GET", f"/subscriptions/{id}").status == 404


def test_a_change_of_nothing_is_refused(mine):
    mine("PUT", "/subscriptions/crm", ASKED)
    assert mine("PATCH", "/subscriptions/crm", {}).status == 400


# ---- who ------------------------------------------------------------------------------------------


def test_whoever_is_to_be_told_must_hold_read_too(holder):
    writer, reader = holder("write", owner="acme"), holder("read", owner="acme")
    refused = writer("POST", "/subscriptions", ASKED)
    assert (refused.status, "scope read" in refused.json["detail"]) == (403, True)
    both = holder("read", "write", owner="acme")
    both("PUT", "/subscriptions/crm", ASKED)
    for method, path, body in (
        ("PUT", "", ASKED), ("PATCH", "", {"rate": 1}), ("POST", "/resume", None), ("POST", "/test", None),
    ):  # fmt: skip
        assert writer(method, f"/subscriptions/crm{path}", body).status == 403
        assert reader(method, f"/subscriptions/crm{path}", body).status == 403
    assert reader("GET", "/subscriptions/crm").status == 200


def test_an_address_is_shown_whole_to_its_owner_alone(mine, theirs, api, holder):
    made = mine("PUT", "/subscriptions/crm", ASKED).json
    assert holder("read", owner="acme")("GET", "/subscriptions/crm").json["url"] == URL
    path = f"/subscriptions/{made['id']}"
    (listed,) = api("GET", "/subscriptions?owner=acme").json["items"]
    for shown in (listed, api("GET", path).json, api("PATCH", path, {"rate": 5}).json):
        assert shown["url"] == "https://crm.example.com/hook"
    mine("PATCH", path, {"format": "slack"})
    assert api("GET", path).json["url"] == "https://crm.example.com"
    assert mine("GET", path).json["url"] == URL
    assert theirs("GET", path).status == 404


def test_a_list_is_of_one_s_own_and_of_all_for_an_admin(mine, theirs, api):
    for name in ("b", "a"):
        mine("PUT", f"/subscriptions/{name}", ASKED)
    theirs("PUT", "/subscriptions/c", ASKED)
    page = mine("GET", "/subscriptions?limit=1").json
    assert [one["name"] for one in page["items"]] == ["a"]
    assert set(page["items"][0]) == SUBSCRIPTION_FIELDS
    page = mine("GET", f"/subscriptions?limit=1&cursor={page['next']}").json
    assert ([one["name"] for one in page["items"]], page["next"]) == (["b"], None)
    assert [one["name"] for one in api("GET", "/subscriptions").json["items"]] == ["a", "b", "c"]
    assert [one["name"] for one in api("GET", "/subscriptions?owner=other").json["items"]] == ["c"]
    assert mine("GET", "/subscriptions?owner=other").status == 403
    assert mine("GET", "/subscriptions?owner=acme").status == 200


# ---- paused, resumed, tried -----------------------------------------------------------------------


def test_pause_holds_and_resume_sends_what_was_held(mine, use):
    jobs = []
    use.operations.start_job = lambda kind, given, by, owner: jobs.append((kind, given, owner))
    made = mine("PUT", "/subscriptions/crm", ASKED).json
    paused = mine("POST", "/subscriptions/crm/pause")
    assert (paused.status, paused.json["status"], paused.json["reason"]) == (200, "paused", "paused")
    assert mine("POST", "/subscriptions/crm/test").status == 409
    resumed = mine("POST", "/subscriptions/crm/resume")
    assert (resumed.status, resumed.json["status"], resumed.json["reason"]) == (200, "active", None)
    assert jobs == [], "nothing is held"
    tried = mine("POST", "/subscriptions/crm/test")
    assert (tried.status, set(tried.json)) == (202, {"delivery"})
    (delivery,) = use.delivery.kept.rows.values()
    assert delivery.id == tried.json["delivery"]
    use.delivery.kept.change(delivery, replace(delivery, status="held", due_at=None))
    assert mine("POST", "/subscriptions/crm/resume", {"held": "keep"}).status == 200
    assert jobs == []
    assert mine("POST", "/subscriptions/crm/resume", {"held": "send"}).status == 200
    ((kind, given, owner),) = jobs
    assert (kind, owner, given["subscription"], given["statuses"]) == (
        "recover", "acme", made["id"], ("held",),
    )  # fmt: skip
    assert mine("POST", "/subscriptions/crm/resume", {"held": "drop"}).json["field"] == "held"


def test_one_that_has_expired_says_so(mine, use):
    mine("PUT", "/subscriptions/crm", {**ASKED, "expires_at": "2024-05-02T12:00:00Z"})
    (kept,) = use.delivery.store.all()
    use.delivery.store.put(replace(kept, expires_at=NOW))
    shown = mine("GET", "/subscriptions/crm").json
    assert (shown["status"], shown["reason"]) == ("disabled", "expired")
    assert mine("POST", "/subscriptions/crm/resume").status == 409


def test_since_when_it_fails_is_shown(mine, use):
    made = mine("PUT", "/subscriptions/crm", ASKED).json
    endpoint = use.delivery.endpoints.find(made["id"])
    use.delivery.endpoints.save(replace(endpoint, failing_since=NOW - timedelta(days=2)))
    assert mine("GET", "/subscriptions/crm").json["failing_since"] == "2024-04-29T12:00:00Z"
