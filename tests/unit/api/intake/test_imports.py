"""Imports: followed, cancelled, and their bad rows downloaded."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest


def test_imports_are_followed_and_cancelled(api):
    (item,) = api("GET", "/imports").json["items"]
    assert (item["status"], item["left"], item["key"]) == ("registered", 6, "reviews/csv/default/a.csv")
    assert api("GET", "/imports/i-1").json == item
    assert api("DELETE", "/imports/i-1").json["status"] == "cancelled"
    assert api("GET", "/imports/i-2").status == 404


def test_bad_rows_are_a_file_that_runs_no_formula(api):
    answer = api("GET", "/imports/i-1/bad-rows")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert 'filename="bad-rows-i-1.csv"' in answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["where"] == "line 3"
    assert row["reason"].startswith("'=HYPERLINK")
    assert row["row"] == "'=1+1,caf\ufffd"
    assert row["quarantine_id"] == "q-1"
    assert api("GET", "/imports/i-2/bad-rows").status == 404


@pytest.mark.parametrize("character", ["\1", '"'], ids=["long in JSON", "long in CSV and in JSON"])
def test_a_download_of_bad_rows_stays_within_what_lambda_may_answer(api, use, character):
    bad = use.intake.imports.bad[0]
    excerpt = character.encode() * 2_000
    use.intake.imports.bad = (replace(bad, reason=character * 900, excerpt=excerpt),) * 2_000
    answer = api("GET", "/imports/i-1/bad-rows")
    assert len(json.dumps(answer.text)) < 6_000_000
    *rows, last = csv.DictReader(io.StringIO(answer.text))
    assert last["reason"].startswith(f"{2_000 - len(rows)} more")
