"""GET /openapi.json and GET /docs, each made once per process from the table of routes and the shapes."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.api.exchange import Answer, Call

if TYPE_CHECKING:
    from chalicelib.api.documentation.docs_page import DocsPage


def openapi(call: Call) -> Answer:
    return Answer(_openapi())


def page(call: Call) -> Answer:
    html, policy = _page()
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    return Answer(html, headers=headers, content_type="text/html; charset=utf-8")


@cache
def _openapi() -> str:
    from chalicelib.api.documentation.openapi import document

    return json.dumps(document(), ensure_ascii=False)


@cache
def _page() -> DocsPage:
    from chalicelib.api.documentation.docs_page import page_of
    from chalicelib.api.documentation.openapi import document

    return page_of(document())
