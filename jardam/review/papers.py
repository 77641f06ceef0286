"""What the papers of the review say: the invitation, the protocol, the letter to an applicant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from jardam.contests.models import Contest
from jardam.documents import wording
from jardam.documents.models import Signature
from jardam.documents.papers import Paper, facts, heading, items, paragraph, signatures, table
from jardam.fields import in_language
from jardam.rulebook.settlement import Settlement

from .models import Member, Proceeding, Protocol
from .rules import Seat

SEATS = {
    "chair": _("Chair"),
    "member": _("Member"),
    "secretary": _("Secretary, without a vote"),
    "voting_secretary": _("Secretary, with a vote"),
}
SIDES = {"state": _("State side"), "civil": _("Civil society")}
OUTCOMES = {"awarded": _("Awarded"), "reserve": _("On the reserve list"), "not_awarded": _("Not awarded")}


def _money(text: str) -> str:
    """Of a protocol's "600000.00 KGS"."""
    return wording.money(Decimal(text.split()[0]))


def _ground(settlement: Settlement, code: str) -> str:
    language = (get_language() or "ru")[:2]
    names = {ground.code: ground.names.in_language(language) for ground in settlement.value("adm.grounds")}
    return names.get(code, code)


def invitation(
    proceeding: Proceeding, contest: Contest, members: Sequence[Member], clock: Sequence[tuple[str, str]]
) -> Paper:
    """To everybody with a seat, once the applications of a lot are listed. *Clock*: stage and its last day, ISO."""
    voting = [member for member in members if member.seat != Seat.SECRETARY]
    stages = {
        "interests": gettext("Declarations of interest, until"),
        "admissibility": gettext("Admission of the applications, until"),
        "scoring": gettext("Scores, until"),
        "sitting": gettext("Sitting, until"),
    }
    days = [(stages[stage], wording.day(date.fromisoformat(due))) for stage, due in clock if stage in stages and due]
    return Paper(
        gettext("Invitation to the commission's work"),
        [
            paragraph(
                gettext("You are invited to consider the applications of lot %(lot)s of the contest “%(title)s”.")
                % {"lot": proceeding.lot.number, "title": in_language(contest.title)}
            ),
            facts(
                (gettext("Contest"), contest.number or ""),
                (gettext("Order that appointed the commission"), proceeding.commission.order_number),
                (gettext("Applications"), str(proceeding.candidacies.count())),
                *days,
            ),
            heading(gettext("What is asked of you")),
            items(
                gettext("Declare for each applicant whether you have an interest; until then no file opens."),
                gettext("Score every admitted application in which you have no interest."),
                gettext("Take part in the sitting and sign its protocol."),
            ),
            heading(gettext("The commission")),
            _people([[m.name, str(SEATS.get(m.seat, m.seat)), str(SIDES.get(m.side, m.side))] for m in members]),
        ],
        addressee="\n".join(member.name for member in voting),
    )


def _people(rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    return table(((gettext("Full name"), "text"), (gettext("Seat"), "text"), (gettext("Side"), "text")), rows)


def protocol(protocol: Protocol, content: Mapping[str, Any], contest: Contest, signed: Sequence[Signature]) -> Paper:
    """The published protocol: what its signed content says, in the active language."""
    members, vote = content["members"], content["vote"]
    places = [
        [
            str(row["rank"]),
            row["number"],
            f"{row['applicant']}: {row['title']}",
            wording.number(Decimal(row["total"])),
            _money(row["amount"]),
            str(OUTCOMES[row["outcome"]]),
        ]
        for row in content["ranking"]
    ]
    place_columns = (
        (gettext("Place"), "code"),
        (gettext("Application"), "code"),
        (gettext("Applicant and project"), "text"),
        (gettext("Total"), "number"),
        (gettext("Amount"), "number"),
        (gettext("Decision"), "text"),
    )
    rejected = [
        [row["number"], row["applicant"], _ground(contest.settlement, row["ground"]), row["text"]]
        for row in content["rejected"]
    ]
    rejected_columns = tuple(
        (name, "text") for name in (gettext("Application"), gettext("Applicant"), gettext("Ground"), gettext("Reason"))
    )
    blocks = [
        facts(
            (gettext("Contest"), f"{content['contest']}, {in_language(contest.title)}"),
            (gettext("Lot"), str(content["lot"])),
            (gettext("Day of the sitting"), wording.day(date.fromisoformat(content["held_on"]))),
            (gettext("Order that appointed the commission"), content["order"]),
            (gettext("Rules of the contest"), content["edition"]),
            (gettext("Fingerprint of the signed text (SHA-256)"), protocol.content_sha256),
        ),
        heading(gettext("Who sat")),
        table(
            (
                (gettext("Full name"), "text"),
                (gettext("Seat"), "text"),
                (gettext("Side"), "text"),
                (gettext("Present"), "code"),
                (gettext("Took no part in"), "text"),
            ),
            [
                [
                    m["name"],
                    str(SEATS.get(m["seat"], m["seat"])),
                    str(SIDES.get(m["side"], m["side"])),
                    gettext("yes") if m["present"] else gettext("no"),
                    ", ".join(m["recused"]),
                ]
                for m in members
            ],
        ),
        heading(gettext("The vote")),
        facts(
            (gettext("For"), str(vote["for"])),
            (gettext("Against"), str(vote["against"])),
            (gettext("Abstained"), str(vote["abstained"])),
            (gettext("Dissenting opinion"), vote["dissent"]),
        ),
    ]
    if places:
        blocks += [heading(gettext("Places and awards")), table(place_columns, places)]
    if rejected:
        blocks += [heading(gettext("Not admitted")), table(rejected_columns, rejected)]
    rows = [(str(SEATS.get(s.side, s.side)), s.person_name, wording.instant(s.at)) for s in signed]
    return Paper(gettext("Protocol of the commission"), [*blocks, signatures(*rows)])


def letter(contest: Contest, protocol: Protocol, row: Mapping[str, Any], applicant: Mapping[str, str]) -> Paper:
    """To one applicant: what the published protocol (a place in its ranking, or a rejection) says of their project.
    The members' reasons stay with the seal: they are read on the applicant's page."""
    names = {"title": in_language(contest.title), "number": row["number"], "protocol": protocol.number}
    begin = gettext(
        "Your application %(number)s to the contest “%(title)s” was considered. The result stands in "
        "protocol %(protocol)s."
    )
    if "ground" in row:
        what = gettext("Your application was not admitted.")
        told = facts(
            (gettext("Ground"), _ground(contest.settlement, row["ground"])),
            (gettext("Reason"), row["text"]),
        )
    else:
        what = {
            "awarded": gettext("Your project gets money."),
            "reserve": gettext("Your project stands on the reserve list: it gets money if a winner withdraws."),
            "not_awarded": gettext("Your project gets no money in this contest."),
        }[row["outcome"]]
        told = facts(
            (gettext("Project"), row["title"]),
            (gettext("Place"), str(row["rank"])),
            (gettext("Total"), wording.number(Decimal(row["total"]))),
            (gettext("Amount"), _money(row["amount"]) if row["outcome"] == "awarded" else ""),
        )
    blocks = [paragraph(begin % names), paragraph(what), told]
    if protocol.signing_from is not None:
        until = gettext("Contracts are signed from %(day)s; until then the result can be appealed.")
        blocks.append(paragraph(until % {"day": wording.instant(protocol.signing_from)}))
    blocks.append(paragraph(gettext("The members' scores and reasons are shown on the page of your application.")))
    return Paper(gettext("Letter on the result of the contest"), blocks, addressee=in_language(dict(applicant)))
