"""Finds a source by the name of its plugin, for the commands of the kit."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from triggeriq import Source


def find(name: str) -> type[Source]:
    """The source of this name: of a plugin in the folder `plugins/` of a checkout, of an installed one, or of
    a module of this name in the working directory. Raises LookupError."""
    sys.path.insert(0, str(Path.cwd()))
    modules = [f"plugins.sources.{name}"] if Path(f"plugins/sources/{name}.py").exists() else []
    modules += [point.value for point in entry_points(group="triggeriq") if point.name == name]
    for module in (*modules, name):
        try:
            plugin = import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise  # what the plugin itself misses
            continue
        found: list[type[Source]] = []
        plugin.register_sources(found.append)
        for source in found:
            if source.name == name or module == name:
                return source
    raise LookupError(f"there is no source {name}; name its plugin, as it is installed, or its module")
