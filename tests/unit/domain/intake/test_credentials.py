"""Only what lies in the deployment's own part of the stores of secrets is ever read."""

from __future__ import annotations

import pytest

from chalicelib.domain.intake.credentials import place_of

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:triggeriq/prod/acme-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/triggeriq/prod/acme"


def test_the_two_places() -> None:
    assert place_of(SECRET, "prod") == ("secretsmanager", SECRET, "triggeriq/prod/acme-AbCdEf")
    assert place_of(PARAMETER, "prod") == ("ssm", PARAMETER, "triggeriq/prod/acme")
    assert place_of(PARAMETER.replace("aws:", "aws-us-gov:", 1), "prod").service == "ssm"


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "a token",
        "triggeriq/prod/acme",
        SECRET.replace("prod", "dev"),
        SECRET.replace("triggeriq/prod/", "rds!db-"),
        SECRET.replace("acme-AbCdEf", ""),
        SECRET.replace("secret:triggeriq", "secret:/triggeriq"),
        SECRET.replace("secretsmanager", "ssm"),
        PARAMETER.replace("ssm", "secretsmanager"),
        PARAMETER.replace("prod", "production"),
        PARAMETER + " ",
        PARAMETER + "\n",
        PARAMETER + ":1",
        PARAMETER + "*",
        PARAMETER.replace("ssm", "s3"),
        PARAMETER.replace("acme", "../dev/acme"),
        SECRET.replace("acme", "./acme"),
        "arn:aws:ssm:eu-central-1::parameter/triggeriq/prod/acme",
    ],
)
def test_everything_else_is_refused_and_not_quoted(arn: str) -> None:
    with pytest.raises(ValueError, match=r"named triggeriq/prod/….*named /triggeriq/prod/…") as refusal:
        place_of(arn, "prod")
    assert not arn or arn not in str(refusal.value)
