"""Importing `app` for the router's health path, beside bare Chalice: whole processes, to the answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.conftest import SideBySide

PROJECT = Path(__file__).parents[1]
EVENT = """
EVENT = {
    "resource": "/health", "path": "/health", "httpMethod": "GET", "headers": {}, "multiValueHeaders": {},
    "queryStringParameters": None, "multiValueQueryStringParameters": None, "pathParameters": None,
    "stageVariables": None, "body": None, "isBase64Encoded": False,
    "requestContext": {"resourcePath": "/health", "httpMethod": "GET", "requestId": "r", "path": "/health",
                       "identity": {"sourceIp": "127.0.0.1"}},
}
"""
BARE = """
from chalice import Chalice
app = Chalice("bare")

@app.route("/health")
def health():
    return {"status": "ok", "version": "0.1.0", "stage": "dev"}
"""
ASK = "print(app(EVENT, None)['body'])"
# What `pip` and Debian leave to the interpreter's start is the same for both, and no part of the question
PYTHON = (sys.executable, "-I", "-X", "frozen_modules=on")


def test_health_import(side_by_side: SideBySide, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(BARE)
    where = "import sys; sys.path.insert(0, {!r})\nfrom app import app\n"

    def run(folder: Path) -> bytes:
        code = where.format(str(folder)) + EVENT + ASK
        environment = {**os.environ, "TRIGGERIQ_FUNCTION": "api"}
        return subprocess.run([*PYTHON, "-c", code], env=environment, capture_output=True, check=True).stdout

    side_by_side(
        rounds=40,
        check=lambda body: b'"status":"ok"' in body,
        ours=lambda: run(PROJECT),
        bare_chalice=lambda: run(tmp_path),
    )
