"""Chalice itself, on an app of three lines: what it only warns of stops the packaging."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from lambda_package import export
from lambda_package.errors import PackageError
from tests.packaging import HOST, OTHER

MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
APP = """
from chalice import Chalice

app = Chalice("small")

@app.lambda_function()
def f(event, context):
    pass
"""


def stage(folder: Path, architecture: str, *requirements: str, app: str = APP) -> Path:
    place = folder / "stage"
    (place / ".chalice").mkdir(parents=True)
    (place / "app.py").write_text(app)
    config = {"version": "2.0", "app_name": "small", "lambda_architecture": architecture}
    config |= {"manage_iam_role": False, "iam_role_arn": "arn:aws:iam::123456789012:role/small"}
    (place / ".chalice" / "config.json").write_text(json.dumps(config))
    (place / "requirements.txt").write_text(
        "\n".join(("--no-index", f"--find-links {folder.as_uri()}", *requirements))
    )
    return place


def put_wheel(folder: Path, name: str, tag: str) -> None:
    """A wheel with one module."""
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-{tag}.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
        wheel.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


def test_the_app_and_its_dependencies_are_in_the_tree(tmp_path):
    put_wheel(tmp_path, "pure", "py3-none-any")
    tree = export.run(stage(tmp_path, "arm64", "pure==1.0"), tmp_path)
    assert {path.name for path in tree.iterdir()} == {"app.py", "chalice", "pure.py", "pure-1.0.dist-info"}
    exported = json.loads((tmp_path / "chalice.tf.json").read_text())
    assert exported["resource"]["aws_lambda_function"]["f"]["architectures"] == ["arm64"]


def test_a_wheel_for_this_machine_alone_stops_a_package_for_another(tmp_path):
    """Chalice says so in a warning, and makes a package without it."""
    put_wheel(tmp_path, "native", f"py3-none-manylinux_2_17_{MACHINES[HOST]}")
    with pytest.raises(PackageError, match=r"no wheel for Lambda of native==1\.0"):
        export.run(stage(tmp_path, OTHER, "native==1.0"), tmp_path)


def test_a_requirement_with_its_source_only_stops_it(tmp_path):
    """It would be built here, by whatever tools are at hand."""
    with zipfile.ZipFile(tmp_path / "sourced-1.0.zip", "w") as source:
        source.writestr("sourced-1.0/setup.py", "from setuptools import setup; setup(name='sourced')")
        source.writestr("sourced-1.0/PKG-INFO", "Metadata-Version: 2.1\nName: sourced\nVersion: 1.0\n")
    with pytest.raises(PackageError, match=r"pip finds no wheel of sourced==1\.0"):
        export.run(stage(tmp_path, HOST, "sourced==1.0"), tmp_path)


def test_requirements_that_contradict_each_other_stop_it(tmp_path):
    put_wheel(tmp_path, "pure", "py3-none-any")
    with pytest.raises(PackageError, match=r"`chalice package` failed: .*pure") as failure:
        export.run(stage(tmp_path, HOST, "pure==1.0", "pure<1.0"), tmp_path)
    assert "Traceback" not in str(failure.value)


def test_an_app_that_cannot_be_imported_stops_it(tmp_path):
    with pytest.raises(PackageError, match="no_such_module"):
        export.run(stage(tmp_path, HOST, app="import no_such_module\n"), tmp_path)
