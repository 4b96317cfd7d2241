"""PostgreSQL and the local AWS with all its resources: for `chalice local`, and for tests.

with Stack() as stack:                  # a throw-away folder, any free port
    os.environ.update(stack.environment)
    stack.stop_postgres()               # an outage
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from local import aws, postgres, processes, resources
from local.catalogue import load_functions, load_resources, named
from local.daemon import Status, read_status
from local.processes import StartError
from local.state import PROJECT, State, default_folder, is_root

START_SECONDS = 60
STOP_SECONDS = 15
COUNTS = [f"ApproximateNumberOfMessages{state}" for state in ("", "NotVisible", "Delayed")]


class Stack:
    """The stores of one data folder. Starting joins the daemon of the same owner, or starts one.

    folder: None makes one that stop() removes. aws_port: 0 takes a free one. owner: the process whose end
    ends everything; by default this one. durable: whether the data survives the daemon's end, and a power
    cut. ministack: whether the local AWS is MiniStack instead of moto; a daemon that runs already keeps the
    one that it has. time_scale: what the waiting times of AWS are multiplied by (visibility, retries,
    schedules).
    """

    def __init__(
        self,
        folder: Path | None = None,
        aws_port: int = 0,
        owner: int | None = None,
        durable: bool = False,
        ministack: bool = False,
        time_scale: float = 1.0,
        project: Path = PROJECT,
    ) -> None:
        self._thrown_away = folder is None
        # Not pytest's folder, nor any other that only root may enter: if root runs this, PostgreSQL runs as
        # nobody.
        self.state = State(Path(tempfile.mkdtemp(prefix="triggeriq-")) if folder is None else folder)
        self.time_scale = time_scale
        self._aws_port = aws_port
        self._owner = owner or os.getpid()
        self._durable = durable
        self._ministack = ministack
        self._project = project
        self._status: Status | None = None
        self._clients: dict[tuple[str, int], Any] = {}
        self._queue_urls: dict[tuple[str, int], str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Returns when every store, queue and bucket is there. Raises StartError."""
        self._status = self._join()
        if self._status is not None:
            self._create_resources()
            return
        try:
            self._status = self._start_daemon()
            self._create_resources()
        except BaseException:
            self.stop()
            raise

    @property
    def started_daemon(self) -> bool:
        """Whether start() has started the daemon, rather than joined it."""
        return self._process is not None

    def running_for_owner(self) -> bool:
        """Whether the daemon of this owner runs already, so that start() would join it."""
        status = read_status(self.state)
        return processes.is_locked(self.state.lock) and status is not None and status.owner == self._owner

    def stop(self) -> None:
        """Ends the daemon, and removes the folder if it was made for this stack."""
        if self._status:
            processes.stop(self._status.pid, signal.SIGTERM, STOP_SECONDS)
            self._status = None
        if self._process:
            self._process.wait()
            self._process = None
        if self._thrown_away:
            shutil.rmtree(self.state.folder, ignore_errors=True)
            shutil.rmtree(self.state.sockets, ignore_errors=True)

    @property
    def aws_port(self) -> int:
        return self._running.aws_port

    @property
    def daemon(self) -> int:
        """The daemon's process id."""
        return self._running.pid

    @property
    def notice(self) -> str:
        """What the developer must be told of the start, else empty."""
        return self._running.notice

    @property
    def database(self) -> str:
        """The URL of the PostgreSQL database, for TRIGGERIQ_DATABASE."""
        return postgres.url(self.state.sockets)

    def app_environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """`base`, changed so that an app with this environment uses this stack, and no other AWS."""
        environment = app_environment(base, self.state, self.aws_port)
        environment.update(
            LOCAL_STATE=str(self.state.folder),
            LOCAL_OWNER=str(self._owner),
            LOCAL_AWS_PORT=str(self.aws_port),
            LOCAL_TIME_SCALE=str(self.time_scale),
        )
        return environment

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment for a process of the app: this process's own, with the stack's settings."""
        return self.app_environment(os.environ)

    def client(self, service: str) -> Any:
        """A boto3 client on the local AWS, whatever this process's environment says; one for each service."""
        port = self.aws_port  # it may be another one after a restart
        if (service, port) not in self._clients:
            self._clients[service, port] = aws.client(service, port)
        return self._clients[service, port]

    def migrate(self) -> None:
        """Brings the database's schema up to date, as the function `migrate` does on a deploy."""
        from chalicelib.services.postgres.migrate import migrate

        migrate(self.database)

    def stop_postgres(self) -> None:
        """Begins an outage: returns when the server has stopped. It stays so until start_postgres()."""
        self.state.postgres_halted.touch()
        pid_file = self.state.database / "postmaster.pid"
        if not processes.wait_for(lambda: not pid_file.exists(), STOP_SECONDS):
            raise StartError("PostgreSQL did not stop")

    def start_postgres(self) -> None:
        """Ends the outage: returns when the server takes connections."""
        self.state.postgres_halted.unlink(missing_ok=True)
        if not processes.wait_for(self._postgres_ready, START_SECONDS):
            raise StartError("PostgreSQL did not start")

    def waiting(self, *queues: str) -> dict[str, int]:
        """How many messages each of these queues holds (visible, in flight or delayed)."""
        sqs = self.client("sqs")
        return {queue: _messages_in(sqs, self.queue_url(queue)) for queue in queues}

    def queue_url(self, queue: str) -> str:
        """The address of a queue, by its short name; asked once."""
        port = self.aws_port
        if (queue, port) not in self._queue_urls:
            found = self.client("sqs").get_queue_url(QueueName=named(queue))
            self._queue_urls[queue, port] = str(found["QueueUrl"])
        return self._queue_urls[queue, port]

    def _create_resources(self) -> None:
        functions, wanted = load_functions(self._project), load_resources(self._project)
        resources.create(self.client, functions, wanted, self.time_scale)

    @property
    def _running(self) -> Status:
        if self._status is None:
            raise RuntimeError("the stack is not started")
        return self._status

    def _postgres_ready(self) -> bool:
        try:
            return "ready" in (self.state.database / "postmaster.pid").read_text()
        except OSError:
            return False

    def _join(self) -> Status | None:
        """The daemon that this owner has started already: after a reload, or for a test's own `chalice
        local`."""
        if not processes.is_locked(self.state.lock):
            return None
        processes.wait_for(lambda: settled(self.state), STOP_SECONDS)
        if not processes.is_locked(self.state.lock):
            return None
        status = read_status(self.state)
        if status is None or status.owner != self._owner:
            raise StartError(already_running(self.state))
        return status

    def _start_daemon(self) -> Status:
        folder = self.state.folder
        try:
            folder.mkdir(mode=0o711 if is_root() else 0o700, parents=True, exist_ok=True)
            self.state.status.unlink(missing_ok=True)
            self.state.address.unlink(missing_ok=True)
            log = self.state.daemon_log.open("wb")
        except OSError as error:
            message = f"can't write the data folder {folder}: choose another with LOCAL_STATE ({error})"
            raise StartError(message) from error
        command = [sys.executable, "-m", "local.daemon", str(folder)]
        command += ["--owner", str(self._owner), "--aws-port", str(self._aws_port)]
        command += ["--ministack"] if self._ministack else []
        command += [] if self._durable else ["--throw-away"]
        environment = dict(os.environ)
        aws.confine(environment, self._aws_port)  # moto itself makes boto3 sessions
        with log:
            self._process = process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C must reach only the owner
            )
        processes.wait_for(lambda: self.state.status.exists() or process.poll() is not None, START_SECONDS)
        status = read_status(self.state)
        if status and status.pid == process.pid and not status.error:
            return status
        if status and status.error:
            self.state.status.unlink(missing_ok=True)
            raise StartError(status.error)
        if processes.is_locked(self.state.lock):
            raise StartError(already_running(self.state))
        end = self.state.daemon_log.read_text(errors="replace")[-2000:]
        raise StartError(f"the local stack did not start. The end of {self.state.daemon_log}:\n{end}")


