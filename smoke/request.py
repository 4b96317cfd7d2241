"""One request to the API, as it goes over HTTP and as a function gets it."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode


class Request(NamedTuple):
    method: str
    route: str
    """As docs/api.md names it: /tickets/{id}."""
    place: Mapping[str, str]
    """What stands in the route for each of its names."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def key(self) -> str:
        """Its route's name at the gateway."""
        return f"{self.method} {self.route}"

    @property
    def path(self) -> str:
        """With the query."""
        path = self.route.format_map({name: quote(value, safe="") for name, value in self.place.items()})
        return f"{path}?{urlencode(self.query)}" if self.query else path

    def event(self) -> dict[str, Any]:
        """As an HTTP API hands it over, in payload format 1.0, where nobody has signed it.
        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
        """
        return {
            "version": "1.0",
            "resource": self.route,
            "path": self.route.format_map(self.place),
            "httpMethod": self.method,
            "headers": dict(self.headers),
            "multiValueHeaders": {name: [value] for name, value in self.headers.items()},
            "queryStringParameters": dict(self.query) or None,
            "multiValueQueryStringParameters": {name: [value] for name, value in self.query.items()} or None,
            "pathParameters": dict(self.place) or None,
            "requestContext": {
                "resourcePath": self.route,
                "httpMethod": self.method,
                "requestId": str(uuid.uuid4()),
            },
            "body": base64.b64encode(self.body).decode(),
            "isBase64Encoded": True,
        }
