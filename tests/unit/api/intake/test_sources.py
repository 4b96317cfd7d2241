"""Sources: listed, and previewed."""

from __future__ import annotations

import pytest

from chalicelib.domain.intake.source_preview import SourcePreview, Verification
from chalicelib.domain.intake.source_view import SourceDay, SourceView
from triggeriq import Feedback, Scheme
from triggeriq.proofs import proof_of


def test_sources_are_listed(api, use):
    use.intake.source_list = (
        SourceView(
            name="acme", title="Acme Desk", version="1", plugin="acme", methods=("POST",),
            content_types=("application/json",), takes_webhooks=True, reads=(".csv",),
            verification=(Scheme(header="x-signature"),), proofs=(proof_of(Scheme(header="x-signature")),),
            settings_schema={"type": "object"}, warning=None,
            last_event_at=None, last_24_hours=SourceDay.of(read=3, errors=1),
        ),
    )  # fmt: skip
    (item,) = api("GET", "/sources").json["items"]
    (scheme,) = item.pop("verification")
    (proof,) = proof_of(Scheme(header="x-signature"))
    assert item == {
        "name": "acme", "title": "Acme Desk", "version": "1", "plugin": "acme", "methods": ["POST"],
        "content_types": ["application/json"], "takes_webhooks": True, "reads": [".csv"],
        "settings_schema": {"type": "object"}, "warning": None, "last_event_at": None,
        "last_24_hours": {"received": 4, "errors": 1, "error_rate": 0.25},
        "proofs": [[{"header": "x-signature", "form": proof.form, "place": "headers"}]],
    }  # fmt: skip
    assert (scheme["kind"], scheme["header"], scheme["signed"]) == ("hmac", "x-signature", "{body}")
    assert scheme["covers_body"] is True


def test_a_source_is_previewed(api, use):
    use.intake.previewed = SourcePreview(
        Verification(False, "no connection"), (Feedback(external_id="1", text="hi"),), ("line 2: no text",)
    )
    answer = api("POST", "/sources/zendesk/preview", {"headers": {"X-A": "b"}, "body_base64": "aGk="})
    assert answer.status == 200
    assert answer.json["verification"] == {
        "ok": False, "reason": "no connection", "detail": None,
    }  # fmt: skip
    assert answer.json["errors"] == ["line 2: no text"]
    assert set(answer.json["feedback"][0]) == {
        "external_id", "version", "kind", "title", "text", "rating", "language", "author", "created_at",
        "url",
        "app", "device", "thread", "attributes", "quoted", "verified", "threads", "attachments", "handled",
    }  # fmt: skip
    ((source, connection, request),) = use.intake.received
    assert (source, connection, request.body, request.headers) == ("zendesk", "default", b"hi", {"x-a": "b"})


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ({}, "https://a.example/webhooks/trello"),
        ({"connection": "shop", "query": {"a": "1 2"}}, "https://a.example/webhooks/trello/shop?a=1%202"),
        ({"url": "https://b.example/?x"}, "https://b.example/?x"),
    ],
)
def test_a_preview_has_the_webhook_s_address_or_the_one_given(api, use, body, url):
    use.settings = use.settings._replace(public_url="https://a.example")
    use.intake.previewed = SourcePreview(Verification(True), (), ())
    assert api("POST", "/sources/trello/preview", body).status == 200
    assert use.intake.received[0][2].url == url


@pytest.mark.parametrize(
    "body", [{"body_base64": "%"}, {"body_base64": "aGk"}, {"headers": {"a": 1}}, {"connection": "A"}]
)
def test_a_preview_that_can_not_be_is_400(api, body):
    assert api("POST", "/sources/zendesk/preview", body).status == 400


def test_another_owner_s_connection_is_not_previewed(api, holder):
    api("PUT", "/connections/zendesk", {"secrets": ["s"], "owner": "acme"})
    assert holder("write", owner="other")("POST", "/sources/zendesk/preview", {}).status == 403
    assert holder("write", owner="acme")("POST", "/sources/zendesk/preview", {}).status != 403
    assert holder("read", owner="acme")("POST", "/sources/zendesk/preview", {}).status == 403
