"""Whether an operator's command is one that there is: asked of the program itself where it is at hand without
an account, else of what the program would read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.functional.aws_cli import AwsCli

ROOT = Path(__file__).parents[2]

_ENVIRONMENT = {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nobody",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_PAGER": "",
}
_NOBODY = "http://127.0.0.1:9"
_TAIL = {"--since", "--filter-pattern", "--follow"}
"""Options of `aws logs tail` in use; version 2 alone has it, and no package index has that.
https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html"""
_UNASKED = {
    "init": r"",
    "apply": r"-var \w+=\S+",
    "providers": r"lock( -platform=(linux|darwin)_(amd64|arm64))+",
    "state": r"rm \S+",
    "import": r"-var environment=\w+( -var-file=dev\.tfvars)? \S+ \S+",
    "output": r"(-json |-raw )?\w+",
}
"""Terraform's subcommands in use, and what may follow each. It would have to log in before it told."""


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**_ENVIRONMENT, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@cache
def _cli() -> AwsCli:
    return AwsCli(_ENVIRONMENT)


def _aws(arguments: Sequence[str], folder: Path) -> bool:
    """Sent to a port where nobody listens: the CLI gets as far as connecting only with a command, options and
    values that it knows."""
    if list(arguments[:2]) == ["logs", "tail"]:
        group, *options = arguments[2:]
        if not {option for option in options if option.startswith("--")} <= _TAIL or not _logged_to(group):
            return False
        arguments = ["logs", "filter-log-events", "--log-group-name", group]
    told = _cli().told(["--endpoint-url", _NOBODY, *arguments], folder)
    return "Could not connect" in told or "Connection was closed" in told


def _logged_to(group: str) -> bool:
    """Whether the deployment triggeriq-dev has that log group."""
    functions = (ROOT / "functions.json").read_text(encoding="utf-8")
    name = group.removeprefix("/aws/lambda/triggeriq-dev-")
    return group == "/aws/vendedlogs/triggeriq-dev-api" or f'"{name}": {{' in functions


def _git(arguments: Sequence[str], folder: Path) -> bool:
    """Git answers a command that it knows with its usage, and this number."""
    return _run(["git", arguments[0], "-h"], folder).returncode == 129


def _make(arguments: Sequence[str], _: Path) -> bool:
    """Make prints what it would run, of targets that there are."""
    return _run(["make", "--dry-run", "STATE_BUCKET=bucket", *arguments], ROOT).returncode == 0


def _terraform(arguments: Sequence[str], _: Path) -> bool:
    """A subcommand in use, of a folder of ours, with outputs, variables and addresses that stand there."""
    chdir, command, *rest = arguments
    root = ROOT / chdir.removeprefix("-chdir=")
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(root.glob("*.tf")))
    line = " ".join(rest)
    if command not in _UNASKED or not re.fullmatch(_UNASKED[command], line):
        return False
    declared = [f'variable "{name}"' for name in re.findall(r"-var (\w+)=", line)]
    declared += [f'output "{rest[-1]}"'] if command == "output" else []
    declared += ['resource "{}" "{}"'.format(*one) for one in re.findall(r"\b(aws_\w+)\.(\w+)", line)]
    return bool(text) and all(f"{one} {{" in text for one in declared)


KNOWN: Mapping[str, Callable[[Sequence[str], Path], bool]] = {
    "aws": _aws,
    "git": _git,
    "make": _make,
    "terraform": _terraform,
}
"""By program: whether it could be called with those arguments, in that folder."""
