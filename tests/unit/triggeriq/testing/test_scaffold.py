"""A plugin that was just made is green, says by name what is left to fill in, and is written over nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.triggeriq.testing.outcomes import ROOT, run
from triggeriq.testing.scaffold import KINDS, Made, Refused, make

LONGEST = "a" * 40


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One of TriggerIQ, as far as it matters here."""
    for folder in ("plugins", "plugins/sources", "plugins/classifiers"):
        (tmp_path / "checkout" / folder).mkdir(parents=True)
        (tmp_path / "checkout" / folder / "__init__.py").touch()
    (tmp_path / "checkout" / "plugins" / "sources" / "zendesk.py").touch()
    (tmp_path / "checkout" / "plugins" / "sources" / "mail").mkdir()
    (tmp_path / "checkout" / "docs" / "sources").mkdir(parents=True)
    (tmp_path / "checkout" / "docs" / "sources" / "csv.md").touch()
    return tmp_path / "checkout"


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["a checkout", "a project"])
def made(request: pytest.FixtureRequest, kind: str, checkout: Path, tmp_path: Path) -> tuple[Path, Made]:
    """Where it was made, and what."""
    if request.param == "a checkout":
        return checkout, make("shop_talk", kind, checkout)
    return tmp_path / "out", make("shop_talk", kind, checkout, tmp_path / "out")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_is_green_and_names_what_is_left(made: tuple[Path, Made]) -> None:
    folder, plugin = made
    told = run(folder, "-ra", str(plugin.tests.relative_to(folder)))
    assert told.code == 0, told.said
    assert len(plugin.left) >= 4
    assert f"{len(plugin.left)} xfailed" in told.said.splitlines()[-1]
    assert all(f"test_what_is_left_to_fill_in[{mark}]" in told.said for mark in plugin.left)
    assert "skipped" not in told.said


def test_what_is_filled_in_is_named_no_more(made: tuple[Path, Made]) -> None:
    folder, plugin = made
    for file in plugin.files:
        file.write_bytes(file.read_bytes().replace(b"FILL_IN", b"Filled in"))
    told = run(folder, "-v", str(plugin.tests.relative_to(folder)), "-k", "left_to_fill_in")
    assert told.code == 0
    assert "test_what_is_left_to_fill_in[nothing] PASSED" in told.said


def test_it_is_not_made_twice(made: tuple[Path, Made], kind: str, checkout: Path) -> None:
    folder, plugin = made
    before = files(folder)
    out = None if folder == checkout else folder
    with pytest.raises(Refused, match=r"write over .*shop_talk\.py and|there is a plugin shop_talk already"):
        make("shop_talk", kind, checkout, out)
    assert files(folder) == before
    assert len(plugin.files) <= len(before)


@pytest.mark.parametrize("name", ["shop_talk", LONGEST])
def test_it_is_in_the_house_s_style(name: str, kind: str, checkout: Path, tmp_path: Path) -> None:
    for ours in ("pyproject.toml", "triggeriq"):
        (checkout / ours).symlink_to(ROOT / ours)
    made = [*make(name, kind, checkout).files, *make(name, kind, None, tmp_path / "out").files]
    assert not [file for file in made if b"acme" in file.read_bytes().lower()]
    ruff = Path(sys.executable).with_name("ruff")
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [ruff, *command, "--no-cache", "plugins", "tests"],
            cwd=checkout,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "kind", "why"),
    [
        ("zendesk", "source", "a plugin zendesk already: plugins/sources/zendesk.py"),
        ("zendesk", "classifier", "a plugin zendesk already"),
        ("mail", "source", "a plugin mail already: plugins/sources/mail"),
        ("csv", "source", "a plugin csv already: docs/sources/csv.md"),
        ("Shop", "source", "a plugin's name matches"),
        ("shop-talk", "source", "'shop-talk' is none"),
        ("../shop", "source", "is none"),
        ("", "source", "'' is none"),
        ("import", "source", "no word of Python's"),
        ("a" * 41, "source", "is none"),
        ("shop", "robot", "KIND is source or classifier, not 'robot'"),
    ],
)
def test_what_can_not_be_is_refused_by_name(name: str, kind: str, why: str, checkout: Path) -> None:
    before = files(checkout)
    with pytest.raises(Refused, match=why):
        make(name, kind, checkout)
    assert files(checkout) == before


def test_the_name_of_an_installed_plugin_is_taken(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "triggeriq_taken-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: triggeriq-taken\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[triggeriq]\ntaken = triggeriq_taken\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Refused, match="a plugin taken already: triggeriq_taken, of triggeriq-taken"):
        make("taken", "source", checkout, tmp_path / "out")


def test_one_file_in_the_way_stops_all(checkout: Path) -> None:
    test = checkout / "tests" / "plugins" / "test_shop.py"
    test.parent.mkdir(parents=True)
    test.write_text("mine")
    with pytest.raises(Refused, match=r"write over .*test_shop\.py"):
        make("shop", "source", checkout)
    assert not (checkout / "plugins" / "sources" / "shop.py").exists()
    assert test.read_text() == "mine"


def test_make_makes_it(tmp_path: Path) -> None:
    command = ["make", "--old-file=.venv/.ready", "plugin", "NAME=shop_talk", f"OUT={tmp_path / 'out'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "out" / "triggeriq_shop_talk.py") in done.stdout
    assert "To fill in" in done.stdout
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode != 0
    assert "triggeriq: no plugin was made: it would write over" in again.stderr
