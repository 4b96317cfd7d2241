"""Where the local system keeps what must survive the end of a run.

Never inside the project folder: a file written there restarts `chalice local`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
ROOTS_FOLDER = Path("/var/lib/triggeriq-local")
"""Root's folder: PostgreSQL then runs as nobody, who can't read below /root."""


class State(NamedTuple):
    """The data folder of one local system, and the files in it."""

    folder: Path

    @property
    def lock(self) -> Path:
        """Held (flock) by the daemon while it runs."""
        return self.folder / "daemon.lock"

    @property
    def status(self) -> Path:
        """What the daemon says of itself: JSON, see daemon.Status."""
        return self.folder / "daemon.json"

    @property
    def address(self) -> Path:
        """The API's URL, written by the `chalice local` that answers there. It is valid only while the
        lock is held."""
        return self.folder / "api.url"

    @property
    def daemon_log(self) -> Path:
        return self.folder / "daemon.log"

    @property
    def postgres_log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def postgres_halted(self) -> Path:
        """While this file exists, the daemon leaves PostgreSQL stopped."""
        return self.folder / "postgres.halted"

    @property
    def database(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.folder / "postgres"

    @property
    def aws(self) -> Path:
        """What the local AWS holds, see snapshot."""
        return self.folder / "aws.snapshot"

    @property
    def ministack_log(self) -> Path:
        return self.folder / "ministack.log"

    @property
    def sockets(self) -> Path:
        """The folder of PostgreSQL's Unix socket: short, since macOS allows 103 bytes for a path."""
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:10]
        return Path(tempfile.gettempdir()).resolve() / f"tiq-{os.geteuid()}-{digest}"


def is_root() -> bool:
    return os.geteuid() == 0


def default_folder(environment: Mapping[str, str], project: Path = PROJECT) -> Path:
    """LOCAL_STATE, or a folder for this checkout where this user's state belongs."""
    if chosen := environment.get("LOCAL_STATE"):
        return Path(chosen).expanduser().resolve()
    name = f"{project.name}-{hashlib.sha256(str(project).encode()).hexdigest()[:8]}"
    if is_root():
        return ROOTS_FOLDER / name
    base = environment.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / "triggeriq" / name
