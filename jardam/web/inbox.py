"""The inbox of a signed-in person, and how they want e-mail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.kernel.actor import Actor
from jardam.notices import operations, queries
from jardam.parties.policy import AUDIENCES

from . import formats, lists
from .door import act
from .forms import ChoiceField
from .pages import LANGUAGE_NAMES, page
from .steps import StepForm, crumbs, cursor, fill_in
from .templatetags.ui import Event

HOW_OFTEN = (
    ("at_once", gettext_lazy("Each at once")),
    ("daily", gettext_lazy("What can wait, in one letter a day")),
    ("never", gettext_lazy("Never: I read my messages here")),
)


@page("person", writes=True)
def inbox(request: Any) -> HttpResponse:
    """Messages, newest first; POST marks those up to the newest shown as read."""
    person_id = request.actor.person_id or 0
    if request.method == "POST":
        up_to = request.POST.get("up_to", "")
        done = act(
            request, "read_messages", lambda a: operations.read_all(actor=a, up_to=up_to), then=reverse("inbox")
        )
        assert done is not None
        return done
    before = cursor(request, lambda ref: queries.message(ref, person_id))
    rows, more = lists.cut(queries.inbox(person_id, before=before, limit=lists.PAGE + 1))
    emails = queries.deliveries(person_id, [one.record_id for one in rows])
    context = {
        "events": [_event(one, emails.get(one.record_id), request.actor) for one in rows],
        "newest": rows[0].ref if rows and any(one.delivery == "placed" for one in rows) else "",
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": crumbs((_("Messages"), "")),
    }
    return render(request, "inbox.html", context)


def _event(one: Any, email: Any, actor: Actor) -> Event:
    subject, text = operations.texts_of(one)
    title = _("New: {subject}").format(subject=subject) if one.delivery == "placed" else subject
    return Event(one.told_at, title, text, by=_delivery(email), url=place(one, actor))


_OWN_PAGES = {
    "contract": (("customer", "desk_contract"), ("applicant", "grant")),
    "grant": (("customer", "desk_contract"),),
    "grant_report_page": (("customer", "desk_report"),),
    "grant_item": (("customer", "desk_item"),),
    "grants": (("customer", "desk_contracts"),),
}
"""One message goes to both sides of a contract; each reads on at their own workplace. Before both have signed, the
public page of a contract does not exist."""


def place(one: Any, actor: Actor) -> str:
    """The page a message leads its reader to; none when nothing there is open to them."""
    route, _slash, ref = one.page.partition("/")
    for audience, name in _OWN_PAGES.get(route, ()):
        if actor.has(*AUDIENCES[audience]):
            return reverse(name, args=[ref] if ref else [])
    address = operations.address_of(one)
    audience = getattr(resolve(address).func, "audience", "public")
    return address if audience in ("public", "person") or actor.has(*AUDIENCES[audience]) else ""


@page("person")
def message(request: Any, ref: str) -> HttpResponse:
    """Sends the reader of an e-mail on to the page that is theirs."""
    found = queries.sent_message(ref, request.actor.person_id or 0)
    return redirect(place(found, request.actor) or reverse("inbox"))


def _delivery(email: Any) -> str:
    """What became of the e-mail."""
    if email is None:
        return ""
    if email.delivery == "sent":
        return _("E-mail sent {when}").format(when=formats.instant(email.sent_at))
    return _("The e-mail could not be delivered") if email.delivery == "given_up" else _("The e-mail is on its way")


class ChoiceForm(StepForm):
    email = ChoiceField(gettext_lazy("How often do you want e-mail?"), choices=HOW_OFTEN)
    language = ChoiceField(gettext_lazy("In which language?"), choices=tuple(LANGUAGE_NAMES.items()))


@page("person", writes=True)
def choice(request: Any) -> HttpResponse:
    """Legal notices go out at once however often the rest is sent."""
    chosen = queries.subscription(request.actor.person_id or 0)
    form = ChoiceForm(request.POST or None, initial={"email": chosen.email, "language": chosen.language})
    lead = _("Messages that a clock of the law runs from are sent at once, unless you choose never.")
    return fill_in(
        request,
        form,
        lambda actor, data: operations.choose(actor=actor, email=data["email"], language=data["language"]),
        verb="choose_mail",
        then=reverse("inbox"),
        said=_("Your choice is kept."),
        title=_("E-mail"),
        lead=lead if settings.EMAIL_IS_SENT else _("This instance sends no e-mail: messages lie here only."),
        submit=_("Keep it"),
        back_url=reverse("inbox"),
        breadcrumbs=crumbs((_("Messages"), reverse("inbox")), (_("E-mail"), "")),
    )


urlpatterns = [
    path("", inbox, name="inbox"),
    path("choice/", choice, name="inbox_choice"),
    path("<str:ref>/", message, name="inbox_message"),
]
