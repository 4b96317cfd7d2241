from __future__ import annotations

from pathlib import Path

import pytest

from lambda_package import distributions
from lambda_package.errors import PackageError

CONTRACT = "VERSION = 1\n"


class Tree:
    """A tree as Chalice leaves it: the project's own parts, the contract, and what a test adds."""

    def __init__(self, folder: Path) -> None:
        self.stage, self.tree = folder / "stage", folder / "tree"
        for place in (self.stage, self.tree):
            (place / "triggeriq").mkdir(parents=True)
            (place / "triggeriq" / "__init__.py").write_text(CONTRACT)
        for name in ("app.py", "chalicelib/__init__.py", "chalice/app.py", "plugins/__init__.py"):
            self.put(name)
        self.install("triggeriq", "triggeriq/__init__.py")

    def put(self, name: str, text: str = "") -> None:
        (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
        (self.tree / name).write_text(text)

    def install(self, distribution: str, *files: str) -> None:
        info = f"{distribution}-1.0.dist-info"
        for name in files:
            if not (self.tree / name).exists():
                self.put(name)
        self.put(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        self.put(f"{info}/RECORD", "".join(f"{name},,\n" for name in (*files, f"{info}/METADATA")))

    def check(self) -> list[str]:
        return distributions.check(self.tree, self.stage)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_distributions_that_stand_beside_each_other_are_told(tree):
    tree.install("acme", "acme/__init__.py")
    tree.install("zeta", "zeta.py")
    assert tree.check() == ["acme 1.0", "triggeriq 1.0", "zeta 1.0"]


@pytest.mark.parametrize(
    ("file", "other"),
    [
        ("shared.py", "acme 1.0"),
        ("triggeriq/__init__.py", "triggeriq 1.0"),
        ("chalicelib/mine.py", "this project"),
        ("plugins/sources/zendesk.py", "this project"),
        ("app.py", "this project"),
    ],
)
def test_two_that_bring_the_same_stop_it(tree, file, other):
    tree.install("acme", "acme/__init__.py", "shared.py")
    tree.install("zeta", "zeta.py", file)
    with pytest.raises(PackageError) as failure:
        tree.check()
    assert other in str(failure.value)
    assert "zeta 1.0" in str(failure.value)
    assert file.partition("/")[0] in str(failure.value)


def test_a_file_that_was_left_out_is_in_nobody_s_way(tree):
    tree.install("acme", "tests/__init__.py")
    tree.install("zeta", "tests/__init__.py")
    (tree.tree / "tests" / "__init__.py").unlink()
    assert tree.check() == ["acme 1.0", "triggeriq 1.0", "zeta 1.0"]


def test_a_second_copy_of_the_contract_stops_it(tree):
    tree.install("acme", "acme/_vendor/triggeriq/__init__.py")
    with pytest.raises(PackageError, match="not 2: acme/_vendor/triggeriq, triggeriq"):
        tree.check()


def test_a_package_without_the_contract_is_none(tree):
    (tree.tree / "triggeriq" / "__init__.py").unlink()
    with pytest.raises(PackageError, match="not 0: none"):
        tree.check()


@pytest.mark.parametrize("file", ["triggeriq/__init__.py", "triggeriq/more.py"])
def test_a_contract_that_is_not_ours_stops_it(tree, file):
    tree.put(file, "VERSION = 99\n")
    with pytest.raises(PackageError, match=f"{file} is not this project's"):
        tree.check()
