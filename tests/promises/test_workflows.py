"""What GitHub Actions may do, and that it runs what a developer runs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FILES}
WORKFLOWS: dict[str, dict[Any, Any]] = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
JOBS = {(name, job): what for name, flow in WORKFLOWS.items() for job, what in flow["jobs"].items()}
STEPS = [(job, step) for job, what in JOBS.items() for step in what.get("steps", [])]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
EVENTS = {name: flow[True] for name, flow in WORKFLOWS.items()}  # YAML 1.1 takes `on` for a truth


def uses() -> list[str]:
    return [step["uses"] for _, step in STEPS if "uses" in step]


def test_there_is_what_is_promised():
    assert set(WORKFLOWS) == {"check.yml", "deploy.yml", "apply.yml", "proof.yml"}
    assert {"check", "test", "package", "plan"} <= set(WORKFLOWS["check.yml"]["jobs"])


@pytest.mark.parametrize("name", TEXTS)
def test_every_action_is_pinned_by_commit_and_says_its_version(name):
    for line in TEXTS[name].splitlines():
        if "uses:" in line and "uses: ./" not in line:
            assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_one_action_has_one_commit():
    pins = {used.split("@")[0]: set() for used in uses()}
    for used in uses():
        pins[used.split("@")[0]].add(used.split("@")[1])
    assert [name for name, commits in pins.items() if len(commits) > 1] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_stranger_s_code_meets_our_rights(name):
    """pull_request_target runs with the repository's rights on a fork's code; a key would outlive its use."""
    assert "pull_request_target" not in EVENTS[name]
    assert "workflow_run" not in EVENTS[name]
    assert "secrets" not in TEXTS[name]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_rights_are_the_least(name):
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("job", JOBS, ids="/".join)
def test_only_what_logs_in_to_aws_has_an_identity(job):
    what = JOBS[job]
    logs_in = any("configure-aws-credentials" in step.get("uses", "") for step in what.get("steps", []))
    calls_what_does = "uses" in what
    expected = {"contents": "read", "id-token": "write"} if logs_in or calls_what_does else None
    assert what.get("permissions") == expected


@pytest.mark.parametrize(("job", "step"), [one for one in STEPS if "run" in one[1]])
def test_a_step_runs_a_make_target(job, step):
    command = re.fullmatch(r"make ([a-z-]+)( .*)?", step["run"])
    assert command, (job, step["run"])
    assert command[1] in TARGETS


def test_checked_on_every_python_that_is_supported():
    from_project = re.search(
        r'requires-python = ">=3\.(\d+),<3\.(\d+)"', (ROOT / "pyproject.toml").read_text()
    )
    assert from_project
    versions = [f"3.{minor}" for minor in range(int(from_project[1]), int(from_project[2]))]
    assert WORKFLOWS["check.yml"]["jobs"]["test"]["strategy"]["matrix"]["python"] == versions


def test_what_is_long_by_nature_is_proven_every_week_and_by_hand():
    assert set(EVENTS["proof.yml"]) == {"schedule", "workflow_dispatch"}
    assert [step["run"] for job, step in STEPS if job[0] == "proof.yml" and "run" in step] == ["make proof"]


def test_an_apply_is_followed_by_the_smoke_check():
    runs = [step["run"] for step in JOBS["apply.yml", "apply"]["steps"] if "run" in step]
    assert runs[-2:] == ["make apply", "make smoke"]


def test_every_test_is_run_by_make_test_or_make_proof():
    run = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["testpaths"]
    )
    holding = {path.relative_to(ROOT).parts[:2] for path in (ROOT / "tests").rglob("test_*.py")}
    assert {"/".join(parts) for parts in holding} == run | {"tests/proof"}
    assert "pytest tests/proof" in (ROOT / "Makefile").read_text()


def test_code_is_checked_out_without_leaving_its_token():
    checkouts = [step for _, step in STEPS if "actions/checkout" in step.get("uses", "")]
    assert checkouts
    assert [step for step in checkouts if step["with"]["persist-credentials"] is not False] == []


def test_nothing_of_an_event_is_put_into_a_command():
    """A branch's name can hold a command: expressions stand in env and with, never in run."""
    assert [step["run"] for _, step in STEPS if "${{" in step.get("run", "")] == []


def test_a_plan_is_for_branches_of_this_repository():
    assert "head.repo.full_name == github.repository" in JOBS["check.yml", "plan"]["if"]


def test_a_tag_applies_what_was_checked_in_its_environment():
    assert EVENTS["deploy.yml"] == {"push": {"tags": ["v*"]}}
    jobs = WORKFLOWS["deploy.yml"]["jobs"]
    assert (jobs["dev"]["needs"], jobs["prod"]["needs"]) == ("check", "dev")
    apply = JOBS["apply.yml", "apply"]
    assert apply["environment"] == "${{ inputs.environment }}"
    assert apply["concurrency"]["cancel-in-progress"] is False
    packages = [step for _, step in STEPS if step.get("run") == "make package"]
    assert len(packages) == 1  # made once, and handed on
    handed_on = [job for job, step in STEPS if "download-artifact" in step.get("uses", "")]
    assert handed_on == [("apply.yml", "apply"), ("check.yml", "plan")]
