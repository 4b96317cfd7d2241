"""Secrets Manager: a secret by its ARN."""

from __future__ import annotations

from typing import Any

from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.external import external


@external("secrets.read", aws_errors("secretsmanager"))
def read_secret(client: Any, arn: str) -> str:
    """The secret's text as it stands now. client: boto's, for Secrets Manager."""
    return str(client.get_secret_value(SecretId=arn)["SecretString"])
