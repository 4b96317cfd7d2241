"""App Store Connect, Google Play, Apple's public feed, and Trustpilot, as far as their reviews go."""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from tests.plugins.providers.keys import opened, p256, pem, rsa_2048
from tests.plugins.providers.provider import Asked, Given, Provider

_CLOCK_SKEW = 300
"""Seconds by which a token's time may differ."""
REFUSED = Given.of({"errors": [{"status": "401", "code": "NOT_AUTHORIZED"}]}, 401)


class Reviewed(Provider):
    """One that has reviews, the newest first."""

    source: str
    per_page = 2
    reviews: list[dict[str, Any]]
    now: datetime
    """The time of its clock."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now, self.reviews = now, []

    @property
    def settings(self) -> dict[str, Any]:
        """Those of a connection that fetches from it."""
        raise NotImplementedError

    @property
    def credentials(self) -> str:
        return ""

    def add(self, number: int, said: datetime, words: str = "It crashes") -> None:
        """A review, newer than the others."""
        raise NotImplementedError

    def page(self, begin: int) -> list[dict[str, Any]]:
        return self.reviews[begin : begin + self.per_page]


class AppStoreConnect(Reviewed):
    """GET /v1/apps/{id}/customerReviews."""

    source = "app_store"

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.responses: list[dict[str, Any]] = []
        """What each page includes."""

    @property
    def settings(self) -> dict[str, Any]:
        return {"app_id": "1404176564", "address": self.address}

    @property
    def credentials(self) -> str:
        return json.dumps({"issuer_id": "issuer-1", "key_id": "KEY1", "private_key": pem(p256())})

    def add(self, number: int, said: datetime, words: str = "It crashes") -> None:
        attributes = {"rating": 2, "body": words, "createdDate": said.isoformat(), "territory": "USA"}
        self.reviews.insert(
            0, {"type": "customerReviews", "id": f"review-{number}", "attributes": attributes}
        )

    def answer(self, asked: Asked) -> Given:
        if not self._lets_in(asked.headers.get("authorization", "")):
            return REFUSED
        path = "/v1/apps/1404176564/customerReviews"
        if asked.path != path or asked.query.get("sort") != "-createdDate" or asked.query["limit"] != "200":
            return Given.of({"errors": [{"status": "404"}]}, 404)
        begin = int(asked.query.get("cursor", "0"))
        body: dict[str, Any] = {"data": self.page(begin), "links": {"self": f"{self.address}{path}"}}
        if self.responses:
            body["included"] = self.responses
        if begin + self.per_page < len(self.reviews):
            query = f"cursor={begin + self.per_page}&sort=-createdDate&limit=200&include=response"
            body["links"]["next"] = f"{self.address}{path}?{query}"
        return Given.of(body)

    def _lets_in(self, authorization: str) -> bool:
        try:
            head, claims = opened(authorization.removeprefix("Bearer "), p256())
        except ValueError:
            return False
        now = self.now.timestamp()
        return (
            head == {"alg": "ES256", "typ": "JWT", "kid": "KEY1"}
            and claims["aud"] == "appstoreconnect-v1"
            and (claims.get("iss"), claims.get("sub")) in (("issuer-1", None), (None, "user"))
            and abs(claims["iat"] - now) <= _CLOCK_SKEW
            and now < claims["exp"] <= claims["iat"] + 1200
        )


class GooglePlayApi(Reviewed):
    """POST /token, and GET …/applications/{package}/reviews."""

    source = "google_play"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "package": "com.example.shop",
            "address": self.address,
            "token_address": f"{self.address}/token",
        }

    @property
    def credentials(self) -> str:
        key = {
            "client_email": "reviews@example.iam",
            "private_key_id": "key-1",
            "private_key": pem(rsa_2048()),
        }
        return json.dumps({"type": "service_account", "token_uri": "https://elsewhere.example", **key})

    def add(self, number: int, said: datetime, words: str = "It crashes") -> None:
        edited = {"seconds": str(int(said.timestamp())), "nanos": 5_000_000}
        comment = {"text": f"\t{words}", "lastModified": edited, "starRating": 2, "reviewerLanguage": "en_US"}
        self.reviews.insert(0, {"reviewId": f"review-{number}", "comments": [{"userComment": comment}]})

    def answer(self, asked: Asked) -> Given:
        if (asked.method, asked.path) == ("POST", "/token"):
            return self._token(parse_qs(asked.body.decode()))
        if asked.headers.get("authorization") != "Bearer token-1":
            return REFUSED
        path = "/androidpublisher/v3/applications/com.example.shop/reviews"
        if asked.path != path or asked.query["maxResults"] != "100":
            return Given.of({"error": {"code": 404}}, 404)
        begin = int(asked.query.get("token", "0"))
        body: dict[str, Any] = {"reviews": self.page(begin)} if self.reviews else {}
        if begin + self.per_page < len(self.reviews):
            body["tokenPagination"] = {"nextPageToken": str(begin + self.per_page)}
        return Given.of(body)

    def _token(self, form: dict[str, list[str]]) -> Given:
        try:
            head, claims = opened(form["assertion"][0], rsa_2048())
        except (ValueError, KeyError):
            return Given.of({"error": "invalid_grant"}, 400)
        signed_at = claims.get("iat", 0)
        wanted = {
            "iss": "reviews@example.iam",
            "scope": "https://www.googleapis.com/auth/androidpublisher",
            "aud": f"{self.address}/token",
            "iat": signed_at,
            "exp": signed_at + 3600,
        }
        granted = form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        on_time = abs(signed_at - self.now.timestamp()) <= _CLOCK_SKEW
        if (
            not (granted and on_time)
            or claims != wanted
            or head != {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
        ):
            return Given.of({"error": "invalid_grant"}, 400)
        return Given.of({"access_token": "token-1", "expires_in": 3599, "token_type": "Bearer"})


class ItunesFeed(Reviewed):
    """GET /{country}/rss/customerreviews/page={n}/id={app}/sortby=mostrecent/json, of one country."""

    source = "itunes_rss"

    @property
    def settings(self) -> dict[str, Any]:
        return {"app_id": "1404176564", "countries": ["de"], "address": self.address}

    def add(self, number: int, said: datetime, words: str = "It crashes") -> None:
        texts = {
            "id": f"{number}",
            "title": "Hm",
            "im:rating": "2",
            "updated": said.isoformat(),
            "content": words,
        }
        entry: dict[str, Any] = {key: {"label": value} for key, value in texts.items()}
        self.reviews.insert(0, entry)

    def answer(self, asked: Asked) -> Given:
        path = r"/de/rss/customerreviews/page=([0-9]+)/id=1404176564/sortby=mostrecent/json"
        found = re.fullmatch(path, asked.path)
        if found is None or int(found[1]) > 10:
            return Given.of({"error": "not found"}, 404)
        entries = self.page((int(found[1]) - 1) * self.per_page)
        feed: dict[str, Any] = {"id": {"label": f"https://itunes.apple.com{asked.path}"}}
        if entries:
            feed["entry"] = entries[0] if len(entries) == 1 else entries
        return Given.of({"feed": feed})


class TrustpilotApi(Reviewed):
    """The private reviews of a business unit, with a token, and the public ones, with the key alone."""

    source = "trustpilot"
    per_page = 100
    public = False

    @property
    def settings(self) -> dict[str, Any]:
        return {"business_unit": "507f191e810c19729de860ea", "address": self.address}

    @property
    def credentials(self) -> str:
        return json.dumps({"api_key": "key-1"} | ({} if self.public else {"api_secret": "secret-1"}))

    def add(self, number: int, said: datetime, words: str = "It crashes") -> None:
        self.reviews.insert(
            0,
            {
                "id": f"review-{number}",
                "stars": 2,
                "title": "Hm",
                "text": words,
                "createdAt": said.isoformat(),
            },
        )

    def answer(self, asked: Asked) -> Given:
        if asked.method == "POST":
            basic = "Basic " + base64.b64encode(b"key-1:secret-1").decode()
            granted = asked.path == "/v1/oauth/oauth-business-users-for-applications/accesstoken"
            if (
                not granted
                or asked.headers["authorization"] != basic
                or asked.body != b"grant_type=client_credentials"
            ):
                return REFUSED
            return Given.of({"access_token": "token-1", "expires_in": "360000"})
        ways = {
            "/v1/private/business-units/507f191e810c19729de860ea/reviews": (
                "authorization",
                "Bearer token-1",
            ),
            "/v1/business-units/507f191e810c19729de860ea/reviews": ("apikey", "key-1"),
        }
        if asked.path not in ways or asked.query["orderBy"] != "createdat.desc":
            return Given.of({"message": "not found"}, 404)
        header, wanted = ways[asked.path]
        if asked.headers.get(header) != wanted:
            return REFUSED
        return Given.of({"links": [], "reviews": self.page((int(asked.query["page"]) - 1) * self.per_page)})


STORES = (AppStoreConnect, GooglePlayApi, ItunesFeed, TrustpilotApi)
