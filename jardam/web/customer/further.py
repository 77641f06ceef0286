"""What the customer's pages of the review show beside the straight road: further steps that are open, and what
happened off it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jardam.fields import in_language
from jardam.review import queries
from jardam.review.policy import CUT, PROCEEDING

from .. import formats, words
from ..application_page import place_label
from ..steps import wrong_role
from ..templatetags.ui import Cell, Column, Table


def commission_links(contest: Any, commission: Any, actor: Any) -> list[tuple[str, str]]:
    """What can be done about a commission that was appointed."""
    named = {
        "replace_member": (_("Replace a member"), "desk_member_replace"),
        "renew_commission": (_("Renew the term"), "desk_commission_renew"),
    }
    verbs = queries.commission_actions(commission, actor)
    return [(text, reverse(name, args=[contest.ref])) for verb, (text, name) in named.items() if verb in verbs]


def departures_table(commission: Any) -> Table | None:
    rows = [
        [one.left_on, one.member.name, one.successor.name, one.order_number]
        for one in queries.departures_of(commission)
    ]
    columns = [Column(_("Day"), "date"), Column(_("Left")), Column(_("Came")), Column(_("Order"))]
    return Table(_("Changes"), columns, rows) if rows else None


def faults_table(proceeding: Any, shown: list[Any]) -> Table | None:
    """The faults of the applications on the page."""
    kinds = proceeding.commission.contest.settlement.value("app.documents")
    rows = [
        [
            Cell(one.candidacy.number, note=in_language(one.candidacy.application.applicant.title)),
            "; ".join(place_label(place, kinds) for place in one.places),
            Cell(words.word(words.MENDING, one.state), tone=words.tone(words.MENDING, one.state)),
        ]
        for one in queries.mendings_among(shown)
    ]
    if not rows:
        return None
    until = proceeding.mending_until
    caption = _("Faults to mend until %(when)s") % {"when": formats.instant(until)} if until else _("Faults noted")
    return Table(caption, [Column(_("Application")), Column(_("Places")), Column(_("State"), "tag")], rows)


def sittings_table(proceeding: Any) -> Table | None:
    rows = [[one.number, one.held_on, one.present, one.needed] for one in queries.adjournments_of(proceeding)]
    columns = [
        Column(_("Sitting"), "number"),
        Column(_("Day"), "date"),
        Column(_("Present without an interest"), "number"),
        Column(_("Needed"), "number"),
    ]
    return Table(_("Sittings without a quorum"), columns, rows) if rows else None


def proceeding_links(proceeding: Any, verbs: tuple[str, ...]) -> list[tuple[str, str]]:
    """The further steps that are open for a lot; *verbs*: all that are."""
    named = {
        "request_mending": (_("Ask the applicants to mend"), "desk_mending"),
        "close_mending": (_("Close the mending"), "desk_mending_close"),
        "adjourn_sitting": (_("The sitting had no quorum"), "desk_adjourn"),
        "suspend_review": (_("Stop the review by order of a court or an appeal body"), "desk_review_suspend"),
        "resume_review": (_("Let the review go on"), "desk_review_resume"),
    }
    return [(text, reverse(name, args=[proceeding.ref])) for verb, (text, name) in named.items() if verb in verbs]


def candidacy_links(candidacy: Any, verbs: tuple[str, ...], actor: Any) -> list[tuple[str, str]]:
    """The further steps that are open for an application."""
    proceeding, state = candidacy.proceeding, candidacy.state
    settlement = proceeding.commission.contest.settlement
    links = []
    if "admit" in verbs and not proceeding.mending_until and settlement.flag("adm.mending"):
        links.append((_("Note a fault that can be mended"), "desk_fault"))
    keeps = not wrong_role(CUT, "propose_cut", actor)
    cuttable = (proceeding.state, state) in (("revealed", "admitted"), ("published", "reserve"))
    if keeps and cuttable and settlement.flag("eval.budget_adjust"):
        links.append((_("Propose a smaller amount"), "desk_cut"))
    if "give_back" in verbs and queries.is_open_decline(candidacy):
        links += [
            (_("Call the next of the reserve list"), "desk_reserve"),
            (_("Give the money back"), "desk_give_back"),
        ]
    if proceeding.state == "published" and not wrong_role(PROCEEDING, "mark_published", actor):
        links.append((_("Letter to the applicant"), "desk_letter"))
    if "record_notification" in verbs and proceeding.state == "published":
        links.append((_("The applicant was told on paper"), "desk_notify"))
    return [(text, reverse(name, args=[candidacy.ref])) for text, name in links]
