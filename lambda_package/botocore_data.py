"""botocore's descriptions of AWS, cut down to the services in use: it lists all 440 folders and reads a
list of all endpoints when it starts."""

from __future__ import annotations

import ast
import gzip
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lambda_package.errors import PackageError

CALLS = ("client", "create_client")


def services_in_use(sources: Iterable[Path]) -> set[str]:
    """Every service whose client the modules ask for: those that `client("…")` names."""
    found = set()
    for source in sources:
        for node in ast.walk(ast.parse(source.read_bytes())):
            if isinstance(node, ast.Call) and _name(node.func) in CALLS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def trim(data: Path, services: Iterable[str]) -> None:
    """Leaves in `data`, botocore's folder of that name, only the newest description of each service, plain
    and without its documentation, and their endpoints. Raises PackageError for an unknown service."""
    wanted = set(services)
    unknown = sorted(name for name in wanted if not (data / name).is_dir())
    if unknown:
        raise PackageError(f"botocore knows no service {', '.join(unknown)}")
    prefixes = set()
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        if folder.name in wanted:
            *older, newest = sorted(folder.iterdir())
            for version in older:
                shutil.rmtree(version)
            _slim(newest)
            model = json.loads((newest / "service-2.json").read_bytes())
            prefixes.add(model["metadata"]["endpointPrefix"])
        else:
            shutil.rmtree(folder)
    _trim_endpoints(data / "endpoints.json", prefixes)


def _slim(version: Path) -> None:
    for file in sorted(version.iterdir()):
        if file.name.startswith("examples-"):
            file.unlink()
            continue
        packed = file.suffix == ".gz"
        content = gzip.decompress(file.read_bytes()) if packed else file.read_bytes()
        _write(file.with_suffix("") if packed else file, _without_documentation(json.loads(content)))
        if packed:
            file.unlink()


def _without_documentation(value: Any) -> Any:
    """A description with its prose emptied: botocore asks for some of it. A member of a shape may be called
    so too; that one is no string."""
    if isinstance(value, dict):
        return {
            key: "" if key == "documentation" and isinstance(part, str) else _without_documentation(part)
            for key, part in value.items()
        }
    return [_without_documentation(part) for part in value] if isinstance(value, list) else value


def _trim_endpoints(file: Path, prefixes: set[str]) -> None:
    endpoints = json.loads(file.read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {
            name: service for name, service in partition["services"].items() if name in prefixes
        }
    _write(file, endpoints)


def _write(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value, separators=(",", ":")), encoding="utf-8", newline="\n")


def _name(function: ast.expr) -> str:
    return (
        function.attr
        if isinstance(function, ast.Attribute)
        else function.id
        if isinstance(function, ast.Name)
        else ""
    )
