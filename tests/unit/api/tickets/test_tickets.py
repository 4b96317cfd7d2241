from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.domain.tickets.ticket_filter import NEWEST, TicketFilter, TicketOrder
from tests.unit.api.fakes import OTHER_ID, TICKET_ID

TICKET_FIELDS = {
    "id", "source", "connection", "external_id", "version", "kind", "title", "description", "text",
    "language",
    "rating", "url", "tags", "category", "sentiment", "priority", "details", "status", "needs_review",
    "assignee",
    "author", "customer_id", "created_at", "received_at", "updated_at", "feedback_count",
    "merged_into", "links", "answered_at", "facets",
}  # fmt: skip
ONE = f"/tickets/{TICKET_ID}"


def test_a_list_has_items_and_the_next_cursor(api, use):
    answer = api("GET", "/tickets?source=zendesk&limit=2&cursor=abc")
    assert answer.status == 200
    assert answer.json["next"] == "bmV4dA"
    ticket = answer.json["items"][0]
    assert set(ticket) == TICKET_FIELDS
    assert set(ticket["category"]) == {"label", "confidence", "by", "evidence"}
    assert set(ticket["sentiment"]) == {"label", "score", "confidence", "by", "evidence"}
    assert set(ticket["priority"]) == {"label", "reasons", "evidence"}
    assert ticket["author"] == {"id": "9", "name": "Ada", "email": "ada@example.com"}
    assert ticket["created_at"] == "2024-05-01T12:00:00Z"
    assert ticket["text"] == "It crashes — 💥"
    assert use.tickets.asked == [(TicketFilter(source=("zendesk",)), 2, "abc", NEWEST)]


def test_filters_reach_the_search(api, use):
    api(
        "GET",
        "/tickets?q=crash&status=open&category=bug_report&priority=high&sentiment=negative&connection=eu"
        "&customer=c1&assignee=ada&tag=login&needs_review=false&since=2024-05-01&until=2024-05-02T10:00:00+02:00",
    )
    ((wanted, limit, cursor, order),) = use.tickets.asked
    assert (limit, cursor, order) == (50, None, NEWEST)
    assert wanted == TicketFilter(
        query="crash", status=("open",), category=("bug_report",), priority=("high",),
        sentiment=("negative",), connection=("eu",), customer=("c1",), assignee=("ada",),
        tag=("login",), needs_review=False, since=datetime(2024, 5, 1, tzinfo=UTC),
        until=datetime(2024, 5, 2, 8, tzinfo=UTC),
    )  # fmt: skip


def test_a_filter_takes_several_values_as_they_are(api, use):
    api(
        "GET",
        "/tickets?status=open&status=pending&tag=a,b&tag=c&rating=1&rating=4.5&language=pt-BR&version=2.1",
    )
    wanted = use.tickets.asked[0][0]
    assert wanted == TicketFilter(
        status=("open", "pending"), tag=("a,b", "c"), rating=(1, 4.5), language=("pt-BR",), version=("2.1",)
    )  # fmt: skip


def test_a_rating_may_be_written_as_json_writes_it(api, use):
    api("GET", "/tickets?rating=11.137683711556164&rating=5e-1&rating=5.0")
    assert use.tickets.asked[0][0] == TicketFilter(rating=(11.137683711556164, 0.5, 5))


def test_an_order_reaches_the_search(api, use):
    api("GET", "/tickets?sort=priority&order=asc")
    assert use.tickets.asked[0][3] == TicketOrder("priority", "asc")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("&".join(f"tag=t{number}" for number in range(500)), "tag"),
        ("&".join(["status=open"] * 51), "status"),
        ("status=open&status=lost", "status"),
        ("rating=five", "rating"),
        ("rating=nan", "rating"),
        ("rating=1&rating=", "rating"),
        ("language=English", "language"),
        ("sort=colour", "sort"),
        ("order=up", "order"),
        ("sort=priority&sort=updated_at", "sort"),
        ("q=a&q=b", "q"),
    ],
)
def test_a_filter_that_can_not_be_is_named(api, query, field):
    answer = api("GET", f"/tickets?{query}")
    assert (answer.status, answer.json["field"]) == (400, field)
    assert answer.json["detail"]


