"""The list of plugins that a package carries: what each gives, and what may not stand beside another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from textwrap import dedent
from typing import Any

import pluggy
import pytest

from lambda_package import manifest
from lambda_package.errors import PackageError
from tests.functional.installing import SitePackages

ROOT = Path(__file__).parents[3]
SOURCE = """
    from triggeriq import Source, hookimpl

    class Acme(Source):
        name = "acme"

    @hookimpl
    def register_sources(register):
        print("a plugin may print")
        register(Acme)
"""
CLASSIFIER = """
    from triggeriq import hookimpl

    @hookimpl
    def classify(feedback):
        return None

    @hookimpl
    def review(feedback, verdicts, draft):
        return None
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What a package has of ours, without a plugin."""
    tree = tmp_path / "tree"
    skip = shutil.ignore_patterns("__pycache__", "testing")
    for folder in (ROOT / "chalicelib", ROOT / "triggeriq", Path(pluggy.__file__).parent):
        shutil.copytree(folder, tree / folder.name, ignore=skip)
    for folder in ("sources", "classifiers"):
        (tree / "plugins" / folder).mkdir(parents=True)
        (tree / "plugins" / folder / "__init__.py").touch()
    return tree


def add(tree: Path, place: str, code: str) -> None:
    (tree / "plugins" / f"{place}.py").write_text(dedent(code))


def rows(tree: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((tree / "plugins" / "manifest.json").read_text())
    return rows


def test_it_says_what_each_gives(tree: Path) -> None:
    add(tree, "sources/acme", SOURCE)
    SitePackages(tree).install("calm", CLASSIFIER)
    assert manifest.write(tree) == ["acme (built-in)", "calm (triggeriq-calm 1.0)"]
    assert rows(tree) == [
        {
            "name": "acme",
            "module": "plugins.sources.acme",
            "origin": "built-in",
            "kind": "sources",
            "hooks": ["register_sources"],
            "sources": ["acme"],
        },
        {
            "name": "calm",
            "module": "calm",
            "origin": "triggeriq-calm 1.0",
            "kind": "",
            "hooks": ["classify", "review"],
            "sources": [],
        },
    ]


def test_what_can_not_be_loaded_here_is_told_and_nothing_is_claimed_of_it(tree: Path) -> None:
    """It may need a library of the other architecture."""
    SitePackages(tree).install("odd", "import a_library_for_lambda_only\n")
    assert manifest.write(tree) == [
        "odd (triggeriq-odd 1.0), which can't be loaded here: "
        "ModuleNotFoundError: No module named 'a_library_for_lambda_only'"
    ]
    assert [(row["hooks"], row["sources"]) for row in rows(tree)] == [(None, None)]


def test_two_plugins_of_one_name_make_no_package(tree: Path) -> None:
    add(tree, "sources/acme", SOURCE)
    add(tree, "classifiers/acme", CLASSIFIER)
    add(tree, "classifiers/calm", CLASSIFIER)
    SitePackages(tree).install("calm", CLASSIFIER)
    with pytest.raises(PackageError) as refused:
        manifest.write(tree)
    assert str(refused.value).split("\n") == [
        "plugins.sources.acme (built-in) and plugins.classifiers.acme (built-in) both claim the name acme; "
        "rename one",
        "plugins.classifiers.calm (built-in) and calm (triggeriq-calm 1.0) both claim the name calm; "
        "rename one",
    ]


def test_two_sources_of_one_name_make_no_package(tree: Path) -> None:
    add(tree, "sources/acme", SOURCE)
    SitePackages(tree).install("theirs", SOURCE)
    with pytest.raises(
        PackageError, match=r"^the plugins acme and theirs both claim the source acme; rename one$"
    ):
        manifest.write(tree)


def test_a_plugin_that_ends_the_process_makes_none(tree: Path) -> None:
    SitePackages(tree).install(
        "leaves", "import os, sys\nprint('so long', file=sys.stderr)\nsys.stderr.flush()\nos._exit(3)\n"
    )
    with pytest.raises(PackageError, match=r"could not be listed:\nso long"):
        manifest.write(tree)
