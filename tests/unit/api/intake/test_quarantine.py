"""The quarantine: listed, and replayed."""

from __future__ import annotations


def test_the_quarantine_is_listed_and_replayed(api, use, holder):
    (item,) = api("GET", "/quarantine?source=csv").json["items"]
    assert {"id", "source", "reason", "at", "where"} <= set(item)
    assert api("GET", "/quarantine?source=zendesk").json == {"items": [], "next": None}
    assert api("GET", "/quarantine/q-1").json == item
    assert api("GET", "/quarantine/q-2").status == 404
    assert api("POST", "/quarantine/q-1/replay").status == 202
    assert use.intake.replayed == ["q-1"]
    assert holder("write")("POST", "/quarantine/q-1/replay").status == 403
