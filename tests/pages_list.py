"""The list of pages, made from the routes (decisions.md §10): for every route a real address, its reader, and
what they got.

`tests/pages_tale.py` walks a road; at its pauses people look around: they begin at the pages of their workplace that
need no argument and follow links. Of each route the fullest answer is kept. A page that no link leads to is a page
nobody visits, and `tests/test_pages_all.py` says so.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from html import unescape
from typing import Any

from django.test import Client
from django.urls import NoReverseMatch, Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils.translation import override

from jardam.demonstration.cast import Cast
from jardam.parties.policy import AUDIENCES
from jardam.web import clock
from jardam.web.accounts import ALLAUTH

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_LINK = re.compile(r'\s(?:href|action|formaction)="(/[^"#]*)')

NO_PAGE = {
    "appeal_attachment": "a file",
    "account_confirm_email": "its link is in a letter: tests/test_accounts.py",
    "first_visit": "redirects to the language of the browser",
    "theme": "keeps the choice in a cookie and redirects back",
}
"""Routes that never answer with a page, and why. Those that answer with a file are found to do so."""

PASSED_ON = {
    "inbox_message": "leads from an e-mail to the page of its reader",
    "organisation_mine": "leads to the page of the organisation one acts for",
}
"""Routes that only lead to another page of the same person; what they lead to is visited."""


def routes(resolver: URLResolver | None = None) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """(name, converters of its arguments, view) of every route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern), pattern.pattern.converters, pattern.callback


