"""Trace headers as they are sent by everybody, and read from nobody but the platform."""

from __future__ import annotations

import re
import time

import pytest

from chalicelib.domain.trace import Trace, from_traceparent, from_xray, new_trace, trace_in, traced

TRACE = Trace("5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8", True)


def test_x_ray_s_example_is_read() -> None:
    """From its documentation."""
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    assert from_xray(header) == TRACE
    assert TRACE.xray_header == header
    assert TRACE.xray_id == "1-5759e988-bd862e3fe1be46a994272793"


def test_what_lambda_adds_is_left_out() -> None:
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:a87bd80c:0"
    assert from_xray(header) == TRACE._replace(sampled=False)


def test_without_a_parent_the_span_is_one_of_its_own() -> None:
    trace = from_xray("Root=1-5759e988-bd862e3fe1be46a994272793")
    assert trace is not None
    assert (trace.id, trace.sampled) == (TRACE.id, False)
    assert from_traceparent(trace.traceparent) == trace


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Root=",
        "Root=1-5759e988-bd862e3fe1be46a99427279",
        "Root=1-5759e988-bd862e3fe1be46a994272793x",
        "Root=1-5759E988-BD862E3FE1BE46A994272793",
        "Root=2-5759e988-bd862e3fe1be46a994272793",
        "Root=1-00000000-000000000000000000000000;Parent=53995c3f42cd8ad8;Sampled=1",
        "Parent=53995c3f42cd8ad8;Sampled=1",
        "Root=1-5759e988-bd862e3fe1be46a994272793\nx",
        "Root=1-5759e988-bd862e3fe1be46a994272793;" + "x" * 500,
        7,
    ],
)
def test_what_is_no_header_of_x_ray_is_none(header: object) -> None:
    assert from_xray(header) is None


def test_the_example_of_trace_context_is_read() -> None:
    """From https://www.w3.org/TR/trace-context/#examples-of-http-traceparent-headers"""
    text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    trace = from_traceparent(text)
    assert trace == Trace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", True)
    assert trace.traceparent == text


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ["00"],
        {"a": 1},
    ],
)
def test_what_is_no_traceparent_is_none(text: object) -> None:
    assert from_traceparent(text) is None
    assert trace_in({"traceparent": text}) is None


def test_what_is_written_is_read_again() -> None:
    assert trace_in(traced(TRACE)) == TRACE
    assert from_xray(TRACE.xray_header) == TRACE
    assert traced(None) == {}
    assert trace_in({}) is None


def test_a_new_trace_is_one_that_x_ray_takes() -> None:
    trace, other = new_trace(), new_trace()
    assert trace != other
    assert from_xray(trace.xray_header) == from_traceparent(trace.traceparent) == trace
    assert re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{24}", trace.xray_id)
    assert abs(int(trace.id[:8], 16) - time.time()) < 60
    assert not trace.sampled
