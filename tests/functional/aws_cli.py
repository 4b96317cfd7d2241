"""The AWS CLI in a process that stays: it takes most of a second to import, and the runbook has a hundred
commands for it.

    python -m tests.functional.aws_cli     {"folder": …, "arguments": […]} in, {"told": …} out, a line each
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


class AwsCli:
    """environment: of all its commands, but for HOME. The process ends with this one, which holds its input
    open."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def told(self, arguments: Sequence[str], folder: Path) -> str:
        """What `aws` with these arguments prints in that folder, which is its home too."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"folder": str(folder), "arguments": list(arguments)}) + "\n")
        self._process.stdin.flush()
        return str(json.loads(self._process.stdout.readline())["told"])


def run(arguments: list[str]) -> str:
    from awscli.clidriver import create_clidriver

    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told), contextlib.suppress(SystemExit):
        create_clidriver().main(arguments)
    return told.getvalue()


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        os.chdir(asked["folder"])
        os.environ["HOME"] = asked["folder"]
        print(json.dumps({"told": run(asked["arguments"])}), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
