"""`python -m lambda_package --architecture arm64 --into build`: deployment.zip and chalice.tf.json."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from lambda_package import (
    archive,
    botocore_data,
    bytecode,
    certificates,
    contract,
    distributions,
    export,
    limits,
    machine,
    manifest,
    report,
    staging,
    trimming,
)
from lambda_package.errors import PackageError

PROJECT = Path(__file__).resolve().parents[1]
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lambda_package", description=__doc__)
    parser.add_argument("--architecture", choices=sorted(machine.ELF_MACHINES), default="arm64")
    parser.add_argument("--into", type=Path, default=Path("build"), help="folder for the two files")
    options = parser.parse_args()
    try:
        build(options.architecture, options.into.resolve())
    except PackageError as error:
        print(f"No package: {error}", file=sys.stderr)
        return 1
    return 0


def build(architecture: str, into: Path) -> None:
    """Makes both files in `into`, or neither: what was there goes first. Raises PackageError."""
    into.mkdir(parents=True, exist_ok=True)
    package, exported = into / "deployment.zip", into / "chalice.tf.json"
    package.unlink(missing_ok=True)
    exported.unlink(missing_ok=True)
    said = Steps()
    with tempfile.TemporaryDirectory(prefix="lambda-package-") as folder:
        work = Path(folder)
        stage = work / "stage"
        changes = staging.copy(PROJECT, stage)
        said.step(f"copied the project, {_changed(changes)}")
        wheel = contract.build(stage, PROJECT / "dist")
        said.step(f"built dist/{wheel.name} for plugins made elsewhere")
        staging.prepare(stage, architecture, wheel)
        tree = export.run(stage, work)
        said.step(f"exported the app and its dependencies for {architecture}, Python {PYTHON}")
        trimming.drop_unused(tree)
        said.step(f"checked that each stands alone: {', '.join(distributions.check(tree, stage))}")
        trimming.drop_records(tree)
        said.step(f"checked the machine of {', '.join(machine.check(tree, architecture)) or 'no library'}")
        services = botocore_data.services_in_use(sorted((tree / "chalicelib").rglob("*.py")))
        botocore_data.trim(tree / "botocore" / "data", services)
        said.step(f"left of botocore's data {', '.join(sorted(services))}")
        certificates.write(tree)
        said.step(f"listed the plugins: {', '.join(manifest.write(tree))}")
        said.step(f"compiled {bytecode.compile_all(tree)} modules")
        made = work / "deployment.zip"
        archive.write(tree, made)
        limits.check(made)
        exported.write_bytes((work / "chalice.tf.json").read_bytes())
        package.write_bytes(made.read_bytes())
        said.step("wrote the zip\n")
    print(report.table(package))


class Steps:
    """Tells each step with the time that it took."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def step(self, what: str) -> None:
        now = time.monotonic()
        print(f"{now - self._since:5.1f} s  {what}", flush=True)
        self._since = now


def _changed(changes: list[str]) -> str:
    return f"with {len(changes)} changes that are in no commit" if changes else "as committed"


if __name__ == "__main__":
    sys.exit(main())
