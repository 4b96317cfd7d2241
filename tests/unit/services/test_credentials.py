"""Credentials from Secrets Manager and SSM, by their ARN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.errors import Unavailable, Unconfigured
from chalicelib.services.credentials import AwsCredentials


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any]]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield tuple(boto3.client(name, region_name="eu-central-1") for name in ("secretsmanager", "ssm"))  # type: ignore[misc]


def secret(clients: tuple[Any, Any], name: str = "triggeriq/test/acme", text: str = "key") -> str:
    return str(clients[0].create_secret(Name=name, SecretString=text)["ARN"])


def parameter(clients: tuple[Any, Any], text: str = "key", type: str = "SecureString") -> str:
    clients[1].put_parameter(Name="/triggeriq/test/acme", Value=text, Type=type)
    return str(clients[1].get_parameter(Name="/triggeriq/test/acme")["Parameter"]["ARN"])


@pytest.mark.parametrize("make", [secret, parameter])
def test_the_text_is_read_and_kept_for_a_while(clients: tuple[Any, Any], make: Any) -> None:
    arn = make(clients)
    credentials = AwsCredentials(*clients, "test")
    assert credentials.read(arn) == "key"
    if make is secret:
        clients[0].put_secret_value(SecretId=arn, SecretString="new")
    else:
        clients[1].put_parameter(Name="/triggeriq/test/acme", Value="new", Overwrite=True)
    assert credentials.read(arn) == "key"
    credentials.forget(arn)
    assert credentials.read(arn) == "new"
    assert AwsCredentials(*clients, "test", seconds=0).read(arn) == "new"


@pytest.mark.parametrize("make", [secret, parameter])
def test_the_line_break_in_which_a_file_ends_is_none_of_it(clients: tuple[Any, Any], make: Any) -> None:
    assert (
        AwsCredentials(*clients, "test").read(make(clients, text="key \nof two lines\r\n"))
        == "key \nof two lines"
    )


def test_a_parameter_that_others_may_read_is_none(clients: tuple[Any, Any]) -> None:
    with pytest.raises(Unconfigured, match="no SecureString"):
        AwsCredentials(*clients, "test").read(parameter(clients, type="String"))


def test_what_is_another_s_is_not_read(clients: tuple[Any, Any]) -> None:
    other = secret(clients, "triggeriq/prod/acme")
    with pytest.raises(Unconfigured, match="triggeriq/test/"):
        AwsCredentials(*clients, "test").read(other)


def test_what_is_gone_is_told(clients: tuple[Any, Any]) -> None:
    arn = secret(clients)
    clients[0].delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    with pytest.raises(Unavailable, match="ResourceNotFoundException"):
        AwsCredentials(*clients, "test").read(arn)
    clients[0].create_secret(Name="triggeriq/test/bytes", SecretBinary=b"x")
    arn = clients[0].describe_secret(SecretId="triggeriq/test/bytes")["ARN"]
    with pytest.raises(Unconfigured, match="no text"):
        AwsCredentials(*clients, "test").read(arn)
