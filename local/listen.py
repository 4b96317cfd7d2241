"""`make listen`: shows the events that the running system delivers, each verified, on a receiver of its own.

    10:31:07.214  ticket.created  7d228ce2-…  attempt 1  verified → 200
                  3fa85f64  Crash at login

It subscribes itself to TYPES and unsubscribes at its end. With SECRET it only listens, for a subscription
that somebody else has made; that works with no running system, too. Nothing of what comes reaches the
terminal as it is: a control character would command it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from local.api import Api, ApiError
from local.processes import StartError
from local.receiver import Received, Receiver, subscribed
from local.stack import running
from local.terminal import GREEN, RED, SHOWN_LIMIT, escaped, in_colour, shortened

INDENT = " " * 14


def main() -> int:
    options = parsed(sys.argv[1:])
    if "SECRET=" in os.environ.get("MAKEFLAGS", ""):
        sys.exit(
            "triggeriq: SECRET stands on make's command line, where other users of this machine see it; "
            "set it before the command: SECRET=… make listen"
        )
    coloured = in_colour(sys.stdout, os.environ)

    def tell(received: Received) -> None:
        print(lines_of(received, coloured), flush=True)

    def status_of(attempt: int) -> int:
        return 500 if attempt <= options.fail_first else options.status

    secret = os.environ.get("SECRET", "")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Receiver(tell, status_of, options.delay, options.port, secret) as receiver, ExitStack() as stack:
            told = "whatever is sent there"
            if not secret:
                stack.enter_context(subscription(os.environ, receiver))
                told = " ".join(types(os.environ))
            print(f"listening at {receiver.url} to {told}; Ctrl-C ends it", flush=True)
            wait()
    except (ApiError, StartError, OSError, ValueError) as error:
        sys.exit(f"triggeriq: {error}")
    return 0


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make listen", description="SECRET and TYPES come by the environment"
    )
    parser.add_argument("--port", type=int, default=0, help="where to listen; a free one by default")
    parser.add_argument("--status", type=int, default=200, help="what to answer (200)")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds until it answers (0)")
    parser.add_argument(
        "--fail-first", type=int, default=0, help="attempts of each event that are answered 500 (0)"
    )
    return parser.parse_args(arguments)


def subscription(environment: Mapping[str, str], receiver: Receiver) -> AbstractContextManager[None]:
    """The running system's, to what TYPES says. Raises StartError, ApiError."""
    state, _ = running(environment)
    if not state.address.exists():
        raise StartError("the system is still starting: try again in a moment")
    api, name = Api(state.address.read_text()), f"listen-{secrets.token_hex(4)}"
    return subscribed(receiver, api, name, {"types": types(environment)})


def types(environment: Mapping[str, str]) -> list[str]:
    """Those that TYPES names, with commas or spaces between them; all where it names none."""
    return re.findall(r"[^\s,]+", environment.get("TYPES", "")) or ["*"]


def wait() -> None:
    """Until Ctrl-C."""
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print()


def lines_of(received: Received, coloured: bool = False) -> str:
    """A request in two lines, with the time that the clock of this machine showed."""
    at, event = received.at.astimezone(), received.event
    data = event.get("data")
    colour, verdict = GREEN, "verified"
    if received.wrong is not None:
        colour, verdict = RED, f"NOT VERIFIED: {shortened(received.wrong)}"
    first = (
        f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}",
        shortened(event.get("type") or "no type"),
        escaped(received.id[:SHOWN_LIMIT]) or "no id",
        f"attempt {received.attempt}",
        f"\x1b[{colour}m{verdict}\x1b[0m" if coloured else verdict,
        f"→ {received.status}",
    )
    subject = event.get("subject") or (data.get("id") if isinstance(data, Mapping) else None)
    second = ([shortened(subject)] if subject else []) + [shortened(short(event, received.body))]
    return f"{'  '.join(first)}\n{INDENT}{'  '.join(second)}"


def short(event: Mapping[str, Any], body: bytes) -> str:
    """What a person would want to read of it first."""
    data = event.get("data", event.get("text"))
    if isinstance(data, Mapping):
        return str(data.get("title") or data.get("text") or json.dumps(data, ensure_ascii=False))
    return str(data) if data else body[:SHOWN_LIMIT].decode("utf-8", "replace")


if __name__ == "__main__":
    sys.exit(main())
