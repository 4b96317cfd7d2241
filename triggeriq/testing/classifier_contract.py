"""The contract of a classifier: of a module that implements hooks of triage."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triggeriq import Feedback, hookspecs
from triggeriq.testing import examples, hostile
from triggeriq.testing.alone import alone
from triggeriq.testing.answers import HOOKS, check
from triggeriq.testing.budget import within
from triggeriq.testing.examples import Example
from triggeriq.testing.marks import Mark, parametrize_left, sources_of

_QUOTED = (
    "> URGENT!!! It crashes, I lost everything and want my $500 back NOW\n"
    "> Version 9.9.9 on an iPhone 12. Thank you, I love it!\n-- \nAda"
)


class ClassifierContract:
    """Tests for every classifier. Subclass it."""

    plugin: ClassVar[Any]
    """The module under test."""
    golden: ClassVar[str | Path] = ""
    """A folder of golden examples, see `triggeriq.testing.examples`; `examples` are those in code."""
    examples: ClassVar[tuple[Example, ...]] = ()
    pages: ClassVar[tuple[Path, ...]] = ()
    """Further files of the plugin, such as its page, that are looked through for FILL_IN."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "example" in metafunc.fixturenames:
            found = self._examples()
            metafunc.parametrize("example", found, ids=[one.name for one in found])
        if "text" in metafunc.fixturenames:
            metafunc.parametrize("text", hostile.TEXTS.values(), ids=hostile.TEXTS)
        if "left" in metafunc.fixturenames:
            folder = [Path(self.golden)] if self.golden else []
            parametrize_left(metafunc, (*sources_of(self.plugin, type(self)), *folder, *self.pages))

    def test_what_is_left_to_fill_in(self, left: Mark | None) -> None:
        """Of each place that a scaffold marked: it fails, as expected, until the mark is gone."""
        assert left is None, f"fill in: {left}"

    def test_its_hooks_ask_for_what_there_is(self) -> None:
        assert self._hooks(), "it implements no hook of triage; does @hookimpl stand above its functions?"
        for name, hook in self._hooks().items():
            known = set(inspect.signature(getattr(hookspecs, name)).parameters)
            assert set(inspect.signature(hook).parameters) <= known
            options = hook.triggeriq_impl
            wraps = options["wrapper"] or options["hookwrapper"]
            assert not wraps, f"{name} is a wrapper; each implementation must stand alone"

    def test_it_gives_the_expected_answer(self, example: Example) -> None:
        answers = self._answers(example)
        unknown = sorted(example.expect.keys() - answers.keys())
        assert not unknown, f"it does not implement {', '.join(unknown)}"
        for hook, expected in example.expect.items():
            assert examples.fault_of(hook, answers[hook], expected) == ""

    def test_its_answers_are_well_formed(self, example: Example) -> None:
        self._answers(example)

    def test_the_same_feedback_gets_the_same_answer(self, example: Example) -> None:
        first = self._answers(example)
        for other in (*self._examples(), *map(_said, ("Muy bien", "最高", "x"))):
            self._answers(other)
        assert self._answers(example) == first

    def test_what_is_only_quoted_changes_no_answer(self, example: Example) -> None:
        """A customer who quotes a complaint does not complain."""
        quoting = replace(example, feedback=replace(example.feedback, quoted=_QUOTED))
        assert self._answers(quoting) == self._answers(example)

    def test_a_hostile_text_is_answered_like_any_other(self, text: str) -> None:
        feedback = Feedback(external_id="1", title=text[:1_000], text=text)
        self._answers(Example(name="", feedback=feedback, expect={}))

    def test_any_feedback_is_answered(self) -> None:
        @settings(
            max_examples=100,
            database=None,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(
            text=st.text(hostile.LETTERS, max_size=300),
            title=st.none() | st.text(hostile.LETTERS, max_size=50),
            rating=st.none() | st.floats(),
            language=st.none() | st.text(hostile.LETTERS, max_size=10),
        )
        def holds(**fields: Any) -> None:
            self._answers(Example(name="", feedback=Feedback(external_id="1", **fields), expect={}))

        holds()

    def test_it_asks_for_nothing_but_what_it_is_given(self, example: Example) -> None:
        """No network, no file to write, no environment, no clock."""
        with alone() as asked:
            self._answers(example)
        assert asked == []

    def _examples(self) -> tuple[Example, ...]:
        """The golden ones, and those in code."""
        found = (*(examples.load(self.golden) if self.golden else ()), *self.examples)
        assert found, f"{type(self).__name__} brings no example: a contract over nothing proves nothing"
        return found

    def _hooks(self) -> Mapping[str, Any]:
        """The hooks of triage that the module implements."""
        found = {name: getattr(self.plugin, name, None) for name in HOOKS}
        return {name: hook for name, hook in found.items() if hasattr(hook, "triggeriq_impl")}

    def _answers(self, example: Example) -> dict[str, Any]:
        """Its answer to each hook, checked, each within the budget of a call."""
        given, answers = example.arguments(), {}
        for name, hook in self._hooks().items():
            with within():
                answer = hook(**{asked: given[asked] for asked in inspect.signature(hook).parameters})
                if name == "classify" and inspect.isgenerator(answer):
                    answer = list(answer)
            check(name, answer)
            answers[name] = answer
        return answers


def _said(text: str) -> Example:
    return Example(name="", feedback=Feedback(external_id="2", text=text), expect={})
