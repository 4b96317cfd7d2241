"""The list of plugins that a package carries, with what each gives, so that a cold start need neither look
for them nor load one that nobody asks for."""

from __future__ import annotations

import json
from pathlib import Path

from lambda_package import tools
from lambda_package.errors import PackageError

PROGRAM = """
import json, pathlib, sys
tree, manifest, report = sys.argv[1:]  # stdout is the plugins'
sys.path.insert(0, tree)
from chalicelib.registry.conflicts import parted
from chalicelib.registry.discovery import as_manifest, discover
from chalicelib.registry.examining import examined
all = [examined(one) for one in discover()]
pathlib.Path(manifest).write_text(as_manifest(one.found for one in all), encoding="utf-8", newline="\\n")
told = {
    "conflicts": [reason for _, reason in parted(one.found for one in all)[1]],
    "plugins": [[f"{one.found.name} ({one.found.origin})", one.failure] for one in all],
}
pathlib.Path(report).write_text(json.dumps(told), encoding="utf-8")
"""


def write(tree: Path) -> list[str]:
    """Writes plugins/manifest.json into `tree`: what the code there finds and loads there, with nothing else
    installed. Returns the plugins, each with where it comes from and, of one that this machine can't load,
    why. Raises PackageError, also where two plugins, or two sources, have one name."""
    report = tree.with_name("plugins.json")
    manifest = tree / "plugins" / "manifest.json"
    manifest.unlink(missing_ok=True)  # the code would believe it
    program = ("-I", "-S", "-B", "-c", PROGRAM, str(tree), str(manifest), str(report))
    done = tools.python(*program, cwd=tree.parent)
    if done.returncode != 0:
        raise PackageError(f"the plugins could not be listed:\n{done.stderr.strip()}")
    told = json.loads(report.read_text(encoding="utf-8"))
    if told["conflicts"]:
        raise PackageError("\n".join(told["conflicts"]))
    return [f"{name}, which can't be loaded here: {why}" if why else name for name, why in told["plugins"]]
