"""Sources: listed, and previewed."""

from __future__ import annotations

import pytest

from chalicelib.api.intake.shapes import SourceShown
from chalicelib.pipeline.intake.preview_source import SourcePreview, Verification
from triggeriq import Feedback


def test_sources_are_listed(api, use):
    fields = dict.fromkeys(SourceShown.model_fields)
    use.intake.source_list = (
        {
            **fields,
            "name": "csv",
            "title": "CSV",
            "version": "1",
            "plugin": "csv",
            "methods": (),
            "content_types": (),
            "takes_webhooks": False,
            "reads": (".csv",),
            "verification": ({"header": "x"},),
        },
    )
    (item,) = api("GET", "/sources").json["items"]
    assert (item["name"], item["reads"], item["verification"]) == ("csv", [".csv"], [{"header": "x"}])


def test_a_source_is_previewed(api, use):
    use.intake.previewed = SourcePreview(
        Verification(False, "no connection"), (Feedback(external_id="1", text="hi"),), ("line 2: no text",)
    )
    answer = api("POST", "/sources/zendesk/preview", {"headers": {"X-A": "b"}, "body_base64": "aGk="})
    assert answer.status == 200
    assert answer.json["verification"] == {"ok": False, "reason": "no connection"}
    assert answer.json["errors"] == ["line 2: no text"]
    assert set(answer.json["feedback"][0]) == {
        "external_id", "version", "kind", "title", "text", "rating", "language", "author", "created_at",
        "url",
        "app", "device", "thread", "attributes",
    }  # fmt: skip
    ((source, connection, request),) = use.intake.received
    assert (source, connection, request.body, request.headers) == ("zendesk", "default", b"hi", {"x-a": "b"})


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
