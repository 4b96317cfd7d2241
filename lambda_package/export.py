"""Chalice's part: collect the code and the dependencies for Lambda, and export the app as Terraform."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from lambda_package import tools
from lambda_package.errors import PackageError

STAGE = "prod"
"""Any stage would do: what a stage changes is Terraform's to say."""


def run(stage: Path, into: Path) -> Path:
    """Runs `chalice package` in `stage`. Leaves chalice.tf.json and the folder `tree`, as it is to lie in
    /var/task, in `into`; returns the tree. Raises PackageError, which Chalice would not: a dependency
    without a wheel costs it only a line of warning."""
    exported = into / "export"
    done = tools.python(
        *("-c", "import sys; from chalice.cli import main; sys.exit(main())"),
        *("package", "--pkg-format", "terraform", "--stage", STAGE, str(exported)),
        cwd=stage,
    )
    missing = re.search(r"Could not install dependencies:\n((?:\S+==\S+\n)*)", done.stdout)
    if missing:
        names = ", ".join(missing[1].split())
        raise PackageError(f"there is no wheel for Lambda of {names}; name a version that has one")
    if done.returncode != 0:
        raise PackageError(_reason(done.stderr.strip()))
    (exported / "chalice.tf.json").replace(into / "chalice.tf.json")
    tree = into / "tree"
    with zipfile.ZipFile(exported / "deployment.zip") as archive:
        archive.extractall(tree)
    return tree


def _reason(traceback: str) -> str:
    """What went wrong, without the way that it took through Chalice."""
    *_, said = re.split(r"^[\w.]+(?:Error|Exception): ", traceback, flags=re.MULTILINE)
    unknown = re.fullmatch(r"Could not satisfy the requirement: (\S+)", said)
    if unknown:
        return (
            f"pip finds no wheel of {unknown[1]}; name a version that has one, put its wheel into dist/,"
            " or see whether the index can be reached"
        )
    return f"`chalice package` failed: {said}"
