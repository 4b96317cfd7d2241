"""How often the words that are kept are those that other projects' own tests expect, and that docs/mail.md says so."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from plugins.sources.mail.quotation_wordings import ATTRIBUTIONS
from plugins.sources.mail.reply import parted
from plugins.sources.mail.reply_html import parted_html
from tests.plugins.mail.replies import Case, cases, is_right
from tests.promises.test_docs import table

ROOT = Path(__file__).parents[3]
CASES = cases("plain", "html", "signature")

OTHERWISE = {
    "discourse-embedded_email_7": "keeps the quoted lines between the answers",
    "discourse-embedded_email_17": "keeps the quoted lines between the answers",
    "discourse-quote_and_text": "keeps the quoted lines above the answer",
    "mpr-email_1_3": "takes a name after a dash for a signature; crisp's same mail keeps it",
    "talon-iphone": "keeps the line of the phone; three other sets take it away",
    "talonsig-johndoeexamplecom": "each line of the signature begins with #sig#, which no mail has",
    "talonsig-short_url": "takes thanks with a name for a signature; talon's own HTML cases keep them",
}
"""Where a project expects something else than what is chosen here, and what."""


def own(case: Case) -> str:
    return (parted_html if case["kind"] == "html" else parted)(case["input"]).own


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_what_is_kept_is_what_was_expected(case: Case) -> None:
    assert is_right(case, own(case)) is (case["id"] not in OTHERWISE)


def test_the_figures_in_the_docs_are_those() -> None:
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for case in CASES:
        total[f"{case['source']}, {case['kind']}"] += 1
        right[f"{case['source']}, {case['kind']}"] += is_right(case, own(case))
    page = (ROOT / "docs/mail.md").read_text(encoding="utf-8")
    assert {row[0]: row[1] for row in table(page, "set")} == {
        name: f"{right[name]} of {total[name]}" for name in total
    }


def test_the_docs_name_each_language() -> None:
    page = (ROOT / "docs/mail.md").read_text(encoding="utf-8")
    named = page.split("**Languages**, by what clients write over a quotation: ")[1].split(".\n")[0]
    assert named.count(",") + 1 == len(ATTRIBUTIONS)
