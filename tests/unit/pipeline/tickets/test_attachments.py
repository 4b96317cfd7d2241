"""Addresses of attachments: short-lived, and never to be shown by a browser."""

from __future__ import annotations

import re
from email.message import Message
from email.utils import collapse_rfc2231_value
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.domain.tickets.plan import Standing
from chalicelib.domain.tickets.ticket_attachment import FeedbackName, KeptAttachment
from chalicelib.errors import NotFound
from chalicelib.pipeline.tickets.attachments import SECONDS, ListAttachments, disposition
from tests.unit.pipeline.fakes import NOW, FakeBlobs, now
from triggeriq import Attachment

SAID = FeedbackName(source="s", connection="c", external_id="x")


class Reader:
    """One ticket of the connection s/c, with one file."""

    def __init__(self, file: Attachment) -> None:
        self.file = file
        self.asked: list[tuple[str, int, str | None]] = []

    def find(self, id: str) -> Standing | None:
        ticket = cast(Any, SimpleNamespace(id="t"))
        return Standing(ticket, 1, connections=("s/c",)) if id == "t" else None

    def attachments(self, id: str, limit: int, cursor: str | None) -> Page[KeptAttachment]:
        self.asked.append((id, limit, cursor))
        return Page((KeptAttachment(self.file, SAID, "attachments/s/c/k/0"),), "next")


def listed(file: Attachment, **asked: Any) -> Any:
    use = ListAttachments(tickets=cast(Any, Reader(file)), artifacts=FakeBlobs(), now=now)
    return use(**{"id": "t", "limit": 5, "cursor": None, **asked})


def address_of(content_type: str, name: str = "a") -> tuple[str, dict[str, list[str]]]:
    (item,) = listed(Attachment(name=name, content_type=content_type, bytes=1)).items
    return urlsplit(item.url).path, parse_qs(urlsplit(item.url).query)


def test_a_file_is_shown_with_its_address_and_not_with_its_key() -> None:
    page = listed(Attachment(name="a.png", content_type="image/png", bytes=7))
    (item,) = page.items
    assert (item.name, item.content_type, item.bytes, item.feedback) == ("a.png", "image/png", 7, SAID)
    assert (item.expires_at - NOW).total_seconds() == SECONDS == 300
    assert page.next == "next"
    assert not hasattr(item, "key")


def test_of_a_file_that_is_not_kept_only_the_name_is_told() -> None:
    (item,) = listed(Attachment(name="a.iso")).items
    assert (item.name, item.bytes, item.url, item.expires_at) == ("a.iso", 0, None, None)


@pytest.mark.parametrize("within", [Restriction(("s/d",)), Restriction(("t/*",))])
def test_a_ticket_of_others_is_none(within: Restriction) -> None:
    with pytest.raises(NotFound):
        listed(Attachment(name="a", bytes=1), within=within)
    with pytest.raises(NotFound):
        listed(Attachment(name="a", bytes=1), id="u")


def test_one_s_own_is_there() -> None:
    assert listed(Attachment(name="a", bytes=1), within=Restriction(("s/*",))).items


@pytest.mark.parametrize(
    "content_type",
    ["image/png", "image/jpeg", "audio/mpeg", "video/mp4", "application/pdf", "text/plain", "text/csv"],
)
def test_what_runs_nothing_keeps_its_type(content_type: str) -> None:
    path, asked = address_of(content_type)
    assert path == "/attachments/s/c/k/0"
    assert (asked["as"], asked["for"]) == ([content_type], ["300"])


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html",
        "text/xml",
        "text/javascript",
        "text/css",
        "application/xml",
        "application/xhtml+xml",
        "application/javascript",
        "application/x-shockwave-flash",
        "application/mathml+xml",
        "image/svg+xml",
        "model/x3d+xml",
        "multipart/x-mixed-replace",
        "message/rfc822",
        "application/octet-stream",
    ],
)
def test_what_a_browser_might_run_has_no_type(content_type: str) -> None:
    assert address_of(content_type)[1]["as"] == ["application/octet-stream"]


@pytest.mark.parametrize(
    "name",
    [
        "invoice.pdf",
        'say "hi".txt',
        "back\\slash.txt",
        "semi;colon=x.txt",
        "Rechnung März.pdf",
        "請求書.pdf",
        "100%.txt",
        "%41.txt",
        "'quoted'.txt",
        "🚀.png",
        "a b\tc.txt",
    ],
)
def test_a_name_reads_back_as_it_was_and_breaks_nothing(name: str) -> None:
    header = disposition(name)
    assert re.fullmatch(r"[ -~]+", header)
    read = Message()
    read["Content-Disposition"] = header
    assert read.get_content_disposition() == "attachment"
    assert header.startswith('attachment; filename="')
    assert header.count('"') == 2
    (encoded,) = re.findall(r"filename\*=(\S+)$", header)
    language = Message()
    language["Content-Disposition"] = f"attachment; filename*={encoded}"
    assert (
        collapse_rfc2231_value(cast(Any, language.get_param("filename", header="Content-Disposition")))
        == name
    )
