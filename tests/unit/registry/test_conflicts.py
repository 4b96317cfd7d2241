"""Two of one name: the first that is found holds it, and both are named."""

from __future__ import annotations

from chalicelib.registry import Found
from chalicelib.registry.conflicts import parted

ACME = Found("acme", "plugins.sources.acme", "built-in", "sources")


def test_the_later_of_two_plugins_of_one_name_is_refused() -> None:
    theirs = Found("acme", "triggeriq_acme", "triggeriq-acme 1.2")
    assert parted([ACME, theirs]) == (
        [ACME],
        [
            (
                theirs,
                "plugins.sources.acme (built-in) and triggeriq_acme (triggeriq-acme 1.2) both claim the name "
                "acme; rename one",
            )
        ],
    )


def test_so_are_a_source_and_a_classifier_of_one_name() -> None:
    other = Found("acme", "plugins.classifiers.acme", "built-in", "classifiers")
    standing, ((refused, reason),) = parted([ACME, other])
    assert (standing, refused) == ([ACME], other)
    assert reason.startswith(
        "plugins.sources.acme (built-in) and plugins.classifiers.acme (built-in) both claim"
    )


def test_the_later_of_two_that_give_the_same_source_is_refused() -> None:
    first = Found("one", "one", "one 1", sources=("acme", "bcme"))
    second = Found("two", "two", "two 1", sources=("ccme", "bcme"))
    third = Found("three", "three", "three 1", sources=("ccme",))
    assert parted([first, second, third]) == (
        [first, third],
        [(second, "the plugins one and two both claim the source bcme; rename one")],
    )


def test_of_what_was_not_looked_into_only_names_can_disagree() -> None:
    found = [ACME, Found("bcme", "bcme", "bcme 1"), Found("ccme", "ccme", "ccme 1")]
    assert parted(found) == (found, [])