def patterns(resolver: URLResolver | None = None) -> Iterator[tuple[str, str]]:
    """(name, last part of the address with the arguments unfilled) of every route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or "", str(pattern.pattern)


def audience_of(name: str, view: object) -> str | None:
    return getattr(view, "audience", None) or ALLAUTH.get(name)


@cache
def route_of(path: str) -> tuple[str, bool]:
    """The name of the route of an address in Kyrgyz, and whether it has arguments; ("", False) for other addresses."""
    with override("ky"), suppress(Resolver404):
        match = resolve(path.partition("?")[0])
        return match.url_name or "", bool(match.kwargs)
    return "", False


@dataclass(frozen=True)
class Page:
    """What one address answered to one person (None: not signed in) at one instant."""

    route: str
    path: str
    who: str | None
    at: datetime
    template: str
    content_type: str
    policy: str  # its Content-Security-Policy
    html: dict[str, str]  # by language; Kyrgyz always, the others once for each template

    @property
    def is_html(self) -> bool:
        return self.content_type.startswith("text/html")

    def __str__(self) -> str:
        return f"{self.route}: {self.path} for {self.who or 'a visitor'}"


@dataclass
class Walker:
    """Looks around. `pages` holds the fullest answer of each route."""

    pages: dict[str, Page] = field(default_factory=dict)
    refused: dict[str, set[int]] = field(default_factory=dict)
    requests: int = 0
    _dull: Counter[str] = field(default_factory=Counter)  # how often a page led to nothing new
    _lead: dict[str, set[str]] = field(default_factory=dict)  # page without argument: the pages of things it links to
    _things_of: dict[tuple[str | None, str], str] = field(default_factory=dict)  # where each was seen last
    _been: set[str | None] = field(default_factory=set)
    _translated: set[str] = field(default_factory=set)
    _table: dict[str, tuple[dict[str, Any], Any]] = field(default_factory=lambda: {n: (c, v) for n, c, v in routes()})

    def __post_init__(self) -> None:
        self._things = {one for one, pattern in patterns() if pattern.endswith(">/")}

    @property
    def unvisited(self) -> list[str]:
        return [name for name in self._table if name not in {*self.pages, *NO_PAGE, *PASSED_ON}]

    def audiences_of(self, who: str | None, cast: Cast, at: datetime) -> set[str]:
        if who is None:
            return {"public"}
        actor = cast.actor(who, at)
        roles = {one.role for one in (actor.standing, *actor.others) if one}
        return {"person"} | {name for name, theirs in AUDIENCES.items() if roles & set(theirs)}

    def unvisited_by(self, who: str | None, cast: Cast, at: datetime) -> bool:
        """Whether this person may open a page that nobody has opened yet; a visitor may lead others to theirs."""
        theirs = self.audiences_of(who, cast, at) | ({"person"} if who is None else set())
        return any(audience_of(name, self._table[name][1]) in theirs for name in self.unvisited)

    def is_dull(self, name: str) -> bool:
        """Whether the route was opened before and is not expected to lead anywhere new: forms, and lists of such."""
        if name == "desk" or not self._dull[name]:
            return False
        converters, view = self._table[name]
        if converters:  # the page of a thing itself changes with its state
            return getattr(view, "writes", True) and self._dull[name] > 1 and name not in self._things
        if getattr(view, "writes", True):
            return True
        led = self._lead.get(name, set())
        return bool(led) and led <= self.pages.keys()

    def look(self, cast: Cast, people: Iterable[str | None], at: datetime, also: Iterable[str] = ()) -> None:
        """These of the cast look around at this moment; `also` are addresses that reach them by letter. What asks a
        visitor to sign in is handed to those who come after."""
        handed = [*also]
        before, clock.now = clock.now, lambda: at
        try:
            for who in people:
                if who in self._been and not self.unvisited_by(who, cast, at) and not handed:
                    continue
                handed += _Look(self, cast, who, at).follow(handed)
        finally:
            clock.now = before


@dataclass
class _Look:
    walker: Walker
    cast: Cast
    who: str | None
    at: datetime
    opened: Counter[str] = field(default_factory=Counter)  # routes
    closed: list[str] = field(default_factory=list)  # addresses that ask to sign in
    client: Client = field(default_factory=Client)

    def follow(self, also: Iterable[str]) -> list[str]:
        if self.who is not None:
            self.client.force_login(self.cast.people[self.who].user, backend=BACKEND)
        queue, seen = deque([*also, *self._beginnings()]), set[str]()
        while queue:
            path = queue.popleft()
            if path in seen or not path.startswith("/ky/"):
                continue
            seen.add(path)
            name, of_a_thing = route_of(path)
            if path in also or self._worth(name, path, of_a_thing):
                queue.extend(self._open(name, path, of_a_thing))
        self.walker._been.add(self.who)
        return self.closed

    def _beginnings(self) -> Iterator[str]:
        """Pages without arguments of this person's audience: all at first, later those that list something."""
        theirs = self.walker.audiences_of(self.who, self.cast, self.at)
        for name, (converters, view) in self.walker._table.items():
            mine = audience_of(name, view) in theirs and not converters
            if mine and (self.who not in self.walker._been or not self.walker.is_dull(name)):
                with override("ky"), suppress(NoReverseMatch):  # a regular expression of allauth's with an argument
                    yield reverse(name)

        for (who, name), path in list(self.walker._things_of.items()):
            if who == self.who and not self.walker.is_dull(name):
                yield path

    def _worth(self, name: str, path: str, of_a_thing: bool) -> bool:
        """A page is opened if its route has none yet, or if it may link to others; two of a kind in a look."""
        walker = self.walker
        if name not in walker._table or name in NO_PAGE:
            return False
        if name not in walker.pages:
            return True
        if self.opened[name] > (name in walker._things) or "?" in path:
            return False
        public = audience_of(name, walker._table[name][1]) == "public"
        if public and self.who is not None:
            return False  # the same for everyone
        return not walker.is_dull(name) or (not of_a_thing and self.who not in walker._been)

    def _open(self, name: str, path: str, of_a_thing: bool) -> list[str]:
        walker = self.walker
        walker.requests += 1
        answer = self.client.get(path)
        if answer.status_code == 302:
            where = answer.headers["Location"]
            if route_of(where)[0] == name and where != path:  # the token of a letter goes into the session
                return [where]
            if name in PASSED_ON:
                return [where]
            if "/login/" in where and self.who is None:
                self.closed.append(path)
        if answer.status_code != 200:
            walker.refused.setdefault(name, set()).add(answer.status_code)
            walker._things_of.pop((self.who, name), None)
            return []
        if of_a_thing:
            walker._things_of[self.who, name] = path
        self.opened[name] += 1
        links = self._keep(name, path, answer)
        things = {found for found, of_one in map(route_of, links) if of_one and found != name}
        if not of_a_thing:
            walker._lead.setdefault(name, set()).update(things)
        news = things - walker.pages.keys()
        walker._dull[name] = 0 if news else walker._dull[name] + 1
        return links

    def _keep(self, name: str, path: str, answer: Any) -> list[str]:
        kind = answer.headers.get("Content-Type", "")
        policy = answer.headers.get("Content-Security-Policy", "")
        if not kind.startswith("text/html"):
            answer.getvalue()  # read to its end, it closes itself
            self.walker.pages[name] = Page(name, path, self.who, self.at, "", kind, policy, {})
            return []
        html = answer.content.decode()
        known = self.walker.pages.get(name)
        if known is None or len(known.html.get("ky", "")) < len(html):
            template = next((one.name for one in answer.templates if one.name), "")
            texts = {"ky": html} | {k: v for k, v in (known.html if known else {}).items() if k != "ky"}
            if template not in self.walker._translated:
                self.walker._translated.add(template)
                texts |= {lang: self.client.get(f"/{lang}/{path[4:]}").content.decode() for lang in ("ru", "en")}
            self.walker.pages[name] = Page(name, path, self.who, self.at, template, kind, policy, texts)
        return [unescape(link) for link in _LINK.findall(html)]
