"""A file that is too large for a request goes into the bucket by a form, and becomes tickets."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.stack import Stack
from tests.functional import s3_forms
from tests.functional.aws_door import Answered
from tests.functional.client import KEY, Client
from tests.functional.s3_forms import FormDoor
from tests.functional.stores import Stores

SHEET = b"id,text,rating\na,It crashes,1\nb,Lovely,5\n"
MAIL = b"From: ada@example.com\r\nMessage-ID: <1@example.com>\r\nSubject: Hello\r\n\r\nIt crashes\r\n"


@pytest.fixture(scope="module")
def s3(stack: Stack) -> Iterator[FormDoor]:
    door = FormDoor(stack.aws_port)
    yield door
    door.close()


def offered(client: Client, **asked: str) -> dict[str, Any]:
    answer = client.call("POST", "/uploads", asked)
    assert answer.status == 201, answer
    return dict(answer.json)


def post(s3: FormDoor, form: dict[str, Any], file: bytes, **changed: str) -> Answered:
    """Send the form, some of its fields changed, to S3 as it judges forms."""
    return s3_forms.post(s3.url + urlsplit(form["url"]).path, {**form["fields"], **changed}, file)


@pytest.mark.parametrize(
    ("source", "file", "body", "made"),
    [
        ("csv", "reviews.csv", SHEET, 2),
        ("csv", "reviews.csv.gz", gzip.compress(SHEET), 2),
        ("csv", "März 2026/100%+ & more.csv", SHEET, 2),
        ("inbound_email", "a mail", MAIL, 1),
    ],
)
def test_a_file_that_comes_by_a_form_becomes_tickets(
    client: Client,
    connection: str,
    stores: Stores,
    s3: FormDoor,
    source: str,
    file: str,
    body: bytes,
    made: int,
) -> None:
    form = offered(client, source=source, connection=connection, file=file)
    assert post(s3, form, body).status == 204
    found = stores.over(form["key"])
    assert (found["status"], found["source"], found["connection"]) == ("done", source, connection)
    assert (found["made"], found["size"]) == (made, len(body))
    assert len(client.wait_for_tickets(connection, made)) == made


def test_the_address_takes_the_form_without_our_door(client: Client, connection: str, stores: Stores) -> None:
    form = offered(client, source="csv", connection=connection, file="direct.csv", content_type="text/csv")
    assert form["fields"]["Content-Type"] == "text/csv"
    assert s3_forms.post(form["url"], form["fields"], SHEET).status == 204
    assert stores.over(form["key"])["made"] == 2


def test_a_form_takes_nothing_but_what_it_is_for(
    client: Client, connection: str, stores: Stores, s3: FormDoor
) -> None:
    form = offered(client, source="csv", connection=connection, file="one.csv", content_type="text/csv")
    policy = base64.b64encode(b'{"expiration": "2999-01-01T00:00:00Z", "conditions": []}').decode()
    for changed in (
        {"key": f"reviews/csv/{connection}/another.csv"},
        {"key": f"reviews/csv/{connection}-other/one.csv"},
        {"Content-Type": "text/html"},
        {"acl": "public-read"},
        {"x-amz-signature": "0" * 64},
        {"policy": policy},
    ):
        assert post(s3, form, SHEET, **changed).status == 403, changed
    assert post(s3, form, b"").status == 403
    stores.wait_until_quiet()
    assert client.tickets(connection) == []


def test_a_mail_that_is_too_large_is_refused_while_it_comes(
    client: Client, connection: str, s3: FormDoor
) -> None:
    form = offered(client, source="inbound_email", connection=connection, file="large")
    assert form["max_bytes"] == 40_000_000
    answer = post(s3, form, bytes(40_000_001))
    assert (answer.status, b"EntityTooLarge" in answer.body) == (400, True)


def test_a_form_is_no_longer_taken_after_its_time(client: Client, connection: str) -> None:
    form = offered(client, source="csv", connection=connection, file="late.csv")
    bucket = urlsplit(form["url"]).path.strip("/")
    just_before, after = (
        datetime.fromisoformat(form["expires_at"]) + timedelta(seconds=seconds) for seconds in (-5, 5)
    )
    assert s3_forms.judged(form["fields"], 10, bucket, just_before) == ""
    assert s3_forms.judged(form["fields"], 10, bucket, after) == "AccessDenied"


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"source": "nobody", "file": "a.csv"}, 404, "GET /sources"),
        ({"source": "csv", "file": "a.pdf"}, 400, "files that end in .csv"),
        ({"source": "csv", "file": "a\n.csv"}, 400, "control character"),
        ({"source": "zendesk", "file": "a.json"}, 400, "takes webhooks"),
    ],
)
def test_what_would_not_be_read_is_told_before_it_is_sent(
    client: Client, asked: dict[str, str], status: int, said: str
) -> None:
    answer = client.call("POST", "/uploads", asked)
    assert (answer.status, said in answer.json["detail"]) == (status, True)


def test_a_key_that_may_bring_in_needs_no_more(client: Client, connection: str, s3: FormDoor) -> None:
    made = client.call("POST", "/api-keys", {"scopes": ["ingest"], "owner": "partner"}).json
    asked = {"source": "csv", "connection": connection, "file": "one.csv"}
    assert client.call("POST", "/uploads", asked, X_Api_Key=made["key"]).status == 201
    assert client.call("GET", "/imports", X_Api_Key=made["key"]).status == 403
    assert client.call("GET", "/imports", X_Api_Key=KEY).status == 200
