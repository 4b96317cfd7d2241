"""make says in one line what it lacks, and has a quick way to test one plugin."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = ("make", "sh", "rm", "printf")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with nothing but the Makefile, and a path on which there is little."""
    (tmp_path / "Makefile").symlink_to(ROOT / "Makefile")
    (tmp_path / "build").mkdir()
    (tmp_path / "terraform").mkdir()
    (tmp_path / "bin").mkdir()
    for name in PROGRAMS:
        program = shutil.which(name)
        assert program
        (tmp_path / "bin" / name).symlink_to(program)
    return tmp_path


def refused(checkout: Path, *words: str) -> str:
    """What `make` with these words says on its way to a failure, without make's own line."""
    done = subprocess.run(
        ["make", *words],
        cwd=checkout,
        env={"PATH": str(checkout / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def with_terraform(checkout: Path) -> None:
    """One that must not be asked."""
    program = checkout / "bin" / "terraform"
    program.write_text("#!/bin/sh\necho terraform was asked\n")
    program.chmod(0o755)


@pytest.mark.parametrize("command", ["plan", "show-plan", "apply"])
def test_without_terraform_it_says_so(checkout: Path, command: str) -> None:
    assert refused(checkout, command).startswith("triggeriq: terraform is not installed here")


@pytest.mark.parametrize("command", ["show-plan", "apply"])
def test_without_a_plan_it_says_what_makes_one(checkout: Path, command: str) -> None:
    with_terraform(checkout)
    assert refused(checkout, command) == "triggeriq: no plan is kept; run make plan"


def test_a_plan_without_a_package_or_a_place_for_its_state_says_so(checkout: Path) -> None:
    with_terraform(checkout)
    assert refused(checkout, "plan") == "triggeriq: no package yet; run make package"
    (checkout / "build" / "deployment.zip").touch()
    assert refused(checkout, "plan").startswith("triggeriq: STATE_BUCKET is not set")


def test_a_plan_that_fails_leaves_none(checkout: Path) -> None:
    (checkout / "build" / "plan").touch()
    refused(checkout, "plan")
    assert not (checkout / "build" / "plan").exists()


@pytest.mark.parametrize("name", ["zendesk", "category"])
def test_one_plugin_is_tested_alone(name: str) -> None:
    told = subprocess.run(
        ["make", "--dry-run", "--old-file=.venv/.ready", "test-plugin", f"NAME={name}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (line,) = [line for line in told.splitlines() if "pytest" in line]
    files = [word for word in line.split() if word.endswith(".py")]
    assert [Path(file).name for file in files] == [f"test_{name}.py"]
    assert all((ROOT / file).exists() for file in files)
    assert "--numprocesses" not in line


def test_every_plugin_of_ours_can_be_tested_alone() -> None:
    plugins = [path.stem for path in ROOT.glob("plugins/*/*.py") if not path.stem.startswith("_")]
    tested = {
        path.stem
        for folder in ("plugins", "unit/plugins/classifiers")
        for path in ROOT.glob(f"tests/{folder}/*")
    }
    assert [name for name in plugins if f"test_{name}" not in tested] == []


def test_every_command_is_named_in_the_docs() -> None:
    commands = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages if page.name != "CHANGELOG.md")
    assert len(commands) > 10
    assert [name for name in commands if not re.search(rf"\bmake {name}(?![a-z-])", text)] == []


@pytest.mark.parametrize("words", [["NAME=nobody"], []])
def test_a_plugin_without_tests_is_told_so(checkout: Path, words: list[str]) -> None:
    assert "has no tests; write tests/plugins/test_" in refused(
        checkout, "--old-file=.venv/.ready", "test-plugin", *words
    )
