"""What can be said of the files as they stand: form, schema, variables, wiring, and known bad habits."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from terraform.proof.conftest import Begin
from terraform.proof.terraform import PROJECT, Terraform

ROOTS = ("terraform", "terraform/bootstrap")
CHECKOV = "3.3.30"


def test_it_is_formatted() -> None:
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-recursive", "-diff", str(PROJECT / "terraform")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def root(begin: Begin) -> Terraform:
    return begin()


def test_it_is_valid(root: Terraform) -> None:
    """By the newest provider at hand. A warning of what is deprecated is one too many."""
    assert json.loads(root.run("validate", "-json"))["diagnostics"] == []


def test_it_is_valid_by_the_oldest_provider_that_it_allows(begin: Begin) -> None:
    aws = '{ source = "hashicorp/aws", version = "5.100.0" }'
    oldest = f"terraform {{\n  required_providers {{\n    aws = {aws}\n  }}\n}}\n"
    assert json.loads(begin(override=oldest).run("validate", "-json"))["diagnostics"] == []


def test_its_own_tests_pass(root: Terraform) -> None:
    """terraform/tests: each variable's rule, and the wiring."""
    root.run("test")


@pytest.mark.parametrize("version", ["5", "6"])
@pytest.mark.parametrize("folder", ROOTS)
def test_it_fits_the_schema_of_the_provider(folder: str, version: str, package: Path) -> None:
    """At both ends of the range in versions.tf, by a command that knows the schemas offline."""
    command = os.environ.get("TERRAFORM_SCHEMA_CHECK")
    if not command:
        pytest.skip(
            "no offline schemas: set TERRAFORM_SCHEMA_CHECK to a command that takes FOLDER --apply --aws 5"
        )
    done = subprocess.run(
        [*shlex.split(command), str(PROJECT / folder), "--apply", "--aws", version],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_checkov_finds_nothing_that_is_not_explained(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is left out on purpose is said beside the resource: `#checkov:skip=ID:reason`."""
    checkov = _installed(PROJECT / ".venv" / "checkov")
    done = subprocess.run(
        [
            checkov,
            "--directory",
            "terraform",
            "--framework",
            "terraform",
            "--skip-download",
            "--compact",
            "--quiet",
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def _installed(folder: Path) -> Path:
    """checkov in an environment of its own: it pins other versions of what we use. Once, then kept."""
    checkov = folder / "bin" / "checkov"
    if not checkov.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, f"checkov=={CHECKOV}"], check=True)
    return checkov
