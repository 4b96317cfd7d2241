"""The lines of the terminal: short, in colour where one is, and nothing in them commands it."""

from __future__ import annotations

import io
import logging
import re
import sys
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.log_context import bound
from local.processes import StartError
from local.terminal import Interesting, Printed, TerminalLine, in_colour, wants_json

ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
DIGEST = "f1ebd2866b0f007884abdd441f16fc291667efdb4d3d104d1ac1557c10131ca4"
TAKEN = {
    "source": "zendesk",
    "connection": "shop",
    "event_id": DIGEST,
    "ticket_id": ID,
    "outcome": "created",
    "trace_id": "1-a-b",
}
ANSWERED = {
    "name": "local.gateway",
    "method": "POST",
    "path": "/webhooks/zendesk/shop",
    "status": 202,
    "latency_ms": 41,
    "request_id": ID,
}


def record(message: str, **attributes: Any) -> logging.LogRecord:
    return logging.makeLogRecord({"msg": message, "levelname": "INFO", "name": "chalicelib.x", **attributes})


def line(message: str, function: str = "process", coloured: bool = False, **attributes: Any) -> str:
    """The line without its time."""
    time, _, rest = TerminalLine(function, coloured).format(record(message, **attributes)).partition("  ")
    assert re.fullmatch(r"(\x1b\[2m)?\d\d:\d\d:\d\d\.\d{3}(\x1b\[0m)?", time)
    return rest


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_request_is_a_line() -> None:
    words = line("answered", "api", **ANSWERED).split()
    assert " ".join(words) == "POST /webhooks/zendesk/shop 202 41 ms request 3fa85f64"


def test_words_that_were_taken_back_before_they_came_have_no_ticket() -> None:
    told = {**TAKEN, "ticket_id": "", "outcome": "redacted"}
    assert line("taken", **told) == "process zendesk/shop  event f1ebd286 → redacted"


def test_an_event_is_a_line_that_ends_with_its_ticket() -> None:
    assert line("taken", **TAKEN) == "process zendesk/shop  event f1ebd286 → ticket 3fa85f64 created"


def test_an_item_of_a_file_keeps_its_place() -> None:
    assert "event f1ebd286:line 7 →" in line("taken", **{**TAKEN, "event_id": f"{DIGEST}:line 7"})


def test_another_line_has_its_fields_and_the_ids_at_hand() -> None:
    with bound(request_id="r-1", source="csv", connection="shop", import_id=DIGEST):
        written = line("quarantined", quarantine_id=ID, message_id="m-1")
    assert written == "process quarantined  csv/shop  import f1ebd286  quarantine 3fa85f64"


def test_a_plugin_s_failure_has_its_reason() -> None:
    written = line(
        "a plugin failed", plugin="acme", _reason="raised KeyError: 'x' (plugins/sources/acme.py:4)"
    )
    assert written == "process a plugin failed: raised KeyError: 'x' (plugins/sources/acme.py:4)  plugin acme"


def test_a_call_of_a_plugin_is_a_line() -> None:
    called = {"plugin": "acme/3", "hook": "verify", "ms": 0.412, "answer": "refused: mismatch"}
    with bound(source="acme", connection="shop"):
        written = line("a plugin was called", "api", **called)
    assert written == "api     acme/3 verify → refused: mismatch  0.41 ms  acme/shop"


@pytest.mark.parametrize(("status", "colour"), [(202, "32"), (304, "36"), (401, "33"), (503, "31")])
def test_a_status_has_a_colour(status: int, colour: str) -> None:
    assert f"\x1b[{colour}m{status}\x1b[0m" in line(
        "answered", coloured=True, **{**ANSWERED, "status": status}
    )
    assert "\x1b" not in line("answered", **{**ANSWERED, "status": status})


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "a\nb", "\r", "\x07", "\x9b31m", "\u202e", "\u2028", "\ud800", "\x00", "\x7f"]
)
def test_nothing_from_outside_commands_the_terminal(text: str) -> None:
    for written in (
        line("taken", **{**TAKEN, "event_id": text}),
        line("answered", **{**ANSWERED, "path": f"/{text}", "method": text}),
        line("a plugin failed", plugin=text, _reason=text),
        line("said", error=text),
    ):
        assert written.isprintable(), written


def test_what_goes_on_over_several_lines_is_indented() -> None:
    try:
        raise ValueError("first\n00:00:00.000  process forged\x1b[2J")
    except ValueError:
        written = line("a request failed", "api", exc_info=sys.exc_info(), levelname="ERROR")
    first, *more = written.split("\n")
    assert first == "api     a request failed"
    assert all(one.startswith("    ") and one.isprintable() for one in more)
    assert "forged" in written


def test_an_outage_is_told_without_the_way_to_it() -> None:
    error = Unavailable("postgres", "no answer")
    written = line("a request failed", "api", exc_info=(Unavailable, error, None), levelname="ERROR")
    assert written == "api     a request failed\n    Unavailable: postgres: no answer"


def test_a_long_value_is_cut() -> None:
    assert len(line("said", error="x" * 10_000)) < 300


@pytest.mark.parametrize(
    ("message", "attributes", "shown"),
    [
        ("taken", {}, True),
        ("accepted", {}, False),
        ("ingested", {"messages": 1}, False),
        ("ingested", {"messages": 0}, True),
        ("a plugin raised", {"plugin": "acme", "exc_info": (KeyError, KeyError(), None)}, False),
        ("a plugin failed", {"plugin": "acme"}, True),
        ("a request failed", {"exc_info": (KeyError, KeyError(), None)}, True),
    ],
)
def test_what_another_line_tells_is_left_out(message: str, attributes: dict[str, Any], shown: bool) -> None:
    assert Interesting().filter(record(message, **attributes)) is shown


@pytest.mark.parametrize(("with_metrics", "shown"), [(True, b'{"_aws": {}}\n'), (False, b"")])
def test_what_is_printed_is_written_out_and_metrics_are_for_json(with_metrics: bool, shown: bytes) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    printed = Printed(terminal, with_metrics)
    printed.write('{"_aws": {}}\n')  # as chalicelib/services/emf.py writes it
    print("one\ttwo\x1b[2J\rthree é", file=printed)
    assert terminal.buffer.getvalue() == shown + b"one\ttwo\\x1b[2J\\rthree \\xe9\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("stream", "environment", "coloured"),
    [
        (Terminal(), {"TERM": "xterm"}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"TERM": "xterm"}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(
    stream: io.StringIO, environment: dict[str, str], coloured: bool
) -> None:
    assert in_colour(stream, environment) is coloured


def test_log_is_json_or_left_out() -> None:
    assert wants_json({"LOG": "json"})
    assert not wants_json({"LOG": ""})
    with pytest.raises(StartError, match="LOG must be json, or left out; it is 'debug'"):
        wants_json({"LOG": "debug"})
