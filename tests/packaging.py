"""A Lambda package that was really made: once a test run, for this machine's architecture."""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lambda_package import bytecode, manifest, staging
from tests.functional.installing import SitePackages

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "examples" / "acme-desk"
HOST = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
OTHER = {"x86_64": "arm64", "arm64": "x86_64"}[HOST]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip; beside it chalice.tf.json and the folder `project` that it was made of, a copy of this one.
    Not to be changed: all tests, and all workers of pytest-xdist, have the same."""
    return _made_once(tmp_path_factory, "package", copy_project)


@pytest.fixture(scope="session")
def package_with_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of an operator who has a plugin made elsewhere, that of docs/examples: its wheel in dist/, and
    its line."""
    return _made_once(tmp_path_factory, "package_with_example", _project_with_example)


def _made_once(tmp_path_factory: pytest.TempPathFactory, name: str, prepare: Callable[[Path], None]) -> Path:
    """The zip in the folder of that name. prepare: makes the project."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each has a folder of its own in one that is everybody's
        shared = shared.parent
    folder = shared / name
    folder.mkdir(exist_ok=True)
    made, project = folder / "deployment.zip", folder / "project"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            if not project.exists():
                prepare(project)
            done = make(project, folder)
            assert done.returncode == 0, done.stdout + done.stderr
            (folder / "said.txt").write_text(done.stdout, encoding="utf-8")
    return made


def _project_with_example(target: Path) -> None:
    copy_project(target)
    wheel_of(EXAMPLE, target / "dist")
    with (target / "plugins" / "requirements.txt").open("a") as requirements:
        requirements.write("triggeriq-acme-desk==1.0.0\n")


def wheel_of(distribution: Path, dist: Path) -> Path:
    """Builds its wheel into the folder `dist`, without asking an index, and leaves it as it was."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        shutil.copytree(distribution, source, ignore=shutil.ignore_patterns("build", "*.egg-info"))
        build = ("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(dist))
        subprocess.run([sys.executable, "-m", "pip", *build, str(source)], check=True, cwd=folder)
    name = distribution.name.replace("-", "_")
    (wheel,) = dist.glob(f"*{name}-*.whl")
    return wheel


@pytest.fixture(scope="session")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that Lambda would make of the zip. Not to be changed either."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


DESK = """
    from triggeriq import Event, Events, Feedback, Scheme, Source, hookimpl
    from triggeriq.payload import parse_object, text

    class Desk(Source):
        name = "{name}"
        verification = (
            Scheme(
                header="webhook-signature",
                prefix="v1,",
                separator=" ",
                encoding="base64",
                signed=b"{{id}}.{{timestamp}}.{{body}}",
                timestamp_header="webhook-timestamp",
                id_header="webhook-id",
                key_form="whsec",
            ),
        )

        def receive(self, request, connection):
            return Events(Event(request.headers["webhook-id"]))

        def transform(self, received, connection):
            yield Feedback(external_id=received.id, text=text(parse_object(received.body).get("said")) or "")

    @hookimpl
    def register_sources(register):
        register(Desk)
"""
"""A source of another team."""


def with_plugins(unpacked: Path, folder: Path, count: int) -> Path:
    """The package with so many plugins more as their own distributions, `desk_0` and so on, in a new
    folder."""
    shutil.copytree(unpacked, folder)
    installed = SitePackages(folder)
    for number in range(count):
        installed.install(name := f"desk_{number}", DESK.format(name=name))
    manifest.write(folder)
    bytecode.compile_all(folder)
    return folder


def copy_project(target: Path, source: Path = ROOT) -> None:
    """The project's files as they stand, as the only commit of a repository of its own."""
    staging.copy(source, target)
    author = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    for command in (["init", "--quiet"], ["add", "."], [*author, "commit", "--quiet", "--message", "All"]):
        subprocess.run(["git", "-C", str(target), *command], check=True, capture_output=True)


def make(
    project: Path,
    into: Path,
    architecture: str = HOST,
    environment: Mapping[str, str] | None = None,
    **options: int,
) -> subprocess.CompletedProcess[str]:
    """Makes the package of that project. environment: by default this process's. options: of the process."""
    return subprocess.run(
        [sys.executable, "-m", "lambda_package", "--architecture", architecture, "--into", str(into)],
        cwd=project,
        env=os.environ if environment is None else environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        **options,
    )
