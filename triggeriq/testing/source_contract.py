"""Tests for every source, and for every item that one makes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import ClassVar, get_args

import pytest

from triggeriq import (
    Answered,
    Attachment,
    Bad,
    Feedback,
    Handled,
    Ignore,
    Item,
    Redacted,
    Released,
    Source,
    Unreadable,
)
from triggeriq.names import NAME
from triggeriq.payload import MAX_ID
from triggeriq.settings import fault_of
from triggeriq.source import METHODS
from triggeriq.testing.marks import Mark, parametrize_left, sources_of
from triggeriq.testing.page import docstrings_of
from triggeriq.values import Kind


class SourceContract:
    """Tests for every source. Subclass WebhookContract, FileContract or PollContract, whichever apply."""

    source: ClassVar[type[Source]]
    """The class under test."""
    pages: ClassVar[tuple[Path, ...]] = ()
    """Further files of the plugin, such as its page, that are looked through for FILL_IN."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test once for each sample that it takes. A subclass brings those that it has."""
        if "left" in metafunc.fixturenames:
            parametrize_left(metafunc, (*sources_of(self.source, type(self)), *self._folders(), *self.pages))

    def _folders(self) -> list[Path]:
        """Those of its golden samples."""
        named = (getattr(self, name, "") for name in ("golden", "golden_files"))
        return [Path(folder) for folder in named if folder]

    def test_what_is_left_to_fill_in(self, left: Mark | None) -> None:
        """Of each place that a scaffold marked: it fails, as expected, until the mark is gone."""
        assert left is None, f"fill in: {left}"

    def test_its_name_can_stand_in_an_address(self) -> None:
        assert re.fullmatch(NAME, self.source.name)
        assert self.source.api == 1

    def test_its_methods_can_be_routed(self) -> None:
        assert set(self.source.methods) <= set(METHODS)

    def test_its_headers_are_named_in_lower_case_and_hold_no_secret(self) -> None:
        for header in self.source.keep_headers:
            assert header == header.lower()
            assert not re.search(r"authorization|cookie|signature", header)

    def test_its_settings_can_be_described_field_by_field(self) -> None:
        settings = self.source.settings
        assert fault_of(settings) == ""
        if settings is not None:
            described = docstrings_of(settings)
            missing = [field.name for field in fields(settings) if field.name not in described]
            assert not missing, f"settings: no docstring stands under {', '.join(missing)}"


def check(item: Item) -> None:
    """Assert that the core can keep the item: what `Feedback` promises."""
    if isinstance(item, Bad):
        assert item.where
        assert item.reason
        return
    if isinstance(item, Ignore):
        assert item.reason
        return
    if isinstance(item, (Answered, Redacted, Released)):
        _check_notice(item)
        return
    assert isinstance(item, Feedback)
    assert 0 < len(item.external_id.strip()) <= MAX_ID
    assert isinstance(item.version, int)
    assert item.version >= 0
    assert item.kind in get_args(Kind)
    assert item.rating is None or (1 <= item.rating <= 5 and math.isfinite(item.rating))
    assert item.created_at is None or item.created_at.tzinfo is not None
    texts = (item.title, item.language, item.url, item.thread, item.author.id, item.author.name)
    for text in (*texts, item.author.email, item.app.id, item.app.version):
        assert text is None or (isinstance(text, str) and text)
    assert isinstance(item.text, str)
    assert isinstance(item.quoted, str)
    assert isinstance(item.verified, bool)
    assert all(isinstance(name, str) and name for name in item.threads)
    assert all(isinstance(file, Attachment) and file.name for file in item.attachments)
    assert item.handled is None or isinstance(item.handled, Handled)
    json.dumps(dict(item.attributes), allow_nan=False)
    tags = item.attributes.get("tags", [])
    assert isinstance(tags, list)
    assert all(isinstance(tag, str) for tag in tags)


def _check_notice(item: Answered | Redacted | Released) -> None:
    told: dict[str, object]
    if isinstance(item, Released):
        told = {"name": item.name, "version": item.version}
    elif isinstance(item, Answered) or item.external_id is None:
        told = {"thread": item.thread}
    else:
        told = {"external_id": item.external_id}
    kind = type(item).__name__
    at: object = item.at
    assert isinstance(at, datetime), (
        f"{kind}: `at` is a time with its zone, not {at!r}; without one raise Unreadable"
    )
    assert at.tzinfo is not None, f"{kind}: `at` has no zone"
    for name, text in told.items():
        assert isinstance(text, str), (
            f"{kind}: `{name}` is a text, not {text!r}; without one raise Unreadable"
        )
        assert 0 < len(text.strip()) <= MAX_ID, f"{kind}: `{name}` has 1 to {MAX_ID} characters"


def consume(items: Iterable[Item]) -> list[Item]:
    """The items, each checked, up to where the rest is Unreadable. Any other error is a fault of the
    source."""
    seen = []
    try:
        for item in items:
            check(item)
            seen.append(item)
    except Unreadable:
        pass
    return seen
