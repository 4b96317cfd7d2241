"""What boto's errors become, and what they no longer say."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ParamValidationError

from chalicelib.errors import Poison
from chalicelib.services.aws_errors import aws_errors


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"TableName": "t", "Key": {"id": {"S": ["hush"]}}}, "Key.id.S"),
        ({"TableName": "t", "Key": "hush\nhush"}, "Key"),
        ({"TableName": "t", "Key": {}, "Hush": "hush"}, "input.Hush"),
        ({"TableName": "t"}, "input.Key"),
        ({"TableName": "", "Key": {"id": {"N": 5}}}, "TableName, Key.id.N"),
    ],
)
def test_a_parameter_that_can_not_be_is_named_and_its_value_is_not(asked: dict[str, Any], named: str) -> None:
    client = boto3.client(
        "dynamodb", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with pytest.raises(ParamValidationError) as caught:
        client.get_item(**asked)
    ours = aws_errors("dynamodb")(caught.value)
    assert isinstance(ours, Poison)
    assert str(ours) == f"dynamodb was asked for what can't be: {named}"
