"""The local AWS: moto's server, and an environment in which boto3 can reach nothing else."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, MutableMapping
from functools import cache
from typing import Any

from local import queues
from local.catalogue import REGION
from local.ports import taken
from local.processes import StartError

HOST = "127.0.0.1"
_making = threading.Lock()
"""Making a boto3 client is not thread-safe; using one is."""


def endpoint(port: int) -> str:
    return f"http://{HOST}:{port}"


def confine(environment: MutableMapping[str, str], port: int) -> None:
    """Changes the environment so that every AWS client made in it talks to the local AWS only.

    Whatever the developer has set for AWS is removed: profiles, roles, sessions, endpoints of single
    services, the switch that ignores endpoints. And no proxy is used for it.
    """
    for name in [name for name in environment if name.startswith("AWS_") and name != "AWS_CHALICE_CLI_MODE"]:
        del environment[name]
    environment.update(
        AWS_ENDPOINT_URL=endpoint(port),
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",
        AWS_REGION=REGION,
        AWS_DEFAULT_REGION=REGION,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )
    for name in ("NO_PROXY", "no_proxy"):
        environment[name] = ",".join(filter(None, (environment.get(name), HOST, "localhost")))


def client(service: str, port: int) -> Any:
    """A boto3 client on the local AWS, independent of this process's environment. Thread-safe."""
    from botocore.config import Config

    settings = Config(region_name=REGION, proxies={}, retries={"mode": "standard", "max_attempts": 3})
    with _making:
        return _session().create_client(service, REGION, endpoint_url=endpoint(port), config=settings)


@cache
def _session() -> Any:
    """One session for all clients: a new one takes a tenth of a second to read the descriptions of the
    services."""
    import botocore.session

    files = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    session = botocore.session.Session({"profile": (None, None, None, None), **files})
    session.set_credentials("local", "local")
    return session


def serve(port: int, guard: Callable[[Any], Any] = lambda application: application) -> int:
    """Starts moto in threads of this process; 0 takes any free port. Returns the port.

    guard: wraps its WSGI application. Raises StartError if the port is taken. The socket is made here, since
    werkzeug would exit where it can't bind.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        raise StartError(taken(port, "LOCAL_AWS_PORT")) from error
    listener.listen(1024)

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    queues.install()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = guard(DomainDispatcherApplication(create_backend_app))
    server = make_server(HOST, port, application, threaded=True, fd=listener.fileno())
    threading.Thread(target=server.serve_forever, name="moto", daemon=True).start()
    listener_port: int = listener.getsockname()[1]
    listener.detach()  # werkzeug has a duplicate of its own
    return listener_port
