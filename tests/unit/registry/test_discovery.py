"""Which plugins there are, found by a scan or told by a package's manifest."""

from __future__ import annotations

from pathlib import Path

from chalicelib.registry import Found, discover
from chalicelib.registry.discovery import as_manifest


def test_the_plugins_of_the_project_are_found_by_their_files(tmp_path: Path) -> None:
    found = discover(manifest=tmp_path / "none.json")
    assert Found("zendesk", "plugins.sources.zendesk", "built-in", "sources") in found
    assert Found("sentiment", "plugins.classifiers.sentiment", "built-in", "classifiers") in found
    assert not [one for one in found if one.name.startswith("_")]


def test_a_manifest_tells_what_a_scan_would_find(tmp_path: Path) -> None:
    scanned = discover(manifest=tmp_path / "none.json")
    (tmp_path / "manifest.json").write_text(as_manifest(scanned), encoding="utf-8")
    assert discover(manifest=tmp_path / "manifest.json", root=tmp_path / "nowhere") == scanned


def test_only_what_the_manifest_lists_is_there(tmp_path: Path) -> None:
    one = Found("acme", "acme.plugin", "triggeriq-acme 1.0")
    (tmp_path / "manifest.json").write_text(as_manifest((one,)), encoding="utf-8")
    assert discover(manifest=tmp_path / "manifest.json") == (one,)


def test_a_manifest_keeps_what_each_gives_and_what_nobody_knows(tmp_path: Path) -> None:
    known = Found("acme", "acme", "acme 1", hooks=("classify", "register_sources"), sources=("acme", "bcme"))
    unknown = Found("ccme", "ccme", "ccme 1")
    (tmp_path / "manifest.json").write_text(as_manifest((known, unknown)), encoding="utf-8")
    assert discover(manifest=tmp_path / "manifest.json") == (known, unknown)
    assert hash(known)  # its lists are tuples again
