"""The door of every page: who comes when, and one durable transaction around one operation.

A page that writes calls `act`; nothing else in web opens a transaction. `GET` never writes.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, IntegrityError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from jardam.documents import operations as documents
from jardam.documents.damage import Damaged
from jardam.journal.operations import broken_constraint, once
from jardam.kernel.actor import Actor, system, visitor
from jardam.kernel.ref import new_ref
from jardam.kernel.refusal import Reason, Refused
from jardam.parties.operations import hold_mandate
from jardam.parties.queries import actor_for
from jardam.rulebook.house import HOUSE

from . import clock
from .forms import Form
from .typed import new_key

log = logging.getLogger(__name__)
T = TypeVar("T")

BUSY = Reason("busy", "Many people are acting on this at the moment. Nothing was changed; press again.")
UNIQUE_VIOLATION = "23505"  # somebody was quicker: asked again, the operation sees what they did and says so itself
PASSING = frozenset({"40P01", "40001", "55P03", UNIQUE_VIOLATION})  # deadlock, serialization, lock not available
TRIES = 3


class DoorMiddleware:
    """Gives every request its instant (`request.at`) and its actor (`request.actor`, loaded when first asked)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.at = clock.now()
        request.actor = SimpleLazyObject(lambda: actor_of(request))
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What an actor does not see is not found; a refusal nobody caught still explains itself; damage is told."""
        if isinstance(exception, ObjectDoesNotExist):
            raise Http404 from exception
        if isinstance(exception, Refused):
            return refused(request, exception)
        if isinstance(exception, Damaged):
            return damaged(request, exception)
        return None


def actor_of(request: Any) -> Actor:
    """The signed-in person under the mandate they chose; a visitor without a session cookie, at no cost."""
    if not request.user.is_authenticated:
        return visitor(request.at)
    return actor_for(request.user._wrapped, request.at, request.session.get("mandate"))


def refused(request: HttpRequest, refusal: Refused, status: int = 409) -> HttpResponse:
    return render(request, "refusal.html", {"refusals": refusal.refusals}, status=status)


def damaged(request: Any, fault: Damaged) -> HttpResponse:
    """Stored content that cannot be given out: a number for the reader, the incident for the operator (H-60)."""

    def report() -> str:
        return documents.report_incident(fault=fault, actor=system(request.at)).ref

    try:
        ref = in_transaction(report)
    except (Error, Refused):  # the log still has it, under the number the reader is told
        log.exception("an incident could not be put on record")
        ref = new_ref()
    log.error("incident %s: %s", ref, fault)
    response = render(request, "damaged.html", {"ref": ref}, status=500)
    response.headers["Cache-Control"] = "no-store"
    return response


class Held(Exception):
    """A page is shown with what was typed before a sign-in: nothing may be written by it."""


_HELD: ContextVar[bool] = ContextVar("held", default=False)


@contextmanager
def held() -> Iterator[None]:
    """Inside no transaction is opened: whatever a page would write ends in `Held`."""
    token = _HELD.set(True)
    try:
        yield
    finally:
        _HELD.reset(token)


def act(
    request: Any,
    verb: str,
    work: Callable[[Actor], Any],
    *,
    then: str | Callable[[Any], str],
    form: Form | None = None,
    said: str = "",
) -> HttpResponse | None:
    """Run one operation for this request, in one durable transaction, under the form's key.

    On success redirects to `then` (an address, or a function of the operation's result) with the message `said`. On
    refusal the form is blamed and None returned, so that the page is shown again with everything typed; without a
    form the refusal page is returned. A form given back after a sign-in is shown again too, and nothing is written.
    A deadlock or a busy lock is tried three times, then refused as `busy`.
    """
    key = request.POST.get("key") or new_key()
    typed = sorted((k, v) for k, v in request.POST.lists() if k not in ("csrfmiddlewaretoken", "key"))
    sent = sorted((name, [_fingerprint(one) for one in files]) for name, files in request.FILES.lists())

    def result() -> str:
        hold_mandate(actor=request.actor)
        done = work(request.actor)
        return then(done) if callable(then) else then

    try:
        address = in_transaction(lambda: once(key, verb, [request.path, typed, *sent], request.actor, result))
    except Refused as refusal:
        if form is None:
            return refused(request, refusal)
        form.blame(refusal)
        return None
    except Held:
        if form is None:
            raise
        return None
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(address[0])


def _fingerprint(file: Any) -> str:
    """Of an uploaded file, read in pieces and left at its beginning."""
    hashed = hashlib.sha256()
    file.seek(0)
    for piece in file.chunks():
        hashed.update(piece)
    file.seek(0)
    return hashed.hexdigest()


def in_transaction(work: Callable[[], T]) -> T:
    """One durable transaction; passing faults of concurrency are tried again, then refused."""
    if _HELD.get():
        raise Held
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic(durable=True):
                return work()
        except (OperationalError, IntegrityError) as fault:
            state = getattr(fault.__cause__, "sqlstate", "")
            if left == 0 or state not in PASSING:
                if explained := broken_constraint(fault):
                    raise explained from fault
                if state not in PASSING or state == UNIQUE_VIOLATION:
                    raise
            log.warning("busy: %s, %s tries left", state, left)
    raise BUSY.refuse(HOUSE["H-17"].basis)
