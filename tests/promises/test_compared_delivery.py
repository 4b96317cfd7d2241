"""docs/compared-delivery.md names what shows each claim: tests of ours, and lines of others at one commit."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "compared-delivery.md").read_text(encoding="utf-8")
COMMITS = {
    "svix/svix-webhooks": "4fc0cfb8b426c87ef7e2b937e7d896a71d456a47",
    "frain-dev/convoy": "2b60cc652e1d4babc1857280d5911817960e83e7",
    "hookdeck/outpost": "f67ae011b287ff2588cb06699d808a69bba6ab4d",
}


def rows(heading: str) -> list[list[str]]:
    chapter = PAGE.partition(heading)[2].partition("\n## ")[0]
    lines = [line for line in chapter.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_test_that_it_names_is_there() -> None:
    there = {
        name
        for path in (ROOT / "tests").rglob("*.py")
        for name in re.findall(
            r"^\s*(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 50
    assert named - there == set()


def test_each_row_of_a_feature_names_a_test_of_ours() -> None:
    features = rows("# Delivery, here and elsewhere")
    assert len(features) > 20
    assert [row[0] for row in features if "`test_" not in row[4]] == []


def test_fifteen_requests_are_answered_each_with_a_test() -> None:
    asked = rows("## What people ask of such systems")
    assert len(asked) == 15
    assert [row[0] for row in asked if "`test_" not in row[3] or "https://github.com/" not in row[1]] == []


def test_each_line_of_others_is_named_at_the_commit_that_was_read() -> None:
    links = re.findall(r"https://github\.com/([\w-]+/[\w-]+)/blob/(\w+)/[^)#]+#L\d+", PAGE)
    assert {repository for repository, _ in links} == set(COMMITS)
    assert {commit for _, commit in links} == set(COMMITS.values())
    assert PAGE.count("/blob/") == len(links)
    for repository, commit in links:
        assert COMMITS[repository] == commit
