"""`make plugins`: what is installed in this checkout. It needs no running system.

    plugin      version  from      hooks             sources (settings)
    csv_upload  2        built-in  register_sources  csv (fields, defaults)
    zendesk     1        built-in  register_sources  zendesk

With --json it is what `GET /plugins` of a new process shows.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Mapping, Sequence

from chalicelib.domain.items import Items
from chalicelib.domain.operations.plugin_view import PluginSource, PluginView
from chalicelib.registry import Registry, discover
from chalicelib.registry.listing import plugin_views
from chalicelib.settings import SettingError, from_env
from local.terminal import escaped

TITLES = ("plugin", "version", "from", "hooks", "sources (settings)")


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """1: a plugin was not loaded, or a setting is wrong. 2: it was called otherwise than it may be."""
    if set(arguments) - {"--json"}:
        print("triggeriq: make plugins takes ARGS=--json, or nothing", file=sys.stderr)
        return 2
    try:
        views = installed(environment)
    except SettingError as error:
        print(f"triggeriq: {error}", file=sys.stderr)
        return 1
    print(as_json(views) if arguments else "\n".join(as_table(views)))
    return int(any(view.status == "failed" for view in views))


def installed(environment: Mapping[str, str]) -> tuple[PluginView, ...]:
    """Every plugin that those settings leave, loaded. Raises SettingError."""
    settings = from_env(environment)
    logging.getLogger("chalicelib").addHandler(logging.NullHandler())  # the list says what failed
    registry = Registry(
        [one for one in discover() if one.name not in settings.disabled_plugins],
        only=settings.load_plugins,
        seconds=settings.plugin_seconds,
        in_full=True,
    )
    with contextlib.redirect_stdout(sys.stderr):  # a plugin may print
        return plugin_views(registry, {})


def as_json(views: tuple[PluginView, ...]) -> str:
    from chalicelib.api.parsing import adapter  # pydantic takes its time

    shape = adapter("operations", "PluginList")
    shown = shape.validate_python(Items(views), from_attributes=True)
    return shape.dump_json(shown, by_alias=True, indent=2).decode()


def as_table(views: Sequence[PluginView]) -> list[str]:
    """A line for each, and at the end what was not loaded, and why."""
    rows = [TITLES, *(_row(view) for view in views if view.status == "loaded")]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    failed = [view for view in views if view.status == "failed"]
    lines += [f"NOT LOADED: {view.name}, from {view.from_}: {view.error}" for view in failed]
    return [escaped(line) for line in lines]


def _row(view: PluginView) -> tuple[str, ...]:
    return view.name, view.version, view.from_, ", ".join(view.hooks), ", ".join(map(_source, view.sources))


def _source(source: PluginSource) -> str:
    settings = (source.settings_schema or {}).get("properties", {})
    return f"{source.name} ({', '.join(settings)})" if settings else source.name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
