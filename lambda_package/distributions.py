"""Which distributions are in the tree, and that none of them brings what another, or this project, has."""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

from lambda_package.errors import PackageError

OURS = ("app.py", "chalicelib", "plugins", "chalice")
"""What lies at the top of the tree by our doing; of chalice its part for Lambda."""


def check(tree: Path, stage: Path) -> list[str]:
    """Returns the distributions in `tree` with their versions. Raises PackageError where two bring the same
    file, where one brings a file of ours, or where there is not exactly one `triggeriq`: that of `stage`."""
    installed = sorted(distributions(path=[str(tree)]), key=lambda found: found.name.lower())
    brought_by: dict[str, str] = dict.fromkeys(OURS, "this project")
    for distribution in installed:
        name = f"{distribution.name} {distribution.version}"
        for path in distribution.files or ():
            place = path.parts[0] if path.parts[0] in OURS else path.as_posix()
            other = brought_by.setdefault(place, name)
            if other != name and (tree / path).exists():
                raise PackageError(f"{other} and {name} both bring {place}; there is room for one")
    _check_contract(tree, stage)
    return [f"{distribution.name} {distribution.version}" for distribution in installed]


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
