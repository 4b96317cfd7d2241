"""Tests of a plugin, run as its author runs them, and what became of each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import triggeriq

ROOT = Path(triggeriq.__file__).parents[1]
TEMPLATES = ROOT / "triggeriq" / "testing" / "scaffold" / "templates"


class Outcome(NamedTuple):
    """What a run of pytest told."""

    code: int
    said: str
    failed: dict[str, set[str]]
    """By class, the names of the tests that failed, without their parameters."""
    passed: dict[str, set[str]]


def run(folder: Path, *what: str) -> Outcome:
    """Runs pytest in `folder`, without this repository's configuration."""
    report = folder / "report.xml"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", "."),
            *("--import-mode=importlib", f"--junitxml={report}", *what),
        ],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    failed: dict[str, set[str]] = {}
    passed: dict[str, set[str]] = {}
    for case in ElementTree.parse(report).iter("testcase") if report.exists() else ():
        test = case.attrib["name"].partition("[")[0]
        of = case.attrib["classname"].rpartition(".")[2]
        bad = case.find("failure") is not None or case.find("error") is not None
        (failed if bad else passed).setdefault(of, set()).add(test)
    return Outcome(done.returncode, done.stdout + done.stderr, failed, passed)
