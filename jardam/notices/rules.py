"""Which acts are told, to whom, in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Formatter
from typing import Literal

from jardam.kernel.time import BISHKEK

Channel = Literal["inbox", "email"]
CHANNELS: tuple[Channel, ...] = ("inbox", "email")
DAILY_AT = 8  # o'clock in Bishkek: the daily letter
TRIES = 8
FIRST_PAUSE = timedelta(minutes=1)


def N_(text: str) -> str:  # noqa: N802  (the mark by which texts are found for translation)
    return text


@dataclass(frozen=True, slots=True)
class Moment:
    """`to` are codes of `queries.READERS`; `page` is a route and what its address takes ("contest:contest").

    The texts are English message ids with {thing}, {number} and {by} (the organisation that acted). With `legal` the
    instant at which the message lies in the inbox is the moment of notification (catalogue key `dec.notify_term` and
    the like run to it), and e-mail is never put off to the daily letter.
    """

    what: str  # "contest:announce"
    to: tuple[str, ...]
    page: str
    subject: str
    text: str
    legal: bool = False

    def __post_init__(self) -> None:
        for text in (self.subject, self.text):
            if unknown := {name for _, name, _, _ in Formatter().parse(text) if name} - {"thing", "number", "by"}:
                raise ValueError(f"{self.what}: {sorted(unknown)} is not known to messages")


def next_daily(at: datetime) -> datetime:
    """When the daily letter after `at` goes out."""
    local = at.astimezone(BISHKEK)
    today = local.replace(hour=DAILY_AT, minute=0, second=0, microsecond=0)
    return today if local < today else today + timedelta(days=1)


def next_try(at: datetime, tries: int) -> datetime | None:
    """When an e-mail that failed `tries` times is tried again; None: no more."""
    return at + FIRST_PAUSE * 4 ** (tries - 1) if tries < TRIES else None


MOMENTS: tuple[Moment, ...] = (
    # parties
    Moment(
        "mandate:grant",
        ("holder",),
        "role",
        N_("You may act for an organisation"),
        N_("{by} has entered a mandate in your name: {thing}. It is in force from its own day."),
    ),
    Moment(
        "mandate:revoke",
        ("holder",),
        "role",
        N_("A mandate of yours has ended"),
        N_("{by} has revoked the mandate: {thing}."),
        legal=True,
    ),
    Moment(
        "organisation:register",
        ("registrars",),
        "operator_organisation:organisation",
        N_("An organisation waits to be checked"),
        N_("{thing} has been registered. Compare its papers and confirm them."),
    ),
    Moment(
        "organisation:verify",
        ("organisation",),
        "apply",
        N_("Your organisation is confirmed"),
        N_("{thing} has been checked and can now submit applications."),
    ),
    Moment(
        "organisation:refuse_verification",
        ("registrant",),
        "organisation_own:organisation",
        N_("Your organisation could not be verified"),
        N_("The registration of {thing} was refused. The ground stands on its page; correct it there."),
        legal=True,
    ),
    Moment(
        "organisation:succeed",
        ("organisation",),
        "organisation:organisation",
        N_("Another organisation stands in your place"),
        N_("{thing} has a successor. From the day on its page nobody acts for it any more."),
        legal=True,
    ),
    Moment(
        "organisation:restrict",
        ("organisation",),
        "organisation_own:organisation",
        N_("Your organisation is barred for a time"),
        N_("{thing} has a restriction. Ground and time stand on its page."),
        legal=True,
    ),
    Moment(
        "organisation:lift_restriction",
        ("organisation",),
        "organisation_own:organisation",
        N_("A restriction has ended"),
        N_("A restriction on {thing} was lifted."),
    ),
    Moment(
        "organisation:correct",
        ("registrars",),
        "operator_organisation:organisation",
        N_("A corrected registration waits to be checked"),
        N_("The data of {thing} were corrected. Compare them again."),
    ),
    Moment(
        "organisation:change_verified",
        ("registrars",),
        "operator_organisation:organisation",
        N_("Verified data have changed"),
        N_("Verified data of {thing} have changed. Compare them again."),
    ),
    # planning
    Moment(
        "programme:submit_to_council",
        ("council",),
        "council_programme:programme",
        N_("A programme waits for the session"),
        N_("{by} has sent the programme “{thing}” to the council."),
        legal=True,
    ),
    Moment(
        "programme:record_adoption",
        ("specialists", "heads", "accountants"),
        "desk_programme:programme",
        N_("The programme is adopted"),
        N_("The council has adopted the programme “{thing}”."),
        legal=True,
    ),
    Moment(
        "programme:return_for_rework",
        ("specialists", "heads"),
        "desk_programme:programme",
        N_("The programme is returned for rework"),
        N_("The council has returned the programme “{thing}”. The reason stands on its page."),
        legal=True,
    ),
    # contests
    Moment(
        "application:submit",
        ("applicant",),
        "application_sent:application",
        N_("The application is received"),
        N_("The application to the contest “{thing}” is received; its receipt stands on the page."),
        legal=True,
    ),
    Moment(
        "application:replace",
        ("applicant",),
        "application_sent:application",
        N_("The new version is received"),
        N_("A new version of the application to the contest “{thing}” is received; the earlier one no longer counts."),
        legal=True,
    ),
    Moment(
        "application:withdraw",
        ("applicant",),
        "application:application",
        N_("The application is withdrawn"),
        N_("The application to the contest “{thing}” is withdrawn."),
    ),
    Moment(
        "application:open",
        ("applicant",),
        "application:application",
        N_("The applications are opened"),
        N_("The application {number} to the contest “{thing}” is opened and goes to the commission."),
    ),
    # review
    Moment(
        "commission:appoint_commission",
        ("members",),
        "commission",
        N_("You sit on a commission"),
        N_(
            "{by} has appointed the commission of the contest “{thing}”. Once the applications are opened, you first "
            "declare your interests."
        ),
    ),
    Moment(
        "proceeding:begin_review",
        ("members",),
        "proceeding:proceeding",
        N_("Declare your interests"),
        N_("The applicants of the contest “{thing}” are known. Say about each whether you are independent of them."),
    ),
    Moment(
        "proceeding:start_scoring",
        ("members",),
        "proceeding:proceeding",
        N_("The applications can be scored"),
        N_("Admission in the contest “{thing}” is complete: read and score the applications."),
    ),
    Moment(
        "candidacy:admit",
        ("applicant",),
        "application:application",
        N_("The application is admitted"),
        N_("The application {number} to the contest “{thing}” is admitted and will be scored."),
    ),
    Moment(
        "candidacy:reject",
        ("applicant",),
        "application:application",
        N_("The application is not admitted"),
        N_("The application {number} to the contest “{thing}” is not admitted. The ground stands on its page."),
        legal=True,
    ),
    Moment(
        "protocol:draft_protocol",
        ("members",),
        "commission_protocol:protocol",
        N_("A protocol waits for your signature"),
        N_("The protocol {number} of the contest “{thing}” is drawn up. Read and sign it."),
    ),
    Moment(
        "protocol:publish_protocol",
        ("candidates",),
        "protocol:protocol",
        N_("The decision is published"),
        N_(
            "The protocol {number} of the contest “{thing}” is published. Your letter with scores and reasons "
            "stands on the page of your application."
        ),
        legal=True,
    ),
    # contracts and money
    Moment(
        "contract:prepare_contract",
        ("applicant", "heads"),
        "contract:contract",
        N_("A contract waits for signatures"),
        N_("The contract for the project “{thing}” is drawn up. Both sides sign it."),
        legal=True,
    ),
    Moment(
        "contract:countersign_contract",
        ("applicant", "specialists", "accountants"),
        "contract:contract",
        N_("The contract is in force"),
        N_("Both sides have signed the contract {number} for the project “{thing}”."),
        legal=True,
    ),
    Moment(
        "payment:approve_payment",
        ("treasury",),
        "treasury_payment:payment",
        N_("A payment order waits"),
        N_("{by} has sent the payment order {number}."),
    ),
    Moment(
        "payment:execute_payment",
        ("applicant", "accountants"),
        "grants",
        N_("A payment is made"),
        N_("The treasury has paid the order {number} for “{thing}”."),
    ),
    Moment(
        "payment:refuse_payment",
        ("accountants", "heads"),
        "desk_payment:payment",
        N_("The treasury has refused a payment"),
        N_("The payment order {number} for “{thing}” is refused. The reason stands on its page."),
        legal=True,
    ),
    Moment(
        "report:submit_report",
        ("specialists", "heads"),
        "desk_report:report",
        N_("A report is submitted"),
        N_("{by} has submitted a report on “{thing}”. The time to accept or return it runs."),
        legal=True,
    ),
    Moment(
        "report:resubmit_report",
        ("specialists", "heads"),
        "desk_report:report",
        N_("A corrected report is submitted"),
        N_("{by} has submitted the corrected report on “{thing}”."),
        legal=True,
    ),
    Moment(
        "report:return_report",
        ("applicant",),
        "grant_report_page:report",
        N_("The report is returned"),
        N_("{by} has returned the report on “{thing}” with remarks. Answer each of them."),
        legal=True,
    ),
    Moment(
        "report:accept_report",
        ("applicant", "accountants"),
        "grant_report_page:report",
        N_("The report is accepted"),
        N_("{by} has accepted the report on “{thing}”."),
        legal=True,
    ),
    # the rules
    Moment(
        "confirmation:enter_parameter",
        ("lawyers",),
        "operator_rule:confirmation",
        N_("A rule found in the law waits to be checked"),
        N_("A value was entered from the official text. Another person checks it: {thing}."),
    ),
)

OWN = "the one who does it sees it done, and nobody waits for it"
PUBLIC = "the public page shows it to everyone"
WITHIN = "part of another act that is told"

SILENT: dict[str, str] = {
    "appropriation:appropriate": OWN,
    "candidacy:award": WITHIN,
    "candidacy:list_candidacy": WITHIN,
    "candidacy:pass_over": WITHIN,
    "candidacy:put_on_reserve": WITHIN,
    "confirmation:confirm_parameter": PUBLIC,
    "contest:announce": PUBLIC,
    "contest:draft_contest": OWN,
    "contest:edit_announcement": OWN,
    "contest:mark_decided": WITHIN,
    "contest:open_applications": WITHIN,
    "contract:order_tranche": WITHIN,
    "contract:report": WITHIN,
    "contract:sign_contract": OWN,
    "organisation:name_bodies": OWN,
    "organisation:announce_name": PUBLIC,
    "organisation:rename": PUBLIC,
    "organisation:take_name": PUBLIC,
    "organisation:update_profile": OWN,
    "payment:order_payment": OWN,
    "proceeding:close_interests": WITHIN,
    "proceeding:decide": WITHIN,
    "proceeding:declare_interests": OWN,
    "proceeding:mark_published": WITHIN,
    "proceeding:reveal": WITHIN,
    "proceeding:skip_scoring": WITHIN,
    "proceeding:submit_scores": OWN,
    "programme:add_measure": OWN,
    "programme:allocate": OWN,
    "programme:draft_programme": OWN,
    "protocol:complete_signatures": WITHIN,
    "protocol:sign_protocol": OWN,
    "rule_adoption:adopt_parameter": OWN,
    "study:publish_study": PUBLIC,
    "territory:add_territory": PUBLIC,
    "territory:end_territory": PUBLIC,
    "territory:enter_code": PUBLIC,
    "territory:merge_territory": PUBLIC,
    "application:start_application": OWN,
}
"""Verbs that send no message, and why."""

BY_VERB: dict[str, Moment] = {one.what: one for one in MOMENTS}
