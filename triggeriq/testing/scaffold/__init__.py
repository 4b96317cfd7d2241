"""Makes a new plugin of the templates beside this file, each of which is a plugin that works: Acme's."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Literal, NamedTuple

from triggeriq import Source
from triggeriq.testing.marks import Mark, marks_in
from triggeriq.testing.page import page_of, samples_of

Kind = Literal["source", "classifier"]

KINDS: tuple[Kind, ...] = ("source", "classifier")
NAME = "[a-z][a-z0-9_]{0,39}"
"""What a new plugin may be called: it becomes the name of a module, of a source, and a part of addresses."""

_TEMPLATES = Path(__file__).with_name("templates")
_FOLDERS: Mapping[Kind, str] = {"source": "plugins/sources", "classifier": "plugins/classifiers"}
_PAGES: Mapping[Kind, str] = {"source": "docs/sources", "classifier": "docs/classifiers"}


class Refused(Exception):
    """No plugin is made; the message says why, and nothing was written."""


class Places(NamedTuple):
    """Where the parts of a plugin lie."""

    module: Path
    test: Path
    golden: Path
    page: Path


class Made(NamedTuple):
    """A plugin that was made."""

    files: tuple[Path, ...]
    tests: Path
    left: tuple[Mark, ...]
    """What is to be filled in."""


def make(name: str, kind: str, checkout: Path | None = None, out: Path | None = None) -> Made:
    """A plugin in the checkout's folder `plugins/`, or in `out` as a distribution of its own. Raises
    Refused."""
    if kind not in KINDS:
        raise Refused(f"KIND is {' or '.join(KINDS)}, not {kind!r}")
    if not re.fullmatch(NAME, name) or keyword.iskeyword(name):
        raise Refused(f"a plugin's name matches {NAME} and is no word of Python's; {name!r} is none")
    if where := _claimed(name, checkout):
        raise Refused(f"there is a plugin {name} already: {where}")
    if out is not None:
        places = Places(
            module=out / f"triggeriq_{name}.py",
            test=out / "tests" / f"test_{name}.py",
            golden=out / "tests" / "golden",
            page=out / "docs" / f"{name}.md",
        )
        texts = dict(_distribution(name, kind, out, places))
    elif checkout is not None:
        places = Places(
            module=checkout / _FOLDERS[kind] / f"{name}.py",
            test=checkout / "tests" / "plugins" / f"test_{name}.py",
            golden=checkout / "tests" / "data" / "golden" / name,
            page=checkout / _PAGES[kind] / f"{name}.md",
        )
        texts = dict(_built_in(name, kind, places))
    else:
        raise Refused("a folder is needed in which it is made")
    if existing := [str(file) for file in (*texts, places.page) if file.exists()]:
        more = f" and {len(existing) - 1} more" if existing[1:] else ""
        raise Refused(f"it would write over {existing[0]}{more}")
    for file, content in texts.items():
        _write(file, content)
    _write(places.page, _page(name, kind, places))
    # A source's page says what its module says
    marked = texts if kind == "source" else (*texts, places.page)
    return Made((*texts, places.page), places.test, tuple(marks_in(marked)))


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("xb") as stream:
        stream.write(content)


def _page(name: str, kind: Kind, places: Places) -> bytes:
    """Of a source it is made of what was just written, as it is whenever that has changed."""
    if kind == "classifier":
        return _made(kind, "acme.md", name)
    spec = spec_from_file_location(f"scaffold_{name}", places.module)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
        sources: list[type[Source]] = []
        module.register_sources(sources.append)
        return page_of(sources[0], list(samples_of(places.golden))).encode()
    finally:
        sys.dont_write_bytecode = before
        del sys.modules[spec.name]


def _claimed(name: str, checkout: Path | None) -> str:
    """Where a plugin of this name lies; "" where there is none."""
    if checkout is not None:
        modules = [Path(folder) / file for folder in _FOLDERS.values() for file in (f"{name}.py", name)]
        # A source may have another name than its module: its page is named after it
        for place in (*modules, Path(_PAGES["source"]) / f"{name}.md"):
            if (checkout / place).exists():
                return str(place)
    for point in entry_points(group="triggeriq"):
        if point.name == name:
            return f"{point.value}, of {point.dist.name if point.dist else 'an installed distribution'}"
    return ""


def _built_in(name: str, kind: Kind, places: Places) -> Iterator[tuple[Path, bytes]]:
    """Its files, as they lie in a checkout."""
    module = _FOLDERS[kind].replace("/", ".")
    beside = {
        "from acme import Acme\n\nfrom triggeriq": f"from {module}.acme import Acme\nfrom triggeriq",
        "import acme\n\nfrom triggeriq": f"from {module} import acme\nfrom triggeriq",
        'with_name("golden")': 'parents[1] / "data" / "golden" / "acme"',
        'with_name("acme.md")': f'parents[2] / "{_PAGES[kind]}" / "acme.md"',
    }
    yield from _alike(name, kind, places, beside)


def _distribution(name: str, kind: Kind, out: Path, places: Places) -> Iterator[tuple[Path, bytes]]:
    """Its files, as they lie in a project of its own."""
    beside = {
        "from acme import Acme\n\nfrom triggeriq.testing import WebhookContract\n": (
            "from triggeriq.testing import WebhookContract\n\nfrom triggeriq_acme import Acme\n"
        ),
        "import acme\n\nfrom triggeriq.testing import ClassifierContract\n": (
            "from triggeriq.testing import ClassifierContract\n\nimport triggeriq_acme\n"
        ),
        "plugin = acme\n": "plugin = triggeriq_acme\n",
        'with_name("acme.md")': 'parents[1] / "docs" / "acme.md"',
    }
    yield from _alike(name, kind, places, beside)
    for file in ("pyproject.toml", "README.md"):
        yield out / file, _made("distribution", file, name)


def _alike(name: str, kind: Kind, places: Places, beside: Mapping[str, str]) -> Iterator[tuple[Path, bytes]]:
    yield places.module, _made(kind, "acme.py", name)
    yield places.test, _made(kind, "test_acme.py", name, beside)
    for file in _golden(kind):
        yield places.golden / file, _made(kind, f"golden/{file}", name)


def _golden(kind: Kind) -> list[str]:
    return sorted(file.name for file in (_TEMPLATES / kind / "golden").iterdir())


def _made(folder: str, file: str, name: str, beside: Mapping[str, str] | None = None) -> bytes:
    """A template's bytes with the plugin's name in place of Acme's. beside: what else is replaced, first."""
    text = (_TEMPLATES / folder / file).read_bytes().decode()
    for old, new in (beside or {}).items():
        text = text.replace(old, new)
    dashed, spoken = name.replace("_", "-"), "".join(part.capitalize() for part in name.split("_"))
    for old, new in (
        ("x-acme", f"x-{dashed}"),
        ("triggeriq-acme", f"triggeriq-{dashed}"),
        ("acme", name),
        ("Acme", spoken),
    ):
        text = text.replace(old, new)
    return text.encode()
