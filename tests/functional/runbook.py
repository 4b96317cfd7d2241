"""The commands of the operators' pages, taken out of them and run by a real shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = ("deploying", "running", "bad-day")
PAGE = "\n".join((ROOT / f"docs/{name}.md").read_text(encoding="utf-8") for name in PAGES)
ELSEWHERE = "# in AWS only\n"
EXAMPLE = "# for example\n"
SECONDS = 120
"""That a block may take."""

AWS = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }'
"""Version 1 of the CLI does not look at that variable for SQS."""


class Block(NamedTuple):
    """One block of commands. chapter: the heading that it stands below. place: which of that chapter's
    blocks of the same kind it is, from 0 on."""

    chapter: str
    place: int
    text: str

    @property
    def id(self) -> str:
        return f"{self.chapter} {self.place + 1}"


def blocks(elsewhere: bool) -> list[Block]:
    """Those that only AWS can do, or those that are rehearsed; examples are neither."""
    found: list[Block] = []
    for section in re.split(r"^##+ ", PAGE, flags=re.MULTILINE)[1:]:
        chapter, _, text = section.partition("\n")
        kept = [
            block
            for block in re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
            if not block.startswith(EXAMPLE) and block.startswith(ELSEWHERE) == elsewhere
        ]
        found += [Block(chapter, place, block) for place, block in enumerate(kept)]
    return found


class Shell:
    """bash, as an operator has it open: what one block sets, the next one knows.

    folder: where it remembers that. environment: variables at the beginning, AWS_ENDPOINT_URL among them.
    prologue: shell functions, for what is not at hand here. here: where the commands run.
    """

    def __init__(
        self, folder: Path, environment: Mapping[str, str], prologue: str = AWS, here: Path = ROOT
    ) -> None:
        self._folder, self._prologue, self._here = folder, prologue, here
        self._memory = folder / "variables"
        self._environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),  # nobody's own ~/.aws
            "AWS_PAGER": "",
            **environment,
        }

    def run(self, text: str, **variables: str) -> str:
        """What the commands print; fails where one of them fails. variables: set before."""
        script = self._folder / "block.sh"
        script.write_text(
            f'set -aeuo pipefail\n[ -f "{self._memory}" ] && . "{self._memory}"\n{self._prologue}\n'
            + "".join(f"{name}='{value}'\n" for name, value in variables.items())
            + f'{text}\ndeclare -px > "{self._memory}"\n',
            encoding="utf-8",
        )
        done = subprocess.run(
            ["bash", script],
            cwd=self._here,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def __getitem__(self, variable: str) -> str:
        """What the shell knows by that name."""
        return self.run(f'printf %s "${variable}"')
