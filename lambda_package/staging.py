"""A clean copy of the project: what git has, or would take, and nothing that .gitignore names."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from lambda_package.errors import PackageError

PLUGIN_REQUIREMENTS = "plugins/requirements.txt"
LICENCES = ("LICENSE", "NOTICE")


def copy(project: Path, stage: Path) -> list[str]:
    """Copies the project's files as they stand into the new folder `stage`. Returns what differs from the
    last commit, as `git status --porcelain` says it. Raises PackageError."""
    for name in _git(project, "ls-files", "-z", "--cached", "--others", "--exclude-standard"):
        source, target = project / name, stage / name
        if source.is_file():  # one that was deleted, but not yet in git, is told with the changes
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return _git(project, "status", "--porcelain", "-z", "--no-renames")


def prepare(stage: Path, architecture: str, contract: Path) -> None:
    """Makes the copy say what to export: the architecture, the plugins, and as requirements what runs on
    Lambda, with `contract`, a wheel, as the only `triggeriq` that pip can take. The wheel's folder may
    hold those of other plugins."""
    config_file = stage / ".chalice" / "config.json"
    config = json.loads(config_file.read_text(encoding="utf-8"))
    config["lambda_architecture"] = architecture
    config_file.write_text(json.dumps(config), encoding="utf-8")

    # Chalice adds the part of itself that runs on Lambda; its command line and all that it needs stay out
    wanted = (stage / "requirements.txt").read_text(encoding="utf-8").splitlines()
    lines = [
        "-c constraints.txt",
        f"--find-links {contract.parent.as_uri()}",
        *(line for line in wanted if not line.startswith("chalice==")),
        f"-r {PLUGIN_REQUIREMENTS}",
        f"triggeriq @ {contract.as_uri()}",
    ]
    (stage / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    # What Chalice takes as it is, beside app.py and chalicelib
    shutil.copytree(stage / "plugins", stage / "vendor" / "plugins")
    (stage / "vendor" / PLUGIN_REQUIREMENTS).unlink()
    for name in LICENCES:
        shutil.copyfile(stage / name, stage / "vendor" / name)


def _git(project: Path, *arguments: str) -> list[str]:
    try:
        done = subprocess.run(
            ["git", "-C", str(project), *arguments], capture_output=True, encoding="utf-8", check=False
        )
    except FileNotFoundError:
        raise PackageError("git is needed, to tell the project's files from what lies beside them") from None
    if done.returncode != 0:
        raise PackageError(f"{project} must be a checkout of the project: {done.stderr.strip()}")
    return [name for name in done.stdout.split("\0") if name]
