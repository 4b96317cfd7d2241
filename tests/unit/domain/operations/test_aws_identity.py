from __future__ import annotations

import pytest

from chalicelib.domain.operations.aws_identity import identity_of

DESK = ("aws", "123456789012", "role", "desk")


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::123456789012:role/desk",
        "arn:aws:iam::123456789012:role/team/support/desk",
        "arn:aws:sts::123456789012:assumed-role/desk/ada@example.com",
        "arn:aws:sts::123456789012:assumed-role/desk/desk/role",
    ],
)
def test_a_role_s_session_is_the_role_whatever_its_path(arn):
    assert identity_of(arn) == DESK


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sts::123456789012:assumed-role/other/desk",
        "arn:aws:sts::210987654321:assumed-role/desk/ada",
        "arn:aws-cn:sts::123456789012:assumed-role/desk/ada",
        "arn:aws:iam::123456789012:user/desk",
        "arn:aws:iam::123456789012:role/desk/other",
    ],
)
def test_nobody_else_is_that_role(arn):
    assert identity_of(arn) not in (None, DESK)


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "arn:aws:iam::123456789012:root",
        "arn:aws:sts::123456789012:federated-user/desk",
        "arn:aws:iam::123456789012:assumed-role/desk/ada",
        "arn:aws:iam::123456789012:role/",
        "x arn:aws:iam::123456789012:role/desk",
    ],
)
def test_other_principals_are_nobody(arn):
    assert identity_of(arn) is None