def test_too_many_values_are_told_how_many_there_may_be(api):
    answer = api("GET", "/tickets?" + "&".join(f"tag=t{number}" for number in range(500)))
    assert answer.json["detail"] == (
        "tag is given 500 times; give it at most 50 times, and ask again for the rest"
    )


def test_a_ticket_is_read_with_its_etag(api):
    answer = api("GET", ONE.upper().replace("/TICKETS", "/tickets"))
    assert (answer.status, answer.headers["ETag"]) == (200, '"7"')
    assert set(answer.json) == TICKET_FIELDS


@pytest.mark.parametrize("tag", ['"7"', 'W/"7"', '"1", "7"', "*"])
def test_a_ticket_that_the_client_has_is_304(api, tag):
    answer = api("GET", ONE, If_None_Match=tag)
    assert (answer.status, answer.text) == (304, "")


def test_an_unknown_ticket_is_404(api):
    assert api("GET", "/tickets/00000000-0000-0000-0000-000000000000").status == 404


def test_a_change_is_made_by_name(api, use):
    answer = api("PATCH", ONE, {"status": "pending", "assignee": None, "tags": ["a", "b", "a"]})
    assert (answer.status, answer.json["status"], answer.headers["ETag"]) == (200, "pending", '"8"')
    (change,) = use.tickets.asked
    assert change.fields == {"status": "pending", "assignee": None, "tags": ["a", "b"]}
    assert change.by == "local (local)"


@pytest.mark.parametrize(
    "body",
    [
        {}, {"status": None}, {"status": "done"}, {"priority": None}, {"category": {"label": "spam"}},
        {"tags": None}, {"tags": "a"}, {"tags": [""]}, {"tags": ["x"] * 51}, {"assignee": ""},
        {"assignee": "jo\nFORGED"}, {"assignee": "jo\x1b[2J"}, {"assignee": "jo\u2028x"}, {"tags": ["a\0"]},
        {"title": "new"},
        {"id": "x", "status": "open"},
    ],
)  # fmt: skip
def test_a_change_that_can_not_be_is_400(api, use, body):
    assert api("PATCH", ONE, body).status == 400
    assert use.tickets.asked == []


@pytest.mark.parametrize("tag", ['"7"', 'W/"7"', '"3", "7"', "*", ' "7" '])
def test_a_change_of_the_version_that_was_read_is_made(api, tag):
    assert api("PATCH", ONE, {"status": "closed"}, If_Match=tag).status == 200


@pytest.mark.parametrize("tag", ['"6"', 'W/"8"', '"1", "2"', '"abc"', '""', '"99999999999999999999"'])
def test_a_change_of_another_version_is_412(api, tag):
    answer = api("PATCH", ONE, {"status": "closed"}, If_Match=tag)
    assert answer.status == 412
    assert answer.json["type"] == "urn:triggeriq:problem:stale"


@pytest.mark.parametrize("tag", ["7", "", '"7', '"7" "8"', '"7",'])
def test_an_if_match_that_can_not_be_read_is_400(api, tag):
    assert api("PATCH", ONE, {"status": "closed"}, If_Match=tag).json["field"] == "If-Match"


def test_the_audit_trail_has_its_shape(api):
    assert api("GET", f"{ONE}/history").json == {
        "items": [
            {
                "at": "2024-05-01T12:00:00Z",
                "stage": "classify",
                "by": "category/1",
                "data": {"label": "bug_report"},
            }
        ],
        "next": None,
    }


