"""What somebody typed while their session had ended: kept over the sign-in and given back to the same person.

The key of every form says by a seal for whom its page was made. Only a form with such a key is kept: typed fields
alone, never passwords or files, for some hours, sealed under the key file like every draft, in the session of the same
browser. It comes back once, into the form of the same address, when that person signs in; whoever else signs in there
sees nothing, and nothing is written until somebody presses again (jardam.web.door.held).
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode, urlsafe_b64encode
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils.crypto import constant_time_compare, salted_hmac

from jardam.documents import sealing

KEPT_FOR = timedelta(hours=4)
MOST = 200_000  # characters, encoded for the wire; the longest section of an application has a tenth of it
SLOT = "typed"
_NOT_KEPT = ("csrfmiddlewaretoken", "key")


def _mark(what: str, octets: int) -> str:
    digest = salted_hmac("jardam.web.typed", what, algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:octets]).decode().rstrip("=")


def new_key(person_id: int | None = None) -> str:
    """The key of a form: what makes a second press harmless. With a person it also says, to us alone, for whom the
    page was made, and that it was we who made it."""
    token = secrets.token_urlsafe(18)
    if person_id is None:
        return token
    bound = f"{token}.{_mark(f'{token}|{person_id}', 16)}"
    return f"{bound}.{_mark(bound, 8)}"


def _parts(key: str) -> tuple[str, str] | None:
    """Token and mark of the person in a key of ours."""
    token, _dot, rest = key.partition(".")
    person, _dot, ours = rest.partition(".")
    # What stands behind our mark tells two forms of one page apart.
    is_ours = constant_time_compare(ours[:11], _mark(f"{token}.{person}", 8))
    return (token, person) if is_ours else None


def keep(request: Any) -> bool:
    """Keep what a signed-out browser sent; whether there was anything to keep. A key we did not make keeps nothing:
    strangers fill no table of ours."""
    key = request.POST.get("key", "")
    typed = request.POST.copy()
    for name in [one for one in typed if one in _NOT_KEPT or "password" in one.lower()]:
        del typed[name]
    text = typed.urlencode()
    if not text or len(text) > MOST or _parts(key) is None:
        return False
    label = f"typed:{secrets.token_hex(8)}"
    wrapped = sealing.new_wrapped_key(label)
    content = {
        "key": key,
        "address": request.get_full_path(),
        "text": text,
        "until": (request.at + KEPT_FOR).timestamp(),
    }
    request.session[SLOT] = {
        "label": label,
        "wrapped": b64encode(wrapped).decode(),
        "sealed": b64encode(sealing.seal(wrapped, json.dumps(content).encode(), label)).decode(),
    }
    request.session.set_expiry(KEPT_FOR)  # a session nobody signs in to is deleted with it
    return True


def take_back(request: Any, person_id: int | None) -> QueryDict | None:
    """What this person typed at this address, once. What another person typed is forgotten at once."""
    kept = request.session.get(SLOT)
    if kept is None:
        return None
    request.session.set_expiry(None)
    content = _opened(kept)
    parts = _parts(content["key"]) if content else None
    theirs = parts is not None and constant_time_compare(parts[1], _mark(f"{parts[0]}|{person_id}", 16))
    if content is None or not theirs or request.at.timestamp() >= content["until"]:
        del request.session[SLOT]
        return None
    if content["address"] != request.get_full_path():
        return None
    del request.session[SLOT]
    return QueryDict(content["text"], encoding="utf-8")


def _opened(kept: dict[str, str]) -> dict[str, Any] | None:
    label = kept["label"]
    try:
        content = sealing.unseal(b64decode(kept["wrapped"]), b64decode(kept["sealed"]), label)
    except sealing.KeyFault:  # another key file since: a typed text is not worth an incident
        return None
    opened: dict[str, Any] = json.loads(content)
    return opened
