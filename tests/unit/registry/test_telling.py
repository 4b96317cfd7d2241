"""A plugin's exception: its type only, or all of it and where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from chalicelib.registry.discovery import ROOT
from chalicelib.registry.telling import MESSAGE_LIMIT, not_loaded, place, raised
from tests.functional.installing import SitePackages

PLUGIN = """import json

def fails(text):
    return text["a"]

def calls_others(text):
    value = text
    return json.loads(value)
"""


class Silent(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.fixture
def plugin(tmp_path: Path) -> ModuleType:
    module = ModuleType("acme")
    module.__file__ = str(tmp_path / "acme.py")
    exec(compile(PLUGIN, module.__file__, "exec"), vars(module))
    return module


def error_of(call: Callable[..., object], *arguments: object) -> Exception:
    """What it raised, without the step of this caller."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - each test says which
        call(*arguments)
    return caught.value.with_traceback(caught.tb.tb_next)


def test_the_message_is_told_only_in_full(plugin: ModuleType) -> None:
    error = error_of(plugin.fails, {"b": "jo@example.com"})
    assert raised(error, in_full=False) == "raised KeyError"
    assert raised(error, in_full=True) == f"raised KeyError: 'a' ({plugin.__file__}:4)"


def test_why_a_plugin_was_not_loaded_always_has_the_message(plugin: ModuleType) -> None:
    error = error_of(plugin.fails, {})
    assert not_loaded(error, in_full=False) == "KeyError: 'a'"
    assert not_loaded(error, in_full=True) == f"KeyError: 'a' ({plugin.__file__}:4)"


def test_the_place_is_in_the_plugin_s_own_file(plugin: ModuleType) -> None:
    error = error_of(plugin.calls_others, "no json")
    assert isinstance(error, json.JSONDecodeError)
    assert place(error) == f"{plugin.__file__}:8"


def test_a_syntax_error_is_where_it_stands() -> None:
    error = error_of(compile, "def classify(feedback:\n", f"{ROOT}/plugins/classifiers/new.py", "exec")
    assert (
        not_loaded(error, in_full=True) == "SyntaxError: '(' was never closed (plugins/classifiers/new.py:1)"
    )


def test_a_long_message_is_cut_and_one_that_fails_is_outlived() -> None:
    assert len(raised(ValueError("x" * 10_000), in_full=True)) < MESSAGE_LIMIT + 100
    assert "(its message can't be read)" in raised(Silent(), in_full=True)


ASK = """
from chalicelib import bootstrap, settings
from chalicelib.bootstrap.outside import Outside
from triggeriq import Feedback

bootstrap.configure_log()
registry = Outside(settings.current()).registry
for answer in registry.ask("classify", feedback=Feedback(external_id="1", text="jo@example.com")):
    print(answer.failure)
"""


@pytest.mark.parametrize(
    ("stage", "told"),
    [("prod", "raised KeyError"), ("local", "raised KeyError: 'jo@example.com' ({file}:6)")],
)
def test_only_a_developer_s_machine_tells_a_plugin_s_words(tmp_path: Path, stage: str, told: str) -> None:
    installed = SitePackages(tmp_path)
    installed.install(
        "bad",
        """
        from triggeriq import hookimpl

        @hookimpl
        def classify(feedback):
            raise KeyError(feedback.text)
        """,
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "TRIGGERIQ_STAGE": stage,
        "TRIGGERIQ_FUNCTION": "process",
        "TRIGGERIQ_LOAD_PLUGINS": "bad",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # its failure can't be counted, and that is outlived
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == told.format(file=tmp_path / "bad.py")
    assert "jo@example.com" not in done.stderr
