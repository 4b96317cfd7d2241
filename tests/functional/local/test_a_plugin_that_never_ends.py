"""Plugins that hang while they are imported, under `chalice local`, whose routes run in threads: they are
named, and everything else works."""

from __future__ import annotations

from pathlib import Path

from local.application import Application
from local.stack import Stack
from tests.functional.client import Client
from tests.functional.installing import SitePackages


def test_a_plugin_that_loops_or_sleeps_at_import_is_named_and_the_rest_works(
    quiet_stack: Stack, tmp_path: Path
) -> None:
    installed = SitePackages(tmp_path)
    installed.install("loops", "while True:\n    pass\n")
    installed.install("sleeps", "import time\n\ntime.sleep(3600)\n")
    with Application(quiet_stack, {"PYTHONPATH": str(tmp_path)}) as application:
        client = Client(application.url)
        plugins = {plugin["name"]: plugin for plugin in client.get("/plugins")["items"]}
        for name in ("loops", "sleeps"):
            assert plugins[name]["status"] == "failed"
            assert plugins[name]["error"] == "took longer than 5 s to load"
            assert plugins[name]["failed_at"]
        assert plugins["category"]["status"] == "loaded"
        answer = client.call("POST", "/triage/preview", {"items": [{"text": "The app crashes"}]})
        assert answer.json["items"][0]["category"]["label"] == "bug_report"
