"""Mails from bytes to subject, mailboxes, words and files: by ours, by `mail-parser`, and by the standard
library's parser, on which that one builds. Quality first: who reads fewer of them right may be quicker."""

from __future__ import annotations

import email
import logging
import subprocess
import sys
from collections.abc import Callable
from email.header import decode_header, make_header
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pytest

from benchmarks.conftest import SideBySide
from plugins.sources.mail.letter import letter_of
from plugins.sources.mail.parts import parse
from tests.plugins.mail.expectations import EMAILS, Read, expectations, ours

ROUNDS = 30
HERE = Path(__file__).parent
RAWS = [path.read_bytes() for path in sorted(EMAILS.glob("*.eml"))]
EXPECTATIONS = expectations()


def standard(raw: bytes) -> Read:
    """As its documentation does it: the old policy, headers decoded by hand."""
    mail = email.message_from_bytes(raw)
    text = html = ""
    attachments = 0
    for part in mail.walk():
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        if (
            part.get_filename()
            or part.get_content_disposition() == "attachment"
            or not kind.startswith("text/")
        ):
            attachments += 1
            continue
        payload: Any = part.get_payload(decode=True)
        words = payload.decode(part.get_content_charset() or "utf-8", "replace")
        text, html = (text or words, html) if kind == "text/plain" else (text, html or words)
    return Read(
        subject=_decoded(mail["subject"] or ""),
        sender=_boxes(mail, "from"),
        to=_boxes(mail, "to"),
        text=text,
        html=html,
        attachments=attachments,
    )


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value)))


def _boxes(mail: Any, name: str) -> list[tuple[str, str]]:
    return [(_decoded(box), address) for box, address in getaddresses(map(str, mail.get_all(name, [])))]


@pytest.fixture(scope="module")
def mail_parser(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], Read]:
    folder = tmp_path_factory.mktemp("peers")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "mail-parser"]
    subprocess.run([*command, "-c", str(HERE / "peers.txt")], check=True)
    sys.path.append(str(folder))
    import mailparser  # type: ignore[import-not-found]

    logging.getLogger("mailparser").setLevel(logging.CRITICAL)

    def read(raw: bytes) -> Read:
        mail = mailparser.parse_from_bytes(raw)
        return Read(
            subject=mail.subject,
            sender=mail.from_,
            to=mail.to,
            text=mail.text_plain[0] if mail.text_plain else "",
            html=mail.text_html[0] if mail.text_html else "",
            attachments=len(mail.attachments),
        )

    return read


def quality(read: Callable[[bytes], Read]) -> dict[str, float]:
    """How many of what a reference parser reads in a mail are read so, in percent; how many mails raise."""
    right: dict[str, list[bool]] = {}
    for expected in EXPECTATIONS:
        try:
            misses = expected.misses(read(expected.raw))
        except Exception:
            misses = list(expected.facts)
        for name in expected.facts:
            right.setdefault(name, []).append(name not in misses)
        right.setdefault("whole mails", []).append(not misses)
    errors = sum(_raises(read, raw) for raw in RAWS)
    return {f"{name}, %": 100 * sum(found) / len(found) for name, found in right.items()} | {"errors": errors}


def _raises(read: Callable[[bytes], Read], raw: bytes) -> bool:
    try:
        read(raw)
    except Exception:
        return True
    return False


def every(read: Callable[[bytes], Any]) -> Callable[[], int]:
    """Reads all mails, those too in which it raises."""

    def run() -> int:
        for raw in RAWS:
            _raises(read, raw)
        return len(RAWS)

    return run


def test_mails_are_read(
    side_by_side: SideBySide, note: Callable[..., None], mail_parser: Callable[[bytes], Read]
) -> None:
    contenders = {"ours": ours, "mail-parser": mail_parser, "standard library": standard}
    found = {name: quality(read) for name, read in contenders.items()}
    whole = {name: figures["whole mails, %"] for name, figures in found.items()}
    assert max(whole, key=whole.__getitem__) == "ours", whole
    assert found["ours"]["errors"] == 0
    side_by_side(
        ROUNDS, lambda count: count == len(RAWS), **{name: every(read) for name, read in contenders.items()}
    )
    note(**{f"{what}: {name}": figure for name, figures in found.items() for what, figure in figures.items()})


def test_a_letter_and_its_files_are_read(side_by_side: SideBySide) -> None:
    """The whole way, with HTML turned to text and each file decoded."""
    side_by_side(ROUNDS, lambda count: count == len(RAWS), ours=every(lambda raw: letter_of(parse(raw))))
