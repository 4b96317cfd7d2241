"""DESIGN's rules of import: who may import whom, and that importing does nothing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def python(program: str, **environment: str) -> str:
    """What a fresh interpreter prints; it runs in the project's folder with this environment only."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


REQUEST = """
import app
def request(method, path, resource, parameters=None):
    return app.app({
        "requestContext": {"httpMethod": method, "resourcePath": resource, "requestId": "r"},
        "pathParameters": parameters, "multiValueQueryStringParameters": None, "headers": {}, "body": None,
        "isBase64Encoded": False,
    }, None)
"""


def test_modules_import_only_what_they_may():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


def test_the_health_path_imports_nothing_heavy():
    heavy = {
        "asyncio",
        "boto3",
        "botocore",
        "dataclasses",
        "inspect",
        "pg8000",
        "pluggy",
        "pydantic",
        "triggeriq",
    }
    layers = ("bootstrap", "handlers", "pipeline", "registry", "services")
    heavy |= {f"chalicelib.{layer}" for layer in layers} | {"chalicelib.api.operations.shapes"}
    program = f"""{REQUEST}
import sys
assert request("GET", "/health", "/health")["statusCode"] == 200
print(sorted(sys.modules))
"""
    loaded = ast.literal_eval(python(program, TRIGGERIQ_FUNCTION="api"))
    assert "chalicelib.api.operations.health" in loaded
    assert heavy & set(loaded) == set()


def test_importing_does_nothing():
    """Every module of ours: no setting is read, nothing is opened for writing, connected or started."""
    program = """
import importlib, os, pkgutil, sys, threading
done, read = [], set()
def watch(event, arguments):
    if event.startswith(("socket.connect", "subprocess", "os.system", "os.fork", "os.exec", "os.remove")):
        done.append(event)
    if event == "open" and arguments[1] and set("wax+") & set(arguments[1]) and arguments[0] != os.devnull:
        done.append(f"open {arguments[0]}")
class Watched(dict):
    def __getitem__(self, name):
        read.add(name)
        return super().__getitem__(name)
    def __contains__(self, name):
        read.add(name)
        return super().__contains__(name)
    def get(self, name, default=None):
        read.add(name)
        return super().get(name, default)
os.environ = Watched(os.environ)
sys.addaudithook(watch)
import app, chalicelib, triggeriq
for package in (chalicelib, triggeriq):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if "testing" not in module.name:
            importlib.import_module(module.name)
print(done)
print(sorted(name for name in read if str(name).startswith(("TRIGGERIQ_", "AWS_"))))
print(threading.active_count(), [name for name in sys.modules if name.partition(".")[0] == "plugins"])
"""
    done, read, rest = python(program).splitlines()
    assert done == "[]"
    assert read == "['AWS_CHALICE_CLI_MODE', 'AWS_LAMBDA_FUNCTION_NAME']"  # the two that app.py asks for
    assert rest == "1 []"


def test_importing_the_app_leaves_the_environment_as_it_is():
    program = "import os; before = dict(os.environ); import app; print(before == dict(os.environ))"
    assert python(program).strip() == "True"


def test_packaging_needs_neither_aws_nor_settings():
    program = "import sys; sys.argv = ['chalice', 'package']; import app; print(len(app.app.routes) > 20)"
    assert python(program, AWS_CHALICE_CLI_MODE="true").strip() == "True"


READER = ROOT / "chalicelib/settings.py"
SOURCES = [*ROOT.glob("chalicelib/**/*.py"), *ROOT.glob("triggeriq/**/*.py"), *ROOT.glob("plugins/**/*.py")]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_settings_reads_the_environment(path):
    names = ("environ", "getenv", "environb")
    reads = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.alias) and node.name in names)
    ]
    assert bool(reads) == (path == READER), reads
