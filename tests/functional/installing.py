"""Plugins as another team installs them: a distribution with an entry point, in a folder on the path."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent


class SitePackages:
    """A folder that goes into PYTHONPATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, name: str, code: str, module: str = "", distribution: str = "") -> None:
        """One distribution with one plugin. module: by default the plugin's name."""
        module, distribution = module or name, distribution or f"triggeriq-{name}"
        (self.folder / f"{module}.py").write_text(dedent(code))
        info = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[triggeriq]\n{name} = {module}\n")
