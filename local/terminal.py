"""What the terminal of `make run` shows: a line a request, and a line an event that became a ticket.

    00:31:07.214  POST    /webhooks/zendesk/shop               202    41 ms  request 3f2a9c1e
    00:31:07.301  process zendesk/shop  event 1873 → ticket 3fa85f64 created

With TRIGGERIQ_TRACE_PLUGINS=1 also a line for each call of a plugin.

With LOG=json the lines are those that the functions write in AWS, metrics among them. Either way nothing from
outside reaches the terminal as it is: a control character would command it.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TextIO

from chalicelib import log_context
from chalicelib.errors import TriggerIQError
from chalicelib.log_lines import OWN, JsonLine
from local.processes import StartError

METRICS = '{"_aws"'
"""What a line of metrics begins with (chalicelib/services/emf.py)."""
UNTOLD = {"trace_id", "message_id", "_reason"}
"""What is not shown as a field: ids that nobody follows on one machine; a reason stands with the message."""
SHOWN_LIMIT = 200
"""Characters that are shown of one value, such as an id that its sender made."""
LONG_ID = re.compile(r"\b([0-9a-f]{8})(?:(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,})\b")
"""A UUID or a digest: its first eight digits tell it from others well enough."""

DIM, RED, GREEN, YELLOW, CYAN = "2", "31", "32", "33", "36"
_LEVELS = {"WARNING": YELLOW, "ERROR": RED, "CRITICAL": RED}
_STATUSES = {"2": GREEN, "3": CYAN, "4": YELLOW, "5": RED}


def install(environment: Mapping[str, str], function: str) -> None:
    """From now on all that this process logs or prints goes to the terminal in the form that LOG chooses.

    function: the one that runs in this process; for that of the HTTP server "api". Raises StartError for a
    LOG that there is not.
    """
    as_json = wants_json(environment)
    terminal = sys.stdout
    if isinstance(terminal, io.TextIOWrapper):
        terminal.reconfigure(errors="backslashreplace")  # an arrow need not be in the terminal's charset
        sys.stdout, sys.stderr = Printed(terminal, as_json), Printed(sys.stderr, as_json)
    if as_json:
        _handle(["local"], logging.StreamHandler(sys.stderr), JsonLine(function, lambda: ""))
        return  # the app has chalicelib's lines go there
    handler = logging.StreamHandler(terminal)
    handler.addFilter(Interesting())
    _handle(["local", "chalicelib"], handler, TerminalLine(function, in_colour(terminal, environment)))


def _handle(loggers: list[str], handler: logging.Handler, formatter: logging.Formatter) -> None:
    """Lines of these loggers go by this handler, and so does what plugins and libraries log: the root's own
    handler, which `chalice local` makes, would write it as it is."""
    handler.setFormatter(formatter)
    logging.getLogger().handlers = [handler]
    for name in loggers:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False


def wants_json(environment: Mapping[str, str]) -> bool:
    """Whether LOG asks for the lines as they are in AWS. Raises StartError for another value than json."""
    chosen = environment.get("LOG", "")
    if chosen not in ("", "json"):
        raise StartError(f"LOG must be json, or left out; it is {chosen!r}")
    return chosen == "json"


def in_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether the stream is a terminal that takes colours, and nobody said no: https://no-color.org"""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def escaped(text: str) -> str:
    """The text with every character that is not to be seen, or that moves others, written out."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def shortened(value: object) -> str:
    """A value on one line: nothing in it commands the terminal, and long ids are cut."""
    text = escaped(LONG_ID.sub(r"\1", str(value)))
    return text if len(text) <= SHOWN_LIMIT else f"{text[:SHOWN_LIMIT]}…"


class Printed(io.TextIOWrapper):
    """Stands for stdout or stderr, for what the code and its plugins print. It writes control characters out.
    with_metrics: else their lines are left out."""

    def __init__(self, terminal: Any, with_metrics: bool) -> None:
        self._with_metrics = with_metrics
        super().__init__(
            terminal.buffer, encoding=terminal.encoding, errors="backslashreplace", line_buffering=True
        )

    def write(self, text: str) -> int:
        if self._with_metrics or not text.startswith(METRICS):
            super().write("".join(one if one in "\n\t" else escaped(one) for one in text))
        return len(text)


class TerminalLine(logging.Formatter):
    """One line a record; of an error also where it came from, indented, so that no text can look like a line
    of ours."""

    def __init__(self, function: str, coloured: bool) -> None:
        super().__init__()
        self._function, self._coloured = function, coloured
        # A request's id is known to its sender, that of another invocation to nobody.
        self._untold = UNTOLD if function == "api" else {*UNTOLD, "request_id"}

    def format(self, record: logging.LogRecord) -> str:
        fields = {**log_context.current(), **_fields(record)}
        now = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S.%f")[:-3]
        if record.name == "local.gateway" and "status" in fields:
            text = self._request(fields)
        elif record.getMessage() == "taken":
            text = self._event(fields)
        elif record.getMessage() == "a plugin was called":
            text = self._call(fields)
        else:
            text = self._other(record, fields)
        lines = [f"{self._paint(now, DIM)}  {text}", *_trace(record)]
        return "\n    ".join(lines)

    def _request(self, fields: Mapping[str, Any]) -> str:
        status, path = str(fields["status"]), shortened(fields["path"])
        id = f"  request {shortened(fields['request_id'])}" if "request_id" in fields else ""
        answer = f"{self._paint(status, _STATUSES.get(status[0], ''))} {fields['latency_ms']:>5} ms"
        return f"{shortened(fields['method']):<7} {path:<40} {answer}{self._paint(id, DIM)}"

    def _event(self, fields: Mapping[str, Any]) -> str:
        outcome, ticket = fields["outcome"], ""
        if "ticket_id" in fields:  # words that were taken back before they came have none
            ticket = f"{shortened(fields['ticket_id'])} {outcome}"
            ticket = f"ticket {self._paint(ticket, GREEN)}"
        return f"{self._function:<7} {_whose(fields)} → {ticket or outcome}"

    def _call(self, fields: Mapping[str, Any]) -> str:
        called = f"{shortened(fields['plugin'])} {fields['hook']} → {shortened(fields['answer'])}"
        said = f"{self._function:<7} {called}  {fields['ms']:.2f} ms"
        return "  ".join(filter(None, (said, self._paint(_whose(fields), DIM))))

    def _other(self, record: logging.LogRecord, fields: dict[str, Any]) -> str:
        first, *more = record.getMessage().split("\n")
        message = "\n    ".join([escaped(first), *map(escaped, more)])
        if "_reason" in fields:
            message += f": {escaped(fields['_reason'])}"
        rest = [
            f"{name.removesuffix('_id')} {shortened(value)}"
            for name, value in fields.items()
            if name not in _WHOSE and name not in self._untold
        ]
        whose = [whose] if (whose := _whose(fields)) else []
        label = "local" if record.name.startswith("local.") else self._function
        said = self._paint(message, _LEVELS.get(record.levelname, ""))
        return "  ".join([f"{label:<7} {said}", *whose, *rest])

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured and colour and text else text


class Interesting(logging.Filter):
    """Leaves out what another line tells: the steps of an event that goes well, whose end has a line, and a
    plugin's exception, of which the line on its failure has type, message and place."""

    def filter(self, record: logging.LogRecord) -> bool:
        step = record.getMessage()
        if step == "ingested":
            return not vars(record).get("messages")
        return step != "accepted" and not (record.exc_info and "plugin" in vars(record))


_WHOSE = ("source", "connection", "event_id")


def _whose(fields: Mapping[str, Any]) -> str:
    """Source, connection and event of a record, as far as it has them."""
    place = "/".join(shortened(fields[name]) for name in _WHOSE[:2] if name in fields)
    event = f"event {shortened(fields['event_id'])}" if "event_id" in fields else ""
    return "  ".join(filter(None, (place, event)))


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in OWN and value != ""}


def _trace(record: logging.LogRecord) -> Iterator[str]:
    """What was raised: an error of ours, such as an outage, says enough; any other is shown with its way."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, TriggerIQError):
        yield escaped(f"{type(error).__name__}: {error}")
    elif error is not None:
        for part in traceback.format_exception(error):
            yield from (escaped(line) for line in part.rstrip("\n").split("\n") if line.strip(" ^~"))
