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
    if done.returncode != 0 or "Could not install dependencies" in done.stdout:
        raise PackageError(_reason(done.stdout))
    (exported / "chalice.tf.json").replace(into / "chalice.tf.json")
    tree = into / "tree"
    with zipfile.ZipFile(exported / "deployment.zip") as archive:
        archive.extractall(tree)
    return tree


def _reason(output: str) -> str:
    """What went wrong, for people. Chalice says it as a warning, or as the last line of a traceback."""
    missing = re.search(r"Could not install dependencies:\n((?:\S+==\S+\n)+)", output)
    if missing:
        names = ", ".join(missing[1].split())
        return f"there is no wheel of {names} for Lambda; name a version that has one"
    unknown = re.search(r"NoSuchPackageError: .*requirement: (\S+)", output)
    if unknown:
        return f"there is no wheel of {unknown[1]}; name a version that has one, or put its wheel into dist/"
    return f"`chalice package` failed:\n{output.strip()}"
