"""API keys on a DynamoDB that runs inside this process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain.operations.access import ApiKey
from chalicelib.domain.page import to_cursor
from chalicelib.errors import Invalid, NotFound, Unavailable
from chalicelib.services.dynamodb.api_keys import DynamoApiKeys

NOW = datetime(2024, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
KEY = ApiKey(
    id="mfzwk3tlobqx",
    digest="d" * 64,
    owner="acme",
    scopes=("read", "write"),
    created_at=NOW,
    created_by="ada (k)",
    expires_at=NOW + timedelta(days=1),
)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="keys",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


def test_a_key_comes_back_as_it_was_put(client):
    keys = DynamoApiKeys(client, "keys", 30)
    forever = replace(KEY, id="aaaaaaaaaaaa", expires_at=None, scopes=("admin",))
    restricted = replace(KEY, id="cccccccccccc", connections=("zendesk/acme", "csv/*"))
    for key in (KEY, forever, restricted):
        keys.put(key)
        assert keys.find(key.id) == key
    assert {key.connections for key in keys.list(10, None).items} == {None, ("zendesk/acme", "csv/*")}
    assert keys.find("bbbbbbbbbbbb") is None


def test_a_key_that_was_not_there_works_as_soon_as_it_is(client):
    keys = DynamoApiKeys(client, "keys", 30)
    assert keys.find(KEY.id) is None
    DynamoApiKeys(client, "keys", 30).put(KEY)
    assert keys.find(KEY.id) == KEY


def test_a_revocation_holds_at_once_here_and_elsewhere_when_the_cache_lets_go(client):
    here, elsewhere, uncached = (DynamoApiKeys(client, "keys", seconds) for seconds in (30, 30, 0))
    here.put(KEY)
    assert elsewhere.find(KEY.id) == KEY
    here.find(KEY.id)
    here.revoke(KEY.id, NOW)
    assert here.find(KEY.id).revoked_at == NOW
    assert uncached.find(KEY.id).revoked_at == NOW
    assert elsewhere.find(KEY.id).revoked_at is None
    here.revoke(KEY.id, NOW + timedelta(hours=1))
    assert uncached.find(KEY.id).revoked_at == NOW


def test_what_is_not_there_can_not_be_revoked(client):
    with pytest.raises(NotFound):
        DynamoApiKeys(client, "keys", 30).revoke(KEY.id, NOW)


def test_keys_are_listed_page_by_page(client):
    keys = DynamoApiKeys(client, "keys", 30)
    made = {f"{number:012}" for number in range(5)}
    for id in made:
        keys.put(replace(KEY, id=id))
    found, cursor = [], None
    while True:
        page = keys.list(2, cursor)
        found += [key.id for key in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(found) == sorted(made)
    for invented in ("abc", to_cursor("A key"), to_cursor("a" * 900)):
        with pytest.raises(Invalid):
            keys.list(2, invented)


def test_a_missing_table_is_unavailable(client):
    with pytest.raises(Unavailable, match="dynamodb"):
        DynamoApiKeys(client, "nothing", 30).find(KEY.id)


def test_a_key_whose_answer_was_lost_is_put_by_the_second_request(client):
    """The SDK then sends the request again, and the key that stands is this one."""
    keys = DynamoApiKeys(client, "keys", 30)
    keys.put(KEY)
    keys.put(KEY)
    with pytest.raises(Unavailable):
        keys.put(replace(KEY, digest="e" * 64))
    assert keys.find(KEY.id) == KEY
