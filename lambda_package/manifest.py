"""The list of plugins that a package carries, so that a cold start need not look for them."""

from __future__ import annotations

import json
from pathlib import Path

from lambda_package import tools
from lambda_package.errors import PackageError

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from chalicelib.registry.discovery import as_manifest, discover
print(as_manifest(discover()))
"""


def write(tree: Path) -> list[str]:
    """Writes plugins/manifest.json into `tree`: what the code there finds there, with nothing else
    installed. Returns the plugins, each with where it comes from. Raises PackageError."""
    done = tools.python("-I", "-S", "-B", "-c", PROGRAM, str(tree), cwd=tree)
    if done.returncode != 0:
        raise PackageError(f"the plugins could not be listed:\n{done.stderr.strip()}")
    (tree / "plugins" / "manifest.json").write_text(done.stdout, encoding="utf-8", newline="\n")
    return [f"{row['name']} ({row['origin']})" for row in json.loads(done.stdout)]
