"""What holds for every built-in stage: any text, the same answer, no side effect, last in line."""

from __future__ import annotations

import math
import subprocess
import sys

import pluggy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.classifiers import category, critic, draft, facts, language, priority, sentiment
from triggeriq import Feedback, Verdict, hookimpl, hookspecs
from triggeriq.testing import hostile

from .conftest import triage_of

PLUGINS = (sentiment, category, language, facts, priority, draft, critic)


@pytest.mark.parametrize("text", hostile.TEXTS.values(), ids=hostile.TEXTS)
def test_a_hostile_text_is_triaged_like_any_other(text):
    assert_well_formed(triage_of(Feedback(external_id="1", title=text, text=text)))


@settings(max_examples=150)
@given(
    text=st.text(max_size=300),
    title=st.none() | st.text(max_size=50),
    rating=st.none() | st.floats(),
    stated=st.none() | st.text(max_size=10),
)
def test_any_text_gets_well_formed_answers(text, title, rating, stated):
    told = Feedback(external_id="1", title=title, text=text, rating=rating, language=stated)
    assert_well_formed(triage_of(told))


def assert_well_formed(triaged):
    for verdict in triaged.verdicts.values():
        assert 0 <= verdict.confidence <= 1
        assert verdict.score is None or -1 <= verdict.score <= 1
        assert len(verdict.evidence) <= 5
        assert not any(math.isnan(number) for number in (verdict.confidence, verdict.score or 0))
    assert triaged.verdicts["priority"].reasons
    assert triaged.draft.title


def test_the_same_feedback_gets_the_same_answer():
    told = Feedback(
        external_id="1", text="It crashes on my iPhone 14, please fix. Love it otherwise!", rating=3
    )
    first = triage_of(told)
    for other in ("Muy bien", "最高", "x"):
        triage_of(Feedback(external_id="2", text=other))
    assert triage_of(told) == first


def test_the_end_of_a_text_of_any_length_changes_nothing_beyond_what_is_read():
    start = "The app crashes every time. " * 400
    short, long = (Feedback(external_id="1", text=start + "love " * n) for n in (1, 10_000))
    assert triage_of(short).verdicts == triage_of(long).verdicts


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.__name__.rpartition(".")[2])
def test_each_stage_says_its_version_and_comes_last(plugin):
    hooks = [
        getattr(plugin, name) for name in vars(plugin) if hasattr(getattr(plugin, name), "triggeriq_impl")
    ]
    assert plugin.__version__
    assert hooks
    assert all(hook.triggeriq_impl["trylast"] for hook in hooks)


def test_a_team_s_own_opinion_comes_before_ours():
    class Own:
        @hookimpl
        def classify(self, feedback):
            return Verdict(facet="sentiment", label="positive")

    manager = pluggy.PluginManager("triggeriq")
    manager.add_hookspecs(hookspecs)
    for plugin in (Own(), *PLUGINS):
        manager.register(plugin)
    manager.check_pending()
    answers = manager.hook.classify(
        feedback=Feedback(external_id="1", text="I hate it"), source="csv", connection="default"
    )
    assert answers[0] == Verdict(facet="sentiment", label="positive")
    assert {verdict.facet for verdict in answers[1:]} == {"sentiment", "category", "language"}


def test_importing_the_stages_reads_no_model():
    names = ", ".join(plugin.__name__ for plugin in PLUGINS)
    program = (
        "import sys, pathlib\n"
        "def stop(*_, **__): raise SystemExit('read at import')\n"
        "pathlib.Path.read_text = stop\n"
        f"import {names}\n"
        "print(sorted({'json', 'pydantic', 'boto3', 'numpy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip() in ("[]", "['json']")) == (0, True), done.stderr


@pytest.mark.parametrize("text", ["Thanks, it works now!", "Where is my parcel?", ""])
def test_what_is_only_quoted_changes_no_answer(text):
    """A customer who quotes a complaint does not complain."""
    quoted = (
        "> URGENT!!! The app crashes, I lost all my data, I want a refund of $500 NOW\n"
        "> Version 9.9.9 on an iPhone 12, steps: 1. open it 2. it crashes\n"
        "> My lawyer will hear of this. Click here for bitcoin: http://spam.example\n-- \nAda"
    )
    alone = triage_of(Feedback(external_id="1", kind="email", text=text))
    assert triage_of(Feedback(external_id="1", kind="email", text=text, quoted=quoted)) == alone
