"""Subscribe: an owner says which events he is told of and where to, and has that changed, paused, tried."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.endpoint import restarted
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.signing_secret import new_secret, rotated
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Confidential, Subscription, Terms, subscription_id
from chalicelib.domain.intake.connection import Secret
from chalicelib.domain.operations.access import Caller
from chalicelib.domain.page import Page, from_cursor, page_of, to_cursor
from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from chalicelib.pipeline.delivery.follow_deliveries import require_open
from chalicelib.pipeline.delivery.resend import Resend
from chalicelib.ports.delivery import Deliveries, Endpoints, EventLog, Subscriptions
from chalicelib.ports.operations import Clock
from chalicelib.ports.web import NoAnswer
from triggeriq.names import NAME

MOST = 200
"""Subscriptions of one owner that are in force. Each event is held against every subscription."""
REMEMBERED = timedelta(days=30)
"""How long one is shown that has expired, as long as its deliveries are."""
ATTEMPTS = 5
"""At a change that others make at the same time."""

_ID = re.compile("sub_[0-9a-f]{20}")


class Made(NamedTuple):
    """A subscription, and the secret that is shown this once; "" where it stood before."""

    subscription: Subscription
    secret: str = ""


class Changed(NamedTuple):
    """What a subscription is to become."""

    subscription: Subscription
    confidential: Confidential | None = None
    """None: as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """The use-cases on subscriptions. What the caller may not see does not exist for him. `id` is an id, or
    the name of one of his own. if_version: the one that must be the current one; Stale is raised where it is
    not."""

    subscriptions: Subscriptions
    endpoints: Endpoints
    log: EventLog
    deliveries: Deliveries
    resend: Resend
    check_address: Callable[[str], object]
    """Raises NoAnswer, saying what is wrong, for an address that is never asked."""
    now: Clock
    most: int = MOST

    def find(self, id: str, caller: Caller) -> Subscription:
        """Raises NotFound."""
        found = self._standing(id, caller)
        if found is None or not found.seen_by(caller):
            raise _not_found(id)
        return found

    def list(self, limit: int, cursor: str | None, caller: Caller, owner: str | None) -> Page[Subscription]:
        """By owner and name. owner: only his. Raises Forbidden where that is another, unless the caller is an
        admin; Invalid for a cursor that it never gave."""
        if owner not in (None, caller.owner) and not caller.may("admin"):
            raise Forbidden("only an admin may list another owner's; leave owner out")
        after = tuple(from_cursor(cursor, str, str)) if cursor else ("", "")
        found = sorted(
            (
                one
                for one in self.subscriptions.all()
                if one.seen_by(caller) and owner in (None, one.owner) and (one.owner, one.name) > after
            ),
            key=lambda one: (one.owner, one.name),
        )
        return page_of(found[: limit + 1], limit, lambda one: to_cursor(one.owner, one.name))

    def make(self, name: str | None, terms: Terms, caller: Caller) -> Made:
        """name: None: one is made up. Raises Invalid naming the field, Conflict where there is one of that
        name or too many."""
        name = secrets.token_hex(8) if name is None else name
        self._check(terms)
        standing = self.subscriptions.find(subscription_id(caller.owner, name))
        if standing is not None:
            raise _taken(name, standing.seen_by(caller))
        return self._made(name, terms, caller)

    def put(self, id: str, terms: Terms, caller: Caller, if_version: int | None = None) -> Made:
        """Make the subscription of that name, or have it stand by these terms. One that does so already is
        not written. Raises NotFound where an id is none."""
        self._check(terms)
        standing = self._standing(id, caller)
        if standing is None and not _ID.fullmatch(id) and if_version is None:
            try:
                return self._made(id, terms, caller)
            except Conflict:
                if self._standing(id, caller) is None:
                    raise
        elif standing is not None and not standing.seen_by(caller) and not _ID.fullmatch(id):
            raise _taken(id, seen=False)
        return Made(self._amend(id, caller, lambda it: self._by(it, terms), if_version))

    def change(
        self, id: str, changes: Mapping[str, Any], caller: Caller, if_version: int | None = None
    ) -> Subscription:
        """Have some of its terms changed. changes: by their names in Terms."""

        def changed(it: Subscription) -> Changed:
            terms = replace(Terms.of(it, self.subscriptions.opened(it)), **changes)
            self._check(terms, "expires_at" in changes)
            return self._by(it, terms)

        return self._amend(id, caller, changed, if_version)

    def delete(self, id: str, caller: Caller, if_version: int | None = None) -> None:
        """Its deliveries that are pending end when they are due. Raises NotFound."""
        found = self.find(id, caller)
        _require(found, if_version)
        self.subscriptions.delete(found.id)

    def rotate(self, id: str, caller: Caller) -> str:
        """Returns a new secret; the former signs beside it for another day."""
        secret = new_secret()

        def changed(it: Subscription) -> Changed:
            return Changed(it, rotated(self.subscriptions.opened(it), secret, self.now()))

        self._amend(id, caller, changed)
        return secret

    def pause(self, id: str, caller: Caller) -> Subscription:
        """From now on what is for it is held. One that is paused or disabled stays as it is."""
        return self._amend(
            id,
            caller,
            lambda it: Changed(
                it if it.status != "active" else replace(it, status="paused", reason="paused")
            ),
        )

    def resume(self, id: str, caller: Caller) -> Subscription:
        """It is sent to again, and what was held against its address is forgotten. Raises Conflict where it
        has expired."""

        def resumed(it: Subscription) -> Changed:
            if not it.in_force(self.now()):
                raise Conflict(
                    f"it has expired; PATCH /subscriptions/{it.id} with a later `expires_at` first"
                )
            return Changed(replace(it, status="active", reason=None))

        after = self._amend(id, caller, resumed)
        if not self._restart(after.id):
            raise Conflict("it is being sent to at this moment; try again in a moment")
        return after

    def holds(self, subscription: Subscription, since: datetime) -> bool:
        """Whether anything is held for it since then, as far as a look tells."""
        page = self.deliveries.list(
            subscription.id, 1, None, statuses=("held",), since=since, undelivered=True
        )
        return bool(page.items or page.next)

    def test(self, id: str, caller: Caller) -> Delivery:
        """Send it an event that is for it alone, whatever it wants. Raises Conflict where nothing is sent to
        it."""
        subscription, now = self.find(id, caller), self.now()
        require_open(subscription, now)
        event = self.log.put(StoredEvent.of(_test_of(subscription, now), now))
        delivery = self.resend.first(subscription, event)
        assert delivery is not None  # nobody else has an event of its position
        self.resend.send([delivery])
        return delivery

    def failing_since(self, subscription: Subscription) -> datetime | None:
        """Since when every attempt has failed; None: the last did not."""
        return self.endpoints.find(subscription.id).failing_since

    def _standing(self, id: str, caller: Caller) -> Subscription | None:
        """Whoever's it is."""
        return self.subscriptions.find(id if _ID.fullmatch(id) else subscription_id(caller.owner, id))

    def _check(self, terms: Terms, with_expiry: bool = True) -> None:
        if not terms.url.isascii():
            raise Invalid(
                "its address has characters that not everybody reads alike; write it in ASCII, a host as in "
                "xn--bcher-kva.example",
                "url",
            )
        try:
            self.check_address(terms.url)
        except NoAnswer as error:
            raise Invalid(str(error), "url") from None
        if with_expiry and terms.expires_at is not None and terms.expires_at <= self.now():
            raise Invalid(
                "it has passed; name a time that is still to come, or leave it out for no end", "expires_at"
            )

    def _made(self, name: str, terms: Terms, caller: Caller) -> Made:
        if not re.fullmatch(NAME, name, re.ASCII) or _ID.fullmatch(name):
            raise Invalid("a name is 1 to 64 of a-z, 0-9, _ and -, and has not the form of an id", "name")
        now = self.now()
        self._make_room(caller.owner, now)
        secret = terms.secret or new_secret()
        wanted = terms.on(
            Subscription(
                id=subscription_id(caller.owner, name),
                name=name,
                owner=caller.owner,
                within=caller.restriction,
                url=terms.url,
                created_at=now,
                updated_at=now,
            )
        )
        put = self.subscriptions.put(wanted, Confidential(secrets=(Secret(secret),), headers=terms.headers))
        self._restart(put.id)
        return Made(put, secret)

    def _make_room(self, owner: str, now: datetime) -> None:
        own = [one for one in self.subscriptions.all() if one.owner == owner]
        for one in own:
            if not one.in_force(now - REMEMBERED):
                self.subscriptions.delete(one.id)
        if sum(one.in_force(now) for one in own) >= self.most:
            raise Conflict(f"{owner} has {self.most} subscriptions already; DELETE one that is not needed")

    def _by(self, it: Subscription, terms: Terms) -> Changed:
        """The subscription as it is by these terms."""
        kept = self.subscriptions.opened(it)
        confidential = replace(kept, headers=terms.headers)
        if terms.secret is not None and terms.secret != kept.secrets[0].value:
            confidential = rotated(confidential, terms.secret, self.now())
        return Changed(terms.on(it), None if confidential == kept else confidential)

    def _amend(
        self,
        id: str,
        caller: Caller,
        change: Callable[[Subscription], Changed],
        if_version: int | None = None,
    ) -> Subscription:
        """Returns it as it stands after the change, which is asked anew where others change it meanwhile."""
        for _ in range(ATTEMPTS):
            before = self.find(id, caller)
            _require(before, if_version)
            after, confidential = change(before)
            if after == before and confidential is None:
                return before
            try:
                put = self.subscriptions.put(replace(after, updated_at=self.now()), confidential)
            except Conflict:
                continue
            if put.url != before.url:
                self._restart(put.id)
            return put
        raise Conflict("others change it at the same time; try again in a moment")

    def _restart(self, id: str) -> bool:
        """Nothing is held against its address any more. False where others wrote at the same time, each
        time."""
        for _ in range(ATTEMPTS):
            known = self.endpoints.find(id)
            after = restarted(known)
            if after == known or self.endpoints.save(after) is not None:
                return True
        return False


def _require(it: Subscription, if_version: int | None) -> None:
    if if_version not in (None, it.version):
        raise Stale("it has changed since it was read; read it again and decide anew")


def _test_of(subscription: Subscription, now: datetime) -> CloudEvent:
    return CloudEvent(
        id=str(uuid4()),
        type="subscription.test",
        subject=subscription.id,
        time=now,
        data={
            "subscription": subscription.id,
            "message": f"A test of the subscription {subscription.name}; nothing has happened.",
        },
        connections=subscription.within.patterns if subscription.within else (),
        audience=subscription.owner,
    )


def _not_found(id: str) -> NotFound:
    return NotFound(f"there is no subscription {id}; GET /subscriptions lists them")


def _taken(name: str, seen: bool) -> Conflict:
    """seen: whether the caller may see and change the one that there is."""
    if not seen:
        return Conflict(
            f"a subscription {name} that this key does not see is there already; choose another name"
        )
    return Conflict(
        f"there is a subscription {name} already; "
        f"PUT /subscriptions/{name} changes it, or choose another name"
    )
