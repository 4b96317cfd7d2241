"""A mail's own words without quotation and signature: how often they are right, and how long it takes, beside
email-reply-parser, mail-parser-reply and talon, over tests/data/replies."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.conftest import SideBySide
from plugins.sources.mail.reply import parted
from plugins.sources.mail.reply_html import parted_html
from tests.plugins.mail.replies import cases, is_right
from triggeriq.markup import text_of

ROUNDS = 30
HERE = Path(__file__).parent
PEERS = ("email-reply-parser", "mail-parser-reply", "talon")
TALON_NEEDS = ("cchardet", "chardet", "cssselect", "html5lib", "lxml", "regex", "six", "webencodings")
"""What talon's module of quotations imports; its own list takes scikit-learn along, for signatures only."""

pytestmark = pytest.mark.filterwarnings("ignore")  # what talon's libraries warn of would make it give up

PLAIN, HTML = cases("plain"), cases("html")
OwnWords = Callable[[str], str]


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, OwnWords]]:
    """Each takes a plain body, or for "talon html" one in HTML, and gives the writer's own words."""
    folder = tmp_path_factory.mktemp("peers")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
    subprocess.run([*command, "-c", str(HERE / "peers.txt"), *PEERS, *TALON_NEEDS], check=True)
    sys.path.insert(0, str(folder))
    yield _own_words()
    sys.path.remove(str(folder))


def _own_words() -> dict[str, OwnWords]:
    zapier: Any = importlib.import_module("email_reply_parser").EmailReplyParser
    mpr: Any = importlib.import_module("mailparser_reply").EmailReplyParser
    every = [
        name
        for name in importlib.import_module("mailparser_reply.constants").MAIL_LANGUAGES
        if name != "david"
    ]
    talon: Any = importlib.import_module("talon.quotations")
    talon.register_xpath_extensions()
    return {
        "email_reply_parser": zapier.parse_reply,
        "mail_parser_reply": lambda text: mpr(languages=every).parse_reply(text=text) or "",
        "talon": talon.extract_from_plain,
        "talon html": lambda markup: text_of(_text(talon.extract_from_html(markup))),
    }


def _text(markup: str | bytes) -> str:
    return markup.decode() if isinstance(markup, bytes) else markup


def test_own_words_of_plain_mails(
    side_by_side: SideBySide, note: Callable[..., None], peers: dict[str, OwnWords]
) -> None:
    contenders = {
        "ours": lambda text: parted(text).own,
        **{name: peers[name] for name in ("email_reply_parser", "mail_parser_reply", "talon")},
    }
    _compare(side_by_side, note, PLAIN, contenders)


def test_own_words_of_html_mails(
    side_by_side: SideBySide, note: Callable[..., None], peers: dict[str, OwnWords]
) -> None:
    _compare(
        side_by_side, note, HTML, {"ours": lambda text: parted_html(text).own, "talon": peers["talon html"]}
    )


def _compare(
    side_by_side: SideBySide,
    note: Callable[..., None],
    mails: list[dict[str, Any]],
    contenders: dict[str, OwnWords],
) -> None:
    bodies = [mail["input"] for mail in mails]
    side_by_side(
        rounds=ROUNDS,
        check=lambda words: len(words) == len(mails),
        **{name: lambda words=words: [words(body) for body in bodies] for name, words in contenders.items()},
    )
    share = {
        f"right {name}": sum(is_right(mail, words(mail["input"])) for mail in mails) / len(mails)
        for name, words in contenders.items()
    }
    note(**share)
    assert all(share["right ours"] >= right for right in share.values())
