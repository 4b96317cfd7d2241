"""Which distributions are in the tree, and that none of them brings what another, or this project, has."""

from __future__ import annotations

from collections import defaultdict
from importlib.metadata import Distribution, distributions
from pathlib import Path

from lambda_package.errors import PackageError

OURS = "this project"


def check(tree: Path, stage: Path) -> list[str]:
    """Returns the distributions in `tree` with their versions. Raises PackageError where two bring the same
    file, where one brings a file of ours, or where there is not exactly one `triggeriq`: that of `stage`."""
    installed = sorted(distributions(path=[str(tree)]), key=lambda found: found.metadata["Name"].lower())
    owners = defaultdict(set)
    for path in ("app.py", "chalicelib", "plugins", "chalice"):
        owners[path].add(OURS)
    for distribution in installed:
        for name in _brought(distribution):
            owners[name].add(_named(distribution))
            for parent in Path(name).parents:
                if OURS in owners.get(parent.as_posix(), ()):
                    owners[parent.as_posix()].add(_named(distribution))
    for name, claimed in sorted(owners.items()):
        if len(claimed) > 1:
            raise PackageError(f"{' and '.join(sorted(claimed))} both bring {name}; only one of them can")
    _check_contract(tree, stage)
    return [_named(distribution) for distribution in installed]


def _check_contract(tree: Path, stage: Path) -> None:
    copies = sorted(path.parent.relative_to(tree).as_posix() for path in tree.rglob("triggeriq/__init__.py"))
    if copies != ["triggeriq"]:
        raise PackageError(
            f"there must be one copy of triggeriq, not {len(copies)}: {', '.join(copies) or 'none'};"
            " a plugin's wheel must not bring its own"
        )
    for module in sorted((tree / "triggeriq").rglob("*.py")):
        ours = stage / module.relative_to(tree)
        if not ours.is_file() or ours.read_bytes() != module.read_bytes():
            raise PackageError(
                f"{module.relative_to(tree)} is not this project's; a plugin's wheel brought it"
            )


def _brought(distribution: Distribution) -> list[str]:
    return [path.as_posix() for path in distribution.files or () if ".dist-info/" not in path.as_posix()]


def _named(distribution: Distribution) -> str:
    return f"{distribution.metadata['Name']} {distribution.version}"
