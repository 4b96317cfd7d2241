"""The local system as `chalice local` runs it: starts stack, schema, pump and HTTP server, in this order."""

from __future__ import annotations

import atexit
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from pathlib import Path

from chalicelib import settings
from chalicelib.services.postgres.migrate import MigrationError
from local import gateway, processes, reload, terminal
from local.catalogue import STAGE
from local.ports import DEFAULT_AWS_PORT, DEFAULT_PORT, require_free, require_two
from local.processes import StartError
from local.pump import Pump
from local.stack import Stack
from local.state import default_folder

LOOK_EVERY = 0.25
LEAST_INTERVAL = 3.0
"""Seconds between two runs of a schedule whose time is scaled down: run more often, they would take the
processor from all else."""
API_KEY = "local-dev-key"


def start(options: Mapping[str, str]) -> None:
    """Starts everything that app.py needs, and sets it in this process's environment.

    options: of the command line, see start.local_options. If something can't start, this prints one message
    and ends the process: an error raised here, in chalice's thread, would leave it hanging. Only after a
    reload the error is raised, since the next change of the code may mend it, and queues and tables are kept.
    """
    environment = os.environ
    reloaded = "CHALICE_WORKER" in environment
    owner = int(environment.get("LOCAL_OWNER") or (os.getppid() if reloaded else os.getpid()))
    lifetime = Lifetime(owner)
    lifetime.start()
    joined = False
    try:
        if environment.get("TRIGGERIQ_STAGE") != STAGE:
            raise StartError("this runs the stage local only: `make run`, or `chalice local --stage local`")
        terminal.install(environment, "api")
        stack = make_stack(environment, owner)
        joined = stack.running_for_owner()
        if not joined:
            require_two(_port(options), int(environment.get("LOCAL_AWS_PORT", DEFAULT_AWS_PORT)))
            require_free(_port(options), "PORT", _host(options))
        stack.start()
        lifetime.daemon_pid = stack.daemon
        api = address(_host(options), _port(options))
        prepare(stack, api)
        stack.state.address.write_text(api)
        if stack.started_daemon:
            if stack.notice:
                print(f"\ntriggeriq: {stack.notice}", file=sys.stderr, flush=True)
            print(banner(api, stack.aws_port, stack.state.folder), flush=True)
    except Exception as error:
        if joined and reloaded:
            raise
        message = str(error) if isinstance(error, StartError) else traceback.format_exc()
        print(f"\ntriggeriq: {message}\n", file=sys.stderr, flush=True)
        os._exit(1)


def make_stack(environment: Mapping[str, str], owner: int) -> Stack:
    return Stack(
        folder=default_folder(environment),
        aws_port=int(environment.get("LOCAL_AWS_PORT", DEFAULT_AWS_PORT)),
        owner=owner,
        durable=True,
        ministack=local_aws(environment) == "ministack",
        time_scale=float(environment.get("LOCAL_TIME_SCALE", "1")),
    )


def local_aws(environment: Mapping[str, str]) -> str:
    """Which one LOCAL_AWS chooses: "moto" or "ministack". Raises StartError for any other."""
    chosen = environment.get("LOCAL_AWS") or "moto"
    if chosen not in ("moto", "ministack"):
        raise StartError(f"LOCAL_AWS must be moto or ministack; it is {chosen!r}")
    return chosen


def prepare(stack: Stack, api: str) -> None:
    """Points this process to the stack, brings the schema up to date, and starts the pump. api: the URL at
    which this machine finds the API."""
    reload.install()
    gateway.install()
    environment = {"TRIGGERIQ_PUBLIC_URL": api, **stack.environment}
    try:
        settings.from_env(environment)
    except settings.SettingError as error:
        raise StartError(str(error)) from error
    try:
        stack.migrate()
    except MigrationError as error:
        raise StartError(f"{error}. Or forget the local data: make reset") from error
    for name in os.environ.keys() - environment.keys() - {"AWS_CHALICE_CLI_MODE"}:
        del os.environ[name]
    os.environ.update(environment)
    logging.getLogger("botocore").setLevel(logging.WARNING)
    pump = Pump(environment, time_scale=stack.time_scale, least_interval=LEAST_INTERVAL)
    pump.start()
    atexit.register(pump.let_go)  # a reload ends this process, whatever is under way


def _host(options: Mapping[str, str]) -> str:
    return options.get("host", "127.0.0.1")


def _port(options: Mapping[str, str]) -> int:
    return int(options.get("port", DEFAULT_PORT))


class Lifetime(threading.Thread):
    """Ends this process when the process that the developer started, or the one with the stores, has ended.

    daemon_pid: the process that holds the stores, once it is known.
    """

    daemon_pid = 0

    def __init__(self, owner: int) -> None:
        super().__init__(name="lifetime", daemon=True)
        self._owner = owner
        self._parent = os.getppid()

    def run(self) -> None:
        while processes.alive(self._owner) and (not self.daemon_pid or processes.alive(self.daemon_pid)):
            if self._owner == self._parent and os.getppid() != self._parent:
                break
            time.sleep(LOOK_EVERY)
        else:
            if processes.alive(self._owner):
                print(
                    "\ntriggeriq: the local stack has ended, so everything ends\n",
                    file=sys.stderr,
                    flush=True,
                )
                if self._owner == self._parent:
                    os.kill(self._owner, signal.SIGINT)
        os._exit(1)


def address(host: str, port: int) -> str:
    """The URL at which this machine finds what listens there."""
    return f"http://{'127.0.0.1' if host in ('', '0.0.0.0') else host}:{port}"


def banner(api: str, aws_port: int, folder: Path) -> str:
    return f"""
  API         {api}       docs: {api}/docs
  key         {API_KEY}     (header X-Api-Key; has every scope, and so sees every ticket)
  local AWS   .venv/bin/aws --endpoint-url http://127.0.0.1:{aws_port} s3 ls     (us-east-1, any credentials)
  data        {folder}     (of PostgreSQL and the local AWS; `make reset` forgets it)

  Try         curl {api}/health
              curl -X PUT {api}/connections/generic_json/default -H 'X-Api-Key: {API_KEY}' \\
                   -H 'Content-Type: application/json' -d '{{"secrets": ["s3cret"], "settings": {{}}}}'
              make demo      sends sample feedback by every way in

  A route that overruns its time is reported here, not cut as in AWS; event functions are cut.
"""
