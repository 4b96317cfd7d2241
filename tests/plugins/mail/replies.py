"""Bodies of mails with what other projects' own tests expect to be left of them (tests/data/replies)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PATH = Path(__file__).parents[2] / "data" / "replies" / "replies.jsonl"
Case = dict[str, Any]


def cases(*kinds: str) -> list[Case]:
    """kinds: plain (text of a whole body), html, signature (text that ends in a signature)."""
    rows = [json.loads(line) for line in PATH.read_text(encoding="utf-8").split("\n") if line]
    return [row for row in rows if row["kind"] in kinds]


def is_right(case: Case, own: str) -> bool:
    """Whether the words that were kept are those that the case's project expects, white space aside."""
    kept = _words(own)
    if case["match"] == "exact_ws":
        return kept == _words(case["expected"])
    if case["match"] == "exact_no_ws":
        return kept.replace(" ", "") == _words(case["expected"]).replace(" ", "")
    if case["match"] == "contains":
        wanted, unwanted = case.get("must_contain", ()), case.get("must_not_contain", ())
        return all(_words(one) in kept for one in wanted) and not any(_words(one) in kept for one in unwanted)
    body, signature = case["input"].rstrip(), case["signature"].rstrip()
    return kept == _words(body.removesuffix(signature)) and body.endswith(signature)


def _words(text: str) -> str:
    return " ".join(text.split())
