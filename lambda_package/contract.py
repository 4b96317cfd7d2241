"""The wheel of `triggeriq`, for plugins made elsewhere, which declare `triggeriq>=1,<2`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from lambda_package import staging, tools
from lambda_package.errors import PackageError

PROJECT = Path(__file__).resolve().parents[1]


def main() -> int:
    """`make wheel`: of the checkout's files as they stand, into dist/."""
    try:
        with tempfile.TemporaryDirectory(prefix="contract-") as folder:
            stage = Path(folder) / "stage"
            staging.copy(PROJECT, stage)
            wheel = build(stage, PROJECT / "dist")
    except PackageError as error:
        print(f"No wheel: {error}", file=sys.stderr)
        return 1
    print(f"dist/{wheel.name}")
    return 0


def build(stage: Path, dist: Path) -> Path:
    """Builds the wheel from the folder triggeriq of `stage`, which is left as it was, into the folder
    `dist`. Returns its path. Raises PackageError."""
    source, wheels = stage.with_name("contract-source"), stage.with_name("contract")
    shutil.copytree(stage / "triggeriq", source)
    done = tools.python(
        *("-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(source)),
        cwd=stage,
    )
    built = list(wheels.glob("triggeriq-*.whl"))
    if done.returncode != 0 or len(built) != 1:
        raise PackageError(f"the wheel of triggeriq could not be built:\n{done.stderr.strip()}")
    dist.mkdir(parents=True, exist_ok=True)
    for old in dist.glob("triggeriq-*.whl"):
        old.unlink()
    return Path(shutil.copy(built[0], dist))


if __name__ == "__main__":
    sys.exit(main())
