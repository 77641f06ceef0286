"""Looking for what must not be told: every page asked by everybody, and a detector for planted words.

Two ways of looking. *Canaries* are words planted in what is sealed: no answer may hold one, however it is written.
*Worlds*: what outsiders are answered must be the same, to the byte, whether or not the secret thing happened; so no
count, average, order, hint or header can tell it.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from jardam.demonstration.road import Road
from jardam.kernel.ref import new_ref
from jardam.parties.policy import AUDIENCES
from jardam.web.steps import LAST_YEAR
from tests.test_access import ROUTES, audience_of
from tests.world import MONDAY

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
VISITOR = "visitor"
OTHERS = {"account_logout", "account_confirm_email", "account_reset_password_from_key"}
"""Pages of allauth that end the session or take a secret of their own; they know nothing of ours."""
MOST = 2  # things of one kind are asked for
NOTHING = new_ref()  # names nothing, the same in every walk

NOUNS = {
    "acts": ("acceptance",),
    "amendments": ("amendment",),
    "appeals": ("appeal",),
    "applications": ("candidacy", "application"),
    "apply": ("application",),
    "assets": ("asset",),
    "awards": ("award",),
    "budget": ("appropriation",),
    "candidacies": ("candidacy", "application"),
    "comments": ("comment",),
    "commission": ("proceeding", "commission"),
    "contests": ("contest", "lot"),
    "contracts": ("contract",),
    "council": ("programme",),
    "desk": ("bankaccount",),
    "documents": ("document", "attachment", "version"),
    "errata": ("erratum",),
    "files": ("file", "sealedfile", "attachment"),
    "inbox": ("message",),
    "incidents": ("incident",),
    "ink": ("inksignature",),
    "invitations": ("collaborator", "partner"),
    "items": ("expense",),
    "letters": ("letter",),
    "lines": ("statementline",),
    "lot": ("lot",),
    "lots": ("lot",),
    "mandates": ("mandate",),
    "measures": ("measure",),
    "mine": ("problem",),
    "organisation": ("organisation",),
    "organisations": ("organisation",),
    "packages": ("paymentpackage",),
    "papers": ("paper", "application"),
    "partners": ("partner",),
    "payments": ("paymentorder",),
    "prints": ("document",),
    "problems": ("problem",),
    "programmes": ("programme",),
    "protocols": ("protocol",),
    "questions": ("question",),
    "receipts": ("version",),
    "reports": ("report",),
    "returns": ("return",),
    "review": ("lot",),
    "reviews": ("proceeding",),
    "rules": ("ruleadoption", "ruleconfirmation"),
    "statements": ("statement",),
    "studies": ("study",),
    "territories": ("territory",),
    "treasury": ("paymentorder", "bankaccount"),
    "versions": ("revision", "version"),
    "with": ("person",),
}
"""The word before a reference in an address → the models it may name, and those of what is sealed."""


# --- the detector ----------------------------------------------------------------------------------------------


def readings(content: bytes | str) -> str:
    """A text in every writing a reader could take back: HTML entities, percents, JSON escapes, any case."""
    text = content.decode("utf8", "replace") if isinstance(content, bytes) else content
    texts = [text]
    if "&" in text:
        texts.append(html.unescape(text))
    if "%" in text:
        texts.append(unquote(text))
    if "\\u" in text:
        texts.append(re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text))
    return "\n".join(unicodedata.normalize("NFC", one).casefold() for one in texts)


def found(content: bytes | str, words: Iterable[str]) -> set[str]:
    """Those of the words that the content holds."""
    if not words:
        return set()
    text = readings(content)
    return {word for word in words if unicodedata.normalize("NFC", word).casefold() in text}


# --- everybody asks everything ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    who: str
    path: str


@dataclass
class Seen:
    """The answers of one walk: the whole of each for canaries, a digest of what does not change by itself."""

    words: frozenset[str] = frozenset()
    leaks: dict[Asked, set[str]] = field(default_factory=dict)
    bodies: dict[Asked, str] = field(default_factory=dict)
    statuses: dict[Asked, int] = field(default_factory=dict)
    texts: dict[Asked, str] = field(default_factory=dict)

    def take(self, asked: Asked, answer: Any) -> None:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        told = sorted((name, value) for name, value in answer.headers.items() if name not in CHANGING)
        headers = "\n".join(f"{name}: {value}" for name, value in told)
        if held := found(content, self.words) | found(headers, self.words):
            self.leaks[asked] = held
        steady = _steady(content.decode("utf8", "replace"))
        self.statuses[asked] = answer.status_code
        self.texts[asked] = f"{answer.status_code}\n{headers}\n{steady}"
        self.bodies[asked] = hashlib.sha256(self.texts[asked].encode()).hexdigest()


CHANGING = ("Expires", "ETag", "Content-Length")  # of the clock and of the tokens below
_CHANGING = (
    re.compile(r'name="(csrfmiddlewaretoken|key)" value="[^"]*"'),
    re.compile(r"(?<=[?&]from=)[0-9A-Z]{10}"),
    re.compile(r'(?<=""sealed_sha256"": "")[0-9a-f]{64}'),  # of bytes sealed under a key of chance
)


def _steady(text: str) -> str:
    """Without tokens and keys, which are new in each answer."""
    for pattern in _CHANGING:
        text = pattern.sub("", text)
    return text


def differences(one: Seen, other: Seen) -> list[str]:
    """What somebody is answered differently in two worlds, with the first line that differs: to what can be asked in
    both."""
    told = []
    for asked in one.bodies.keys() & other.bodies.keys():
        if one.bodies.get(asked) != other.bodies.get(asked):
            a, b = one.texts.get(asked, "").splitlines(), other.texts.get(asked, "").splitlines()
            line = next(((x, y) for x, y in zip(a, b, strict=False) if x != y), (f"{len(a)} lines", f"{len(b)} lines"))
            told.append(f"{asked.who} {asked.path}: {line[0][:200]!r} | {line[1][:200]!r}")
    return sorted(told)


def references() -> dict[str, list[str]]:
    """Model → references of its newest rows."""
    return {
        model._meta.model_name or "": list(model._default_manager.order_by("-pk").values_list("ref", flat=True)[:MOST])
        for model in apps.get_models()
        if model.__module__.startswith("jardam.") and any(one.name == "ref" for one in model._meta.local_fields)
    }


def addresses(refs: dict[str, list[str]], audiences: set[str]) -> Iterator[str]:
    """The addresses of every route for these audiences, with real references where it takes any; the public ones also
    with one that names nothing. Whoever is not of a page's audience is turned away before it: tests/test_access.py.
    """
    for name, converters, view in ROUTES:
        if name in OTHERS or audience_of(name, view) not in audiences:
            continue
        arguments: list[dict[str, Any]] = [{}]
        for argument, converter in converters.items():
            values = _values(name, argument, converters, type(converter).__name__, refs)
            if len(values) > 1 and "public" not in audiences:
                values = [one for one in values if one != NOTHING]
            arguments = [known | {argument: value} for known in arguments for value in values]
        for known in arguments:
            yield reverse(name, kwargs=known)


def _values(
    name: str, argument: str, converters: dict[str, object], converter: str, refs: dict[str, list[str]]
) -> list[Any]:
    match converter:
        case "IntConverter":
            return [1, 987654321]
        case "YearConverter":
            return [MONDAY.year, LAST_YEAR]  # the world's own, and one of which nothing is known
        case "PathConverter":
            return ["grants/2022-604", "grants/none"]
        case "SlugConverter":
            return ["project", "team", "none"]
        case "StringConverter" if argument.endswith("ref"):
            marks = {one: f"_{one}_" for one in converters}
            marks = {one: mark if _is_text(converters[one]) else "1" for one, mark in marks.items()}
            before = reverse(name, kwargs=marks).partition(f"_{argument}_")[0].rstrip("/").rsplit("/", 1)[-1]
            return [ref for model in NOUNS[before] for ref in refs[model]] + [NOTHING]
        case _:
            return ["none"]


def _is_text(converter: object) -> bool:
    return type(converter).__name__ in ("StringConverter", "SlugConverter", "PathConverter")


ODD = (
    "?from=%s",
    "?ref=%s",
    "?q=%s",
    "?sha256=%s",
    "?state=submitted&customer=%s",
    "?from=%%00&q=%%00",
    "?page=-1&sort=score",
)
"""What pages of lists are asked with besides; `%s` is the reference of something sealed."""


def audiences_of(road: Road, who: str) -> set[str]:
    """What a person's own pages are for; the public ones are the visitor's, and the same for everybody."""
    if who == VISITOR:
        return {"public"}
    standing = road.actor(who).standing
    return {"person"} | {name for name, roles in AUDIENCES.items() if standing and standing.role in roles}


def walk(
    road: Road,
    people: Iterable[str],
    words: Iterable[str] = (),
    sealed: Iterable[str] = (),
    languages: Iterable[str] = ("ky", "ru", "en"),
) -> Seen:
    """Everybody of `people` asks for all that is theirs: a visitor in each language, the others in one."""
    seen, refs = Seen(frozenset(words)), references()
    for who in people:
        client = Client(raise_request_exception=True)
        if who != VISITOR:
            client.force_login(road.cast.people[who].user, backend=BACKEND)
        for language in languages if who == VISITOR else ("en",):
            with override(language):
                paths = list(
                    dict.fromkeys([*addresses(refs, audiences_of(road, who)), *_odd(sealed, seen.words, who)])
                )
            for path in dict.fromkeys(paths):
                seen.take(Asked(who, path), client.get(path))
    return seen


def _odd(sealed: Iterable[str], words: Iterable[str], who: str) -> Iterator[str]:
    """A visitor also asks lists with odd arguments, for the planted words, and for pages that are not there."""
    if who != VISITOR:
        return
    for ref in sealed:
        yield f"/en/nowhere/{ref}/"
        for name in ("contests", "contests_csv", "programmes", "receipts", "search", "home"):
            for odd in ODD:
                yield reverse(name) + odd.replace("%s", ref).replace("%%", "%")
    for word in sorted(words)[:6]:
        yield f"{reverse('search')}?q={word}"


def outsiders(road: Road, *insiders: str) -> list[str]:
    """A visitor and everybody of the cast but those."""
    return [VISITOR, *(name for name in road.cast.people if name not in insiders)]
