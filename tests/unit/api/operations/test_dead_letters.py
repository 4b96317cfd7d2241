"""Dead letters: counted, and put back."""

from __future__ import annotations


def test_dead_letters_are_counted_and_put_back(api):
    answer = api("GET", "/dlq")
    assert answer.json["queues"] == {"ingest": 0, "feedback": 2}
    assert answer.json["items"][0]["reason"] == "it broke"
    assert api("POST", "/dlq/redrive").json == {"moved": {"feedback": 2}}
    assert api("POST", "/dlq/redrive", {"queue": "ingest"}).json == {"moved": {"ingest": 2}}
