"""What a handler gets and gives: a Call and an Answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from chalicelib.api.routes import Route
    from chalicelib.bootstrap import UseCases
    from chalicelib.domain.operations.access import Caller
    from chalicelib.settings import Settings

_LITERAL = "/:@!$'()*,;?~"
"""What a query may hold as it is, besides letters, digits and -._ (RFC 3986, 3.4)."""
JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"


class Answer(NamedTuple):
    """What a handler answers."""

    value: Any = None
    """A str is sent as it is, a dict as JSON, None as nothing, anything else in the route's answer shape."""
    status: int = 0
    """0 stands for the route's own status."""
    headers: Mapping[str, str] = {}
    content_type: str = JSON_TYPE


class Call:
    """One HTTP request on its way to a handler. Parts of the event are read only when they are asked for."""

    def __init__(
        self,
        route: Route,
        event: Mapping[str, Any],
        settings: Callable[[], Settings],
        use_cases: Callable[[], UseCases],
        context: Any = None,
    ) -> None:
        self.route = route
        self.headers: dict[str, str] = {k.lower(): v for k, v in (event.get("headers") or {}).items()}
        """Names in lower case."""
        self.query: dict[str, list[str]] = event.get("multiValueQueryStringParameters") or {}
        """Every value of each parameter."""
        self.raw_path: dict[str, str] = event.get("pathParameters") or {}
        """The path's parameters as they came."""
        self.repeats = ""
        """What is the same for each repeat of this request, and for no other; "" where it has no
        Idempotency-Key."""
        self._event = event
        self._context = context
        self._settings = settings
        self._use_cases = use_cases
        self._caller: Caller | None = None
        self._use: UseCases | None = None

    @property
    def settings(self) -> Settings:
        return self._settings()

    @property
    def url(self) -> str:
        """The whole address by which the client called; "" where the deployment was not told its own."""
        return public_address(self.settings.public_url, self._event["path"], self.query)

    @property
    def use(self) -> UseCases:
        """The use-cases, by area, made on first use; handlers call nothing else."""
        if self._use is None:
            self._use = self._use_cases()
        return self._use

    @property
    def seconds_left(self) -> float:
        """Until Lambda cuts the request off; without end where nothing does."""
        if self._context is None:
            return float("inf")
        return float(self._context.get_remaining_time_in_millis()) / 1000

    @property
    def signed_by(self) -> str:
        """ARN of the AWS identity whose signature the gateway has verified; "" where the route asks for none.
        No header reaches this part of the event: the gateway alone writes it.

        Payload format 1.0 has it in `identity`, format 2.0 in `authorizer`.
        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
        """
        context = self._event.get("requestContext") or {}
        by_iam = (context.get("authorizer") or {}).get("iam") or {}
        arn: str = (context.get("identity") or {}).get("userArn") or by_iam.get("userArn") or ""
        return arn

    @property
    def caller(self) -> Caller:
        """Who is asking. Raises Unauthorised, and Forbidden for an AWS identity that is not known."""
        if self._caller is None:
            from chalicelib.api.authentication import authenticated

            self._caller = authenticated(self)
        return self._caller

    def finish(self) -> None:
        """Write the metrics that were counted during the request, whatever its answer is."""
        if self._use is not None:
            self._use.metrics.flush()

    def body(self) -> bytes:
        """The bytes of the body. Raises TooLarge and Invalid."""
        from chalicelib.api.parsing import body_bytes

        return body_bytes(self._event, self.route.limit)


def public_address(public_url: str, path: str, query: Mapping[str, Sequence[str]]) -> str:
    """The address by which the world calls a path; "" where public_url is. query: the values of each name,
    decoded, as payload format 1.0 has them. How the sender had encoded them, and how he had mixed the names,
    is not told: they are written as RFC 3986 wants, and each name's values together.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    if not public_url:
        return ""
    from urllib.parse import quote

    pairs = ((quote(name, _LITERAL), quote(value, _LITERAL)) for name in query for value in query[name])
    told = "&".join(f"{name}={value}" for name, value in pairs)
    return f"{public_url}{quote(path)}{'?' if told else ''}{told}"
