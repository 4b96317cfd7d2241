"""The ports of the local system."""

from __future__ import annotations

import socket

from local.processes import StartError

DEFAULT_PORT = 8000
DEFAULT_AWS_PORT = 4566


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(port: int, variable: str, host: str = "127.0.0.1") -> None:
    """Raises StartError if the port is taken. variable: the one that chooses another."""
    if not is_free(port, host):
        raise StartError(taken(port, variable))


def require_two(port: int, aws_port: int) -> None:
    """Raises StartError if the API and the local AWS are to share a port."""
    if port == aws_port:
        raise StartError(f"PORT and LOCAL_AWS_PORT are both {port}: choose another one for either")


def taken(port: int, variable: str) -> str:
    return f"port {port} is taken by another program: choose another one, e.g. {variable}={port + 1}"
