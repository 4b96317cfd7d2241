"""Makes `chalice local` reload for a change of the code, and for nothing else.

By itself, chalice's watcher restarts for any file below the project folder: a compiled module, a log, a file
that a test leaves. It looks at 14,000 files of the virtual environment each second. And if watchdog is
installed, it restarts for a file that is only opened, so without end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.state import PROJECT

FOLDERS = ("chalicelib", "triggeriq", "plugins", "local")
FILES = ("app.py", "functions.json", "resources.json", ".chalice/config.json")
SUFFIXES = {".py", ".sql", ".json", ".html", ".css", ".js"}


def sources(project: Path) -> Iterator[Path]:
    yield from (project / name for name in FILES)
    for folder in FOLDERS:
        for path in (project / folder).rglob("*"):
            if path.suffix in SUFFIXES:
                yield path


def stamps(project: Path) -> dict[Path, float]:
    """Each source file with the time of its last change."""
    found = {}
    for path in sources(project):
        try:
            found[path] = path.stat().st_mtime
        except FileNotFoundError:
            continue
    return found


def install(project: Path = PROJECT) -> None:
    """Replaces chalice's watchers, whichever of them has been started."""
    known = stamps(project)

    def look(watcher: Any, root: str, changed: Any) -> None:
        if stamps(project) != known:
            changed()

    def on_any_event(handler: Any, event: Any) -> None:
        if event.event_type in ("created", "modified", "deleted", "moved") and stamps(project) != known:
            handler()

    # chalice imports each of the two only if it uses it.
    stat = sys.modules.get("chalice.cli.filewatch.stat")
    if stat is not None:
        stat.StatFileWatcher._single_pass_poll = look
    watchdog = sys.modules.get("chalice.cli.filewatch.eventbased")
    if watchdog is not None:
        watchdog.WatchdogRestarter.on_any_event = on_any_event
