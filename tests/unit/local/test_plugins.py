"""`make plugins` shows what is installed, and why something is not, without a running system."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.installing import SitePackages

ROOT = Path(__file__).parents[3]
DESK = """
    from dataclasses import dataclass
    from triggeriq import Source, hookimpl

    print("a plugin may print")

    @dataclass(frozen=True, slots=True, kw_only=True)
    class DeskSettings:
        zone: str
        stars: int = 5

    class Desk(Source):
        name = "desk"
        version = "7"
        settings = DeskSettings

    @hookimpl
    def register_sources(register):
        register(Desk)
"""


@pytest.fixture
def installed(tmp_path: Path) -> SitePackages:
    return SitePackages(tmp_path)


def plugins(installed: SitePackages, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.plugins", *arguments],
        cwd=ROOT,
        env={"PYTHONPATH": str(installed.folder), "PYTHONDONTWRITEBYTECODE": "1", **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_is_a_line_with_its_sources_and_their_settings(installed: SitePackages) -> None:
    installed.install("acme", DESK)
    done = plugins(installed)
    title, *rows = [line.split("  ") for line in done.stdout.splitlines()]
    cells = [[cell.strip() for cell in row if cell] for row in rows]
    assert [title[0], done.returncode] == ["plugin", 0]
    assert ["acme", "7", "triggeriq-acme 1.0", "register_sources", "desk (zone, stars)"] in cells
    assert ["zendesk", "built-in", "register_sources"] in [[row[0], *row[2:4]] for row in cells]
    assert ["sentiment", "1", "built-in", "classify"] in cells


def test_one_that_can_not_be_loaded_is_named_with_its_reason_and_its_line(installed: SitePackages) -> None:
    installed.install("broken", "import this_does_not_exist\n")
    done = plugins(installed)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == (
        "NOT LOADED: broken, from triggeriq-broken 1.0: ModuleNotFoundError: "
        f"No module named 'this_does_not_exist' ({installed.folder}/broken.py:1)"
    )
    assert done.stderr == ""


def test_two_of_one_name_are_told_of_both(installed: SitePackages) -> None:
    installed.install("zendesk", DESK, module="my_desk", distribution="triggeriq-mine")
    installed.install("other", DESK.replace('"desk"', '"zendesk"'))
    done = plugins(installed)
    assert done.returncode == 1
    of_sources, of_plugins = done.stdout.splitlines()[-2:]
    assert of_sources.startswith(
        "NOT LOADED: other, from triggeriq-other 1.0: ValueError: the plugins zendesk and other both claim "
        "the source zendesk; rename one"
    )
    assert of_plugins == (
        "NOT LOADED: zendesk (triggeriq-mine 1.0), from triggeriq-mine 1.0: plugins.sources.zendesk "
        "(built-in) and my_desk (triggeriq-mine 1.0) both claim the name zendesk; rename one"
    )


def test_as_json_it_is_what_the_api_shows_with_the_schema_of_settings(installed: SitePackages) -> None:
    installed.install("acme", DESK)
    done = plugins(installed, "--json", TRIGGERIQ_LOAD_PLUGINS="acme,category")
    acme, category = json.loads(done.stdout)["items"]
    (source,) = acme.pop("sources")
    assert acme == {
        "name": "acme", "version": "7", "hooks": ["register_sources"], "from": "triggeriq-acme 1.0",
        "status": "loaded", "error": None, "failed_at": None, "calls": acme["calls"], "failures": 0,
    }  # fmt: skip
    assert (source["name"], set(source["settings_schema"]["properties"])) == ("desk", {"zone", "stars"})
    assert (category["name"], category["sources"]) == ("category", [])
    assert done.stderr == "a plugin may print\n"


def test_what_is_switched_off_is_not_shown(installed: SitePackages) -> None:
    done = plugins(installed, TRIGGERIQ_DISABLED_PLUGINS="zendesk")
    assert (done.returncode, "zendesk" in done.stdout) == (0, False)


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "told"),
    [
        (["--yaml"], {}, 2, "triggeriq: make plugins takes ARGS=--json, or nothing\n"),
        ([], {"TRIGGERIQ_STGAE": "x"}, 1, "triggeriq: TRIGGERIQ_STGAE is no setting"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(
    installed: SitePackages, arguments: list[str], settings: dict[str, str], code: int, told: str
) -> None:
    done = plugins(installed, *arguments, **settings)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1
