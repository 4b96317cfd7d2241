"""What every refusal is held against."""

from __future__ import annotations

import base64
from typing import Any

from tests.functional.client import SECRET, Answer

OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret of the same length").decode()


def assert_problem(answer: Answer, status: int) -> Any:
    """RFC 9457, with nothing in it that was to be kept secret."""
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json
    assert problem["status"] == status
    assert problem["type"].startswith("urn:triggeriq:problem:")
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"]
    for secret in (SECRET, OTHER_SECRET):
        assert secret.removeprefix("whsec_").encode() not in answer.body
    return problem
