"""GET /openapi.json and GET /docs, each made once per process from the table of routes and the shapes; and
GET /, which leads there."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.api.exchange import Answer, Call

if TYPE_CHECKING:
    from chalicelib.api.documentation.docs_page import DocsPage


def root(call: Call) -> Answer:
    return Answer(headers={"Location": "/docs"})


def openapi(call: Call) -> Answer:
    return Answer(_openapi(call.settings.public_url))


def page(call: Call) -> Answer:
    html, policy = _page(call.settings.public_url)
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    return Answer(html, headers=headers, content_type="text/html; charset=utf-8")


@cache
def _openapi(public_url: str) -> str:
    from chalicelib.api.documentation.openapi import document

    return json.dumps(document(public_url), ensure_ascii=False)


@cache
def _page(public_url: str) -> DocsPage:
    from chalicelib.api.documentation.docs_page import page_of
    from chalicelib.api.documentation.openapi import document

    return page_of(document(public_url))
