from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from lambda_package import archive, limits, report
from lambda_package.errors import PackageError


def fill(folder: Path, names: list[str], mode: int, when: int) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name}\n" * 100)
        (folder / name).chmod(mode)
        os.utime(folder / name, (when, when))
    return folder


NAMES = [
    "app.py",
    "b/__init__.py",
    "b/c/data.json",
    "b-1.0.dist-info/METADATA",
    "__pycache__/app.cpython-311.pyc",
]


def test_the_same_files_make_the_same_zip(tmp_path):
    archive.write(fill(tmp_path / "one", NAMES, 0o600, 1_000_000_000), tmp_path / "one.zip")
    archive.write(fill(tmp_path / "two", NAMES[::-1], 0o755, 1_700_000_000), tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_everybody_may_read_every_file(tmp_path):
    archive.write(fill(tmp_path / "one", NAMES, 0o600, 1_000_000_000), tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as made:
        assert made.namelist() == sorted(NAMES)
        assert {info.external_attr >> 16 for info in made.infolist()} == {0o100644}
        assert {info.date_time for info in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert made.read("app.py") == b"app.py\n" * 100


def test_the_report_adds_up(tmp_path):
    archive.write(fill(tmp_path / "one", NAMES, 0o600, 1_000_000_000), tmp_path / "one.zip")
    rows = [line.split() for line in report.table(tmp_path / "one.zip").splitlines()]
    assert {row[0]: row[1:3] for row in rows[1:4]} == {
        "app.py": ["2", f"{700 + 3200:,}"],
        "b": ["2", f"{1400 + 1400:,}"],
        "*.dist-info": ["1", "2,500"],
    }
    assert rows[4][:4] == ["in", "all", "5", "9,200"]
    assert rows[5][-1] == report.sha256(tmp_path / "one.zip")


@pytest.mark.parametrize(
    ("limit", "said"), [("UNPACKED", "9,200 bytes unpacked"), ("DIRECT_UPLOAD", "as a zip")]
)
def test_what_lambda_would_refuse_stops_it(tmp_path, monkeypatch, limit, said):
    archive.write(fill(tmp_path / "one", NAMES, 0o600, 1_000_000_000), tmp_path / "one.zip")
    limits.check(tmp_path / "one.zip")
    monkeypatch.setattr(limits, limit, 500)
    with pytest.raises(PackageError, match=f"{said}, and Lambda takes 500"):
        limits.check(tmp_path / "one.zip")