def app_environment(base: Mapping[str, str], state: State, aws_port: int) -> dict[str, str]:
    """`base`, changed so that an app with this environment uses the data of that folder, and no other AWS."""
    environment = dict(base)
    aws.confine(environment, aws_port)
    environment.pop("AWS_CHALICE_CLI_MODE", None)
    environment.update(TRIGGERIQ_STAGE="local", TRIGGERIQ_DATABASE=postgres.url(state.sockets))
    return environment


def running(environment: Mapping[str, str]) -> tuple[State, Status]:
    """The system that runs on the data folder of this environment. Raises StartError where none does."""
    state = State(default_folder(environment))
    status = read_status(state)
    if status is None or status.error or not processes.is_locked(state.lock):
        raise StartError(f"nothing runs on the data in {state.folder}: start it with `make run` first")
    return state, status


def settled(state: State) -> bool:
    """False while a daemon is starting, or is ending because its owner has."""
    status = read_status(state)
    return not processes.is_locked(state.lock) or (status is not None and processes.alive(status.owner))


def already_running(state: State) -> str:
    status = read_status(state)
    api = f"{state.address.read_text()}, " if state.address.exists() else ""
    who = f" ({api}process {status.owner}, local AWS on port {status.aws_port})" if status else ""
    return (
        f"TriggerIQ is already running on the data in {state.folder}{who}: stop that one first, "
        "or choose another data folder with LOCAL_STATE"
    )


def _messages_in(sqs: Any, queue_url: str) -> int:
    """How many messages the queue holds. moto counts the three states one after the other, so a message whose
    delay ends in between may be in none of them. A second reading right after has it."""
    for _ in range(2):
        reading = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=COUNTS)["Attributes"]
        if count := sum(int(reading[name]) for name in COUNTS):
            return count
    return 0