def test_what_came_with_it_has_its_shape(api):
    assert api("GET", f"{ONE}/attachments").json == {
        "items": [
            {
                "name": "crash.png",
                "content_type": "image/png",
                "bytes": 5,
                "feedback": {"source": "zendesk", "connection": "default", "external_id": "4712"},
                "url": "https://a.example/1",
                "expires_at": "2024-05-01T12:00:00Z",
            }
        ],
        "next": None,
    }


def test_what_was_said_has_its_shape(api):
    assert api("GET", f"{ONE}/feedback").json == {
        "items": [
            {
                "external_id": "4712",
                "version": 0,
                "kind": "message",
                "title": None,
                "text": "Still so",
                "rating": None,
                "language": None,
                "author": {"id": None, "name": None, "email": None},
                "created_at": None,
                "url": None,
                "app": {"id": None, "version": None},
                "device": {},
                "thread": None,
                "quoted": "",
                "verified": True,
                "threads": [],
                "attachments": [],
                "handled": None,
                "attributes": {},
                "source": "zendesk",
                "connection": "default",
                "received_at": "2024-05-01T12:00:00Z",
                "versions": [
                    {
                        "version": 0,
                        "title": None,
                        "text": "It crashes",
                        "rating": 1.0,
                        "at": "2024-05-01T12:00:00Z",
                    }
                ],
            }
        ],
        "next": None,
    }


def test_tickets_are_merged(api, use):
    answer = api("POST", f"{ONE}/merge", {"tickets": [OTHER_ID, OTHER_ID.upper()]})
    assert (answer.status, answer.json["feedback_count"]) == (200, 2)
    assert use.tickets.asked == [(TICKET_ID, [OTHER_ID], "local (local)")]


@pytest.mark.parametrize("tickets", [[], ["x"], [TICKET_ID], None, [1]])
def test_a_merge_that_can_not_be_is_400(api, tickets):
    assert api("POST", f"{ONE}/merge", {"tickets": tickets}).status == 400


def test_feedback_is_taken_out_into_a_ticket_of_its_own(api, use):
    item = {"source": "zendesk", "connection": "default", "external_id": "1"}
    answer = api("POST", f"{ONE}/split", {"feedback": [item, item]})
    assert (answer.status, answer.headers["Location"]) == (201, f"/tickets/{OTHER_ID}")
    assert (answer.json["ticket"]["id"], answer.json["new"]["id"]) == (TICKET_ID, OTHER_ID)
    assert use.tickets.asked == [(TICKET_ID, [("zendesk", "default", "1")], "local (local)")]


def test_a_query_s_tickets_are_counted_by_facet(api, use):
    answer = api("GET", "/tickets/facets?status=open&q=crash")
    assert answer.json == {
        "total": 2,
        "facets": {"status": {"open": 2}, "facet.team": {"billing": 1}},
        "as_of": "2024-05-01T12:00:00Z",
    }
    assert use.tickets.asked == [TicketFilter(query="crash", status=("open",))]


@pytest.mark.parametrize("path", ["/tickets", "/tickets/facets"])
def test_facets_of_plugins_own_reach_the_search(api, use, path):
    api("GET", f"{path}?facet.team=billing&facet.team=sales&facet.x.y=1")
    asked = use.tickets.asked[0]
    wanted = asked if isinstance(asked, TicketFilter) else asked[0]
    assert wanted.facet == {"team": ("billing", "sales"), "x.y": ("1",)}


@pytest.mark.parametrize(
    "query",
    [
        "facet=x",
        "facet.=x",
        "facet.a%20team=x",
        f"facet.{'t' * 51}=x",
        "facet.team=",
        f"facet.team={'x' * 101}",
        "&".join(f"facet.team={number}" for number in range(51)),
        "&".join(f"facet.team{number}=x" for number in range(11)),
        "facets.team=x",
        "limit.x=1",
        "limit=5",
        "cursor=abc",
    ],
)
def test_any_other_facet_is_refused_by_name(api, query):
    answer = api("GET", f"/tickets/facets?{query}")
    assert answer.status == 400
    assert answer.json["detail"].startswith(query.partition("=")[0].partition(".")[0])
