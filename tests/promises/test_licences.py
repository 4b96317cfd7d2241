"""What is passed on says under which licence, and whose it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

from lambda_package import staging
from tests.promises.test_docs import table

ROOT = Path(__file__).parents[2]
LICENSE = (ROOT / "LICENSE").read_text(encoding="utf-8")
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
WORDS = " ".join(NOTICE.split())
CODE = {".py", ".tf", ".hcl", ".sql", ".md", ".toml", ".yml", ".typed"}
OURS = (
    ".chalice/config.json",
    ".ci/run",
    ".gitattributes",
    ".gitignore",
    ".importlinter",
    "LICENSE",
    "Makefile",
    "NOTICE",
    "benchmarks/baseline.json",
    "benchmarks/peers.txt",
    "chalicelib/pages/*",
    "constraints.txt",
    "docs/*.svg",
    "docs/examples/*",
    "*functions.json",
    "permissions.json",
    "plugins/requirements.txt",
    "requirements*.txt",
    "resources.json",
    "terraform/tests/packages/*",
    "tests/data/LICENCES",
    "triggeriq/LICENSE",
    "triggeriq/testing/scaffold/templates/*",
    "tests/javascript/*",
)
"""What is no code and yet was made for this project. Whatever else is added belongs here, or into NOTICE."""


def in_git() -> list[str]:
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def named(path: str) -> bool:
    """Whether NOTICE names the file by its path, its folder, or its name beside a file of the same folder;
    of golden requests also whether a README.md beside them does."""
    folder, _, name = path.rpartition("/")
    if folder.startswith("tests/data/golden/") and _is_told_beside(ROOT / path):
        return True
    return any(
        one in WORDS
        for one in (path, f"{folder}/*{Path(name).suffix}", *(f"{folder}:" for folder in _folders(path)))
    ) or (f"{folder}/" in WORDS and f" {name}" in WORDS)


def _is_told_beside(golden: Path) -> bool:
    readme = golden.with_name("README.md")
    rows = table(readme.read_text(encoding="utf-8"), "sample") if readme.is_file() else []
    return any(golden.stem in row[0].split(", ") for row in rows)


def _folders(path: str) -> list[str]:
    return [str(folder) for folder in Path(path).parents if str(folder) != "."]


def test_the_licence_is_apache_s_whole_text() -> None:
    assert "Apache License\n                           Version 2.0, January 2004" in LICENSE
    assert "END OF TERMS AND CONDITIONS" in LICENSE
    assert len(LICENSE.splitlines()) == 202
    assert (ROOT / "triggeriq/LICENSE").read_text(encoding="utf-8") == LICENSE


@pytest.mark.parametrize("file", ["pyproject.toml", "triggeriq/pyproject.toml"])
def test_the_projects_say_their_licence(file: str) -> None:
    project = tomllib.loads((ROOT / file).read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    for name in (project["readme"], *project["license-files"]):
        assert ((ROOT / file).parent / name).is_file()


def test_the_contract_s_wheel_and_sdist_have_it(tmp_path: Path) -> None:
    source, made = tmp_path / "triggeriq", tmp_path / "dist"
    shutil.copytree(ROOT / "triggeriq", source, ignore=shutil.ignore_patterns("__pycache__", "build"))
    for kind in ("wheel", "sdist"):
        build = f"import sys; from setuptools import build_meta; build_meta.build_{kind}(sys.argv[1])"
        subprocess.run([sys.executable, "-c", build, str(made)], cwd=source, check=True, capture_output=True)
    (wheel,), (sdist,) = made.glob("*.whl"), made.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        (licence,) = [name for name in archive.namelist() if name.endswith("/LICENSE")]
        (metadata,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        assert archive.read(licence).decode() == LICENSE
        said = archive.read(metadata).decode()
        assert "License-Expression: Apache-2.0\n" in said
        assert "License-File: LICENSE\n" in said
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
    assert [name for name in names if name.count("/") == 1 and name.endswith("/LICENSE")]


def test_whatever_is_not_code_of_ours_is_named() -> None:
    others = [
        path
        for path in in_git()
        if Path(path).suffix not in CODE and not any(fnmatch(path, pattern) for pattern in OURS)
    ]
    assert len(others) > 50
    assert [path for path in others if not named(path)] == []


def test_what_is_named_is_there() -> None:
    files = in_git()
    assert [pattern for pattern in OURS if not any(fnmatch(path, pattern) for path in files)] == []
    for path in ("plugins/classifiers/models/sentiment.json", "tests/data/README.md", "tests/data/LICENCES"):
        assert path in WORDS
        assert path in files


def test_every_set_that_a_model_was_trained_on_is_named_with_its_licence() -> None:
    page = (ROOT / "docs/classifiers.md").read_text(encoding="utf-8")
    names = {
        "VADER": "MIT",
        "UCI Sentiment Labelled Sentences": "CC BY 4.0",
        "App feature sentences": "CC0",
        "App reviews": "CC0",
        "IJCNLP-2017 task 4": "Apache",
        "banking77": "CC BY 4.0",
    }
    trained = [row for row in table(page, "set") if row[1] != "measuring only"]
    assert len(trained) == len(names)
    for row in trained:
        (name,) = [one for one in names if row[0].startswith(one)]
        spelt = name.removeprefix("UCI ").replace("task", "shared task")
        about = WORDS.split(f"- {spelt}")[1].split(" - ")[0]
        assert names[name] in about
        assert names[name] in row[2]


def test_every_licence_of_the_tests_data_is_named() -> None:
    page = (ROOT / "tests/data/README.md").read_text(encoding="utf-8")
    texts = (ROOT / "tests/data/LICENCES").read_text(encoding="utf-8")
    for row in table(page, "files"):
        licence = row[2].split(",")[0]
        assert licence == "ours" or licence in WORDS
        if licence in ("MIT", "BSD-2-Clause", "PSF-2.0"):
            assert row[0].split(",")[0].strip("`").removeprefix("webhooks/")[:20] in texts, row


def test_the_package_takes_licence_and_notice_along() -> None:
    assert all((ROOT / name).is_file() for name in staging.LICENCES)
