"""Routes that take AWS's signature: who the gateway names, and what it may."""

from __future__ import annotations

import pytest

from chalicelib.settings import IamCaller
from tests.unit.api.fakes import OTHER_ID, TICKET_ID, Answered, Client

DESK = "arn:aws:iam::123456789012:role/team/desk"
SESSION = "arn:aws:sts::123456789012:assumed-role/desk/ada@example.com"
IN_FORMAT = {
    "1.0": lambda arn: {"identity": {"sourceIp": "192.0.2.1", "userArn": arn}},
    "2.0": lambda arn: {"authorizer": {"iam": {"accountId": "123456789012", "userArn": arn}}},
}


@pytest.fixture
def signed(app, use):
    """Sends what the gateway hands over of a request that this identity signed."""

    def send(arn: str | None, method: str, path: str, form: str = "1.0", **headers: str) -> Answered:
        event = Client.event(
            method, path, None, {**headers, "Authorization": "AWS4-HMAC-SHA256 Credential=…"}
        )
        event["requestContext"] |= IN_FORMAT[form](arn)
        return Answered(app(event, None))

    use.settings = use.settings._replace(stage="prod", iam_callers=(IamCaller(DESK, "desk", ("read",)),))
    return send


@pytest.mark.parametrize("form", list(IN_FORMAT))
def test_a_session_of_a_named_role_is_let_in(signed, form):
    assert signed(SESSION, "GET", f"/tickets/{TICKET_ID}", form=form).status == 200


def test_it_may_what_its_scopes_say(signed):
    refused = signed(SESSION, "GET", "/api-keys")
    assert refused.status == 403
    assert refused.json["detail"].startswith("the AWS identity lacks the scope admin")
    assert "iam_callers" in refused.json["detail"]


def test_an_identity_that_is_not_named_is_refused(signed):
    for arn in ("arn:aws:sts::123456789012:assumed-role/other/desk", "arn:aws:iam::123456789012:root"):
        refused = signed(arn, "GET", "/tickets")
        assert (refused.status, refused.headers["Content-Type"]) == (403, "application/problem+json")
        assert arn in refused.json["detail"]


def test_a_key_does_not_help_an_identity_that_is_not_named(signed, holder):
    key = holder("admin")._headers["X-Api-Key"]
    assert signed("arn:aws:iam::123456789012:user/eve", "GET", "/tickets", **{"X-Api-Key": key}).status == 403


def test_its_restriction_holds(signed, use):
    use.settings = use.settings._replace(
        iam_callers=(IamCaller(DESK, "desk", ("read", "admin"), ("csv/*",)),)
    )
    assert signed(SESSION, "GET", f"/tickets/{OTHER_ID}").status == 404
    refused = signed(SESSION, "GET", "/api-keys")
    assert (refused.status, "restricted to csv/*" in refused.json["detail"]) == (403, True)


def test_where_the_gateway_names_nobody_a_key_is_asked_for(signed, holder):
    assert signed(None, "GET", "/tickets").json["reason"] == "missing"
    key = holder("read")._headers["X-Api-Key"]
    assert signed(None, "GET", "/tickets", **{"X-Api-Key": key}).status == 200


def test_what_a_client_says_of_itself_is_no_identity(stranger, use):
    use.settings = use.settings._replace(iam_callers=(IamCaller(DESK, "desk", ("read",)),))
    headers = {
        "X-Amzn-Request-Context": f'{{"identity": {{"userArn": "{DESK}"}}}}',
        "userArn": DESK,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={DESK}",
    }
    assert stranger("GET", "/tickets", **headers).status == 401


def test_it_is_off_where_nobody_is_named(signed, use):
    use.settings = use.settings._replace(iam_callers=())
    assert signed(SESSION, "GET", "/tickets").json["reason"] == "missing"
