"""What can be set and what can be asked stands in docs/, and what stands there is so."""

from __future__ import annotations

import re
from pathlib import Path

from chalicelib import settings
from chalicelib.api.routes import ROUTES
from chalicelib.bootstrap.jobs import KINDS
from chalicelib.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


def rows(name: str) -> list[list[str]]:
    """The cells of every table row of a page, without backticks."""
    lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("| `")
    ]


def shown(value: object) -> str:
    """A setting's default as somebody would type it."""
    return (
        ",".join(map(str, value))
        if isinstance(value, tuple)
        else f"{value:g}"
        if isinstance(value, float)
        else str(int(value))
        if isinstance(value, bool)
        else str(value)
    )


def test_every_setting_is_documented_with_its_default():
    told = {row[0]: row[1] for row in rows("settings.md") if row[0].startswith(settings.PREFIX)}
    assert list(told) == [settings.PREFIX + name.upper() for name in Settings._fields]
    for name, default in settings.from_env({"TRIGGERIQ_STAGE": "dev"})._asdict().items():
        assert told[settings.PREFIX + name.upper()].replace("<stage>", "dev") == shown(default), name


def test_every_route_is_documented_with_its_access_and_what_a_restricted_key_gets():
    told = {tuple(row[:4]) for row in rows("api.md") if re.match(r"[A-Z]+ /", row[0])}
    assert told == {
        (f"{route.method} {route.path}", route.access, route.restricted, route.summary.strip("`"))
        for route in ROUTES
    }


def test_every_kind_of_job_is_documented():
    told = {row[0] for row in rows("architecture.md")}
    assert set(KINDS) <= told


def test_every_problem_is_documented():
    from chalicelib.api.problems import REUSED, TYPES

    told = {row[0] for row in rows("api.md") if row[0].startswith("urn:")}
    assert told == {f"urn:triggeriq:problem:{slug}" for slug, _ in (*TYPES.values(), REUSED)}
