"""A browser without a window: cookies, forms as they are rendered, one connection for each request."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

Fields = list[tuple[str, str]]
TIMEOUT = 20.0


@dataclass
class Form:
    method: str = "get"
    action: str = ""
    fields: Fields = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # names of its text areas

    def with_value(self, name: str, value: str) -> Fields:
        return [(one, value if one == name else held) for one, held in self.fields]

    @property
    def key(self) -> str:
        return dict(self.fields).get("key", "")


class Reader(HTMLParser):
    """The forms of a page with what they would send if only the button were pressed, its links, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._select: tuple[str, list[str], list[str]] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        elif tag == "form":
            self._form = Form((given.get("method") or "get").lower(), given.get("action") or "")
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(self._form, tag, given)

    def _control(self, form: Form, tag: str, given: dict[str, str | None]) -> None:
        name, value = given.get("name") or "", given.get("value")
        if tag == "input" and name:
            kind = given.get("type") or "text"
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    form.fields.append((name, "on" if value is None else value))
            elif kind not in ("file", "submit", "button", "image", "reset"):
                form.fields.append((name, value or ""))
        elif tag == "textarea" and name:
            self._area = ""
            form.fields.append((name, ""))
            form.texts.append(name)
        elif tag == "select" and name:
            self._select = (name, [], [])
        elif tag == "option" and self._select:
            self._select[1].append(value or "")
            if "selected" in given:
                self._select[2].append(value or "")

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area += data
        else:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            # the line break right after the tag is not part of the text
            self._form.fields[-1] = (self._form.fields[-1][0], self._area.removeprefix("\n"))
            self._area = None
        elif tag == "select" and self._select and self._form is not None:
            name, offered, chosen = self._select
            self._form.fields += [(name, value) for value in chosen or offered[:1]]
            self._select = None

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def form(self) -> Form:
        """The page's own: the one that is posted under a key."""
        return next(one for one in self.forms if one.method == "post" and one.key)


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: str


class Browser:
    """Raises OSError or http.client.HTTPException when an answer does not come."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: Fields) -> Answer:
        return self._ask("POST", path, urlencode(fields).encode())

    def form(self, path: str) -> Form:
        answer = self.get(path)
        if answer.status != 200:
            raise http.client.HTTPException(f"GET {path}: {answer.status}")
        return Reader(answer.body).form()

    def sign_in(self, path: str, who: int) -> None:
        """As one of the cast, at the page `path` of the cast."""
        forms = Reader(self.get(path).body).forms
        token = next(dict(one.fields)["csrfmiddlewaretoken"] for one in forms if one.method == "post")
        answer = self.post(path, [("csrfmiddlewaretoken", token), ("who", str(who))])
        if answer.status != 302:
            raise RuntimeError(f"the cast's page answered {answer.status}")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        location = urlsplit(urljoin(path, answer.headers.get("Location") or "")).path
        return Answer(answer.status, location, text)
