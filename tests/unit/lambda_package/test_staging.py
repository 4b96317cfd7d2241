from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from lambda_package import staging, trimming
from lambda_package.errors import PackageError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    for name, text in {
        ".gitignore": "__pycache__/\n",
        "LICENSE": "",
        "NOTICE": "",
        ".chalice/config.json": '{"app_name": "x", "lambda_architecture": "arm64"}',
        "app.py": "",
        "plugins/sources/acme.py": "",
        "plugins/requirements.txt": "",
        "requirements.txt": "chalice==1.34.0\npluggy==1.7.0\n",
    }.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    author = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    for command in (["init", "--quiet"], ["add", "."], [*author, "commit", "--quiet", "--message", "All"]):
        subprocess.run(["git", "-C", str(project), *command], check=True)
    return project


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_lies_about_is_not_copied(project, tmp_path):
    (project / "plugins" / "__pycache__").mkdir()
    (project / "plugins" / "__pycache__" / "acme.cpython-311.pyc").write_text("")
    assert staging.copy(project, tmp_path / "stage") == []
    assert files(tmp_path / "stage") == {
        ".chalice/config.json",
        ".gitignore",
        "LICENSE",
        "NOTICE",
        "app.py",
        "plugins/requirements.txt",
        "plugins/sources/acme.py",
        "requirements.txt",
    }


def test_what_is_in_no_commit_is_copied_and_told(project, tmp_path):
    (project / "app.py").write_text("changed")
    (project / "plugins" / "sources" / "new.py").write_text("new")
    (project / "plugins" / "sources" / "acme.py").unlink()
    changes = staging.copy(project, tmp_path / "stage")
    assert sorted(changes) == [" D plugins/sources/acme.py", " M app.py", "?? plugins/sources/new.py"]
    assert (tmp_path / "stage" / "app.py").read_text() == "changed"
    assert (tmp_path / "stage" / "plugins" / "sources" / "new.py").exists()
    assert not (tmp_path / "stage" / "plugins" / "sources" / "acme.py").exists()


def test_outside_a_checkout_it_stops(tmp_path):
    (tmp_path / "project").mkdir()
    with pytest.raises(PackageError, match="must be a checkout"):
        staging.copy(tmp_path / "project", tmp_path / "stage")


def test_the_copy_says_what_to_export(project, tmp_path):
    stage, wheel = tmp_path / "stage", tmp_path / "dist" / "triggeriq-1.1.0-py3-none-any.whl"
    staging.copy(project, stage)
    staging.prepare(stage, "x86_64", wheel)
    assert json.loads((stage / ".chalice" / "config.json").read_text())["lambda_architecture"] == "x86_64"
    assert (stage / "requirements.txt").read_text().splitlines() == [
        "-c constraints.txt",
        f"--find-links {wheel.parent.as_uri()}",
        "pluggy==1.7.0",
        "-r plugins/requirements.txt",
        f"triggeriq @ {wheel.as_uri()}",
    ]
    assert files(stage / "vendor") == {"LICENSE", "NOTICE", "plugins/sources/acme.py"}


def test_what_nothing_reads_is_left_out(tmp_path):
    kept = {
        "acme/__init__.py",
        "acme/testing.py",
        "acme/a.data",
        "acme-1.0.dist-info/METADATA",
        "acme-1.0.dist-info/entry_points.txt",
        "acme-1.0.dist-info/LICENSE",
        "acme-1.0.dist-info/licenses/LICENSE.md",
        "triggeriq/__init__.py",
    }
    dropped = {
        "acme/__init__.pyi",
        "acme/tests/tests/test_acme.py",
        "acme-1.0.data/scripts/acme",
        "acme-1.0.dist-info/RECORD",
        "acme-1.0.dist-info/WHEEL",
        "acme-1.0.dist-info/top_level.txt",
        "triggeriq/testing/__init__.py",
    }
    for name in kept | dropped:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    trimming.drop_unused(tmp_path)
    trimming.drop_records(tmp_path)
    assert files(tmp_path) == kept
