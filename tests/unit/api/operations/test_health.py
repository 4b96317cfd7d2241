"""GET /health: what it looks at, and for whom."""

from __future__ import annotations

import pytest


def test_health_looks_at_nothing(stranger, use):
    use.operations.health = None
    answer = stranger("GET", "/health")
    assert answer.status == 200
    assert answer.json == {"status": "ok", "version": "0.1.0", "stage": "local"}


def test_deep_health_is_for_admins(stranger, api, holder):
    assert stranger("GET", "/health?deep=1").status == 401
    assert holder("read")("GET", "/health?deep=1").status == 403
    assert api("GET", "/health?deep=1").json["checks"] == {"postgres": "ok"}
    assert "checks" not in api("GET", "/health?deep=0").json


def test_deep_health_is_503_where_a_dependency_is_not_well(api, use):
    use.operations.checks = {"postgres": "no connection", "s3": "ok"}
    answer = api("GET", "/health?deep=true")
    assert (answer.status, answer.json["status"]) == (503, "degraded")


@pytest.mark.parametrize("query", ["deep=perhaps", "deep=1&deep=1", "depth=1"])
def test_health_refuses_odd_questions(stranger, query):
    assert stranger("GET", f"/health?{query}").status == 400
