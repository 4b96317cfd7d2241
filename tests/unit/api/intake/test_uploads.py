"""Whom an upload is offered, and what is asked for it."""

from __future__ import annotations

import pytest

ASKED = {"source": "csv", "connection": "acme", "file": "reviews.csv"}


def test_an_upload_is_offered_to_who_may_bring_in(api, holder):
    answer = holder("ingest")("POST", "/uploads", ASKED)
    assert answer.status == 201
    assert answer.json == {
        "url": "https://b.example",
        "fields": {"key": "reviews/csv/acme/reviews.csv"},
        "key": "reviews/csv/acme/reviews.csv",
        "max_bytes": 5,
        "expires_at": "2024-05-01T12:00:00Z",
    }
    refused = holder("read", "write")("POST", "/uploads", ASKED)
    assert (refused.status, "ingest" in refused.json["detail"]) == (403, True)
    assert api("POST", "/uploads", {**ASKED, "source": "nobody"}).status == 404


def test_a_restricted_key_gets_none_for_others(holder):
    key = holder("ingest", connections=("csv/acme", "app_store/*"))
    assert key("POST", "/uploads", ASKED).status == 201
    for other in ({"connection": "other"}, {"source": "inbound_email"}):
        refused = key("POST", "/uploads", {**ASKED, **other})
        assert (refused.status, "restricted to csv/acme" in refused.json["detail"]) == (403, True)


def test_a_connection_that_there_is_takes_files_from_its_owner_alone(api, holder):
    assert api("PUT", "/connections/csv/acme", {"secrets": ["s"], "owner": "acme"}).status == 200
    assert holder("ingest", owner="acme")("POST", "/uploads", ASKED).status == 201
    assert holder("ingest", owner="support")("POST", "/uploads", ASKED).status == 403
    assert api("POST", "/uploads", ASKED).status == 201
    assert holder("ingest", owner="support")("POST", "/uploads", {**ASKED, "connection": "b"}).status == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": "Csv"}, "source"),
        ({"connection": "a/b"}, "connection"),
        ({"connection": ""}, "connection"),
        ({"file": ""}, "file"),
        ({"file": "x" * 901}, "file"),
        ({"file": 5}, "file"),
        ({"content_type": "text/csv\r\nX-Odd: 1"}, "content_type"),
        ({"key": "reviews/csv/acme/x.csv"}, "key"),
    ],
)
def test_what_is_asked_otherwise_is_refused_with_its_field(api, change, field):
    answer = api("POST", "/uploads", {**ASKED, **change})
    assert (answer.status, answer.json["field"]) == (400, field)
