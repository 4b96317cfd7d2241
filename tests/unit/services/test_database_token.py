"""The token that RDS takes for a password, against botocore's own."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.session import get_session

from chalicelib.errors import Unavailable
from chalicelib.services import aws

HOST, PORT, USER = "shop.abc123.eu-central-1.rds.amazonaws.com", 5432, "triggeriq_app"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "_session", None)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, f"{name} of a test / +")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def test_it_is_the_one_that_botocore_makes() -> None:
    theirs = get_session().create_client("rds", "eu-central-1")
    while True:
        before = theirs.generate_db_auth_token(HOST, PORT, USER)
        ours = aws.database_token(HOST, PORT, USER, "eu-central-1")
        if before == theirs.generate_db_auth_token(HOST, PORT, USER):  # no second has passed in between
            break
    assert ours == before


def test_it_says_whom_it_lets_in_and_for_how_long() -> None:
    token = urlsplit("//" + aws.database_token(HOST, PORT, USER, None))
    asked = parse_qs(token.query)
    assert token.netloc == f"{HOST}:{PORT}"
    assert (asked["Action"], asked["DBUser"], asked["X-Amz-Expires"]) == (["connect"], [USER], ["900"])
    assert "/us-east-1/rds-db/aws4_request" in asked["X-Amz-Credential"][0]


def test_without_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(Unavailable, match="no token can be signed"):
        aws.database_token(HOST, PORT, USER, None)
