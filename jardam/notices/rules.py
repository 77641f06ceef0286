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
    # contests, off the straight road
    Moment(
        "question:ask",
        ("specialists",),
        "desk_question:question",
        N_("A question about an announcement"),
        N_("Somebody asks about the contest “{thing}”. The answer is shown to everyone."),
    ),
    Moment(
        "question:answer",
        ("asker",),
        "contest:contest",
        N_("Your question is answered"),
        N_("The answer about the contest “{thing}” stands on its page."),
    ),
    Moment(
        "contest:amend",
        ("applicant",),
        "contest:contest",
        N_("The announcement is amended"),
        N_("{by} has amended the announcement of the contest “{thing}”. What changed stands on its page."),
        legal=True,
    ),
    Moment(
        "contest:extend_for_outage",
        ("applicant", "specialists"),
        "contest:contest",
        N_("The deadline is later because of an outage"),
        N_("After an outage the deadline of the contest “{thing}” is later, for everyone alike."),
        legal=True,
    ),
    Moment(
        "contest:suspend",
        ("applicant",),
        "contest:contest",
        N_("The contest is suspended"),
        N_("The contest “{thing}” is suspended. Its clock stands still, and nothing can be submitted meanwhile."),
        legal=True,
    ),
    Moment(
        "contest:resume",
        ("applicant",),
        "contest:contest",
        N_("The contest goes on"),
        N_("The contest “{thing}” goes on with the time that was left. The new deadline stands on its page."),
        legal=True,
    ),
    Moment(
        "contest:cancel",
        ("applicant",),
        "contest:contest",
        N_("The contest is cancelled"),
        N_("{by} has cancelled the contest “{thing}”. Applications stay sealed and are never opened."),
        legal=True,
    ),
    Moment(
        "contest:declare_void",
        ("applicant",),
        "contest:contest",
        N_("The contest ended without an award"),
        N_("{by} has declared the contest “{thing}” void. The reason stands on its page."),
        legal=True,
    ),
    Moment(
        "contest:reopen",
        ("applicant",),
        "contest:contest",
        N_("Applications are taken again"),
        N_("Nobody had applied to the contest “{thing}”, so applications are taken again."),
    ),
    Moment(
        "contest:rectify",
        ("applicant",),
        "contest:contest",
        N_("An erratum to the announcement"),
        N_("An erratum stands beside the announcement of the contest “{thing}”."),
    ),
    Moment(
        "collaborator:invite_collaborator",
        ("invited",),
        "invitation:collaborator",
        N_("You are invited to write with others"),
        N_("{by} invites you to work on an application to the contest “{thing}”."),
    ),
    Moment(
        "collaborator:accept_invitation",
        ("applicant",),
        "application:application",
        N_("An invitation is accepted"),
        N_("A person you invited now works on the application to the contest “{thing}”."),
    ),
    Moment(
        "partner:name_partner",
        ("partner",),
        "partner_request:partner",
        N_("You are named as a partner"),
        N_("{by} names your organisation as a partner in an application. Confirm or decline."),
    ),
    Moment(
        "partner:confirm_partner",
        ("applicant",),
        "application:application",
        N_("A partner has confirmed"),
        N_("{by} confirms the partnership in the application to the contest “{thing}”."),
    ),
    Moment(
        "partner:decline_partner",
        ("applicant",),
        "application:application",
        N_("A partner has declined"),
        N_("{by} declines the partnership in the application to the contest “{thing}”."),
    ),
    Moment(
        "application:finish_keying",
        ("heads", "specialists"),
        "desk_paper:paper",
        N_("A paper application waits to be compared"),
        N_("An application to the contest “{thing}” was keyed in. Another person compares it with the scan."),
    ),
    # review, off the straight road
    Moment(
        "commission:replace_member",
        ("members",),
        "commission",
        N_("The commission has changed"),
        N_("{by} has changed the commission of the contest “{thing}”."),
    ),
    Moment(
        "mending:ask_mending",
        ("applicant",),
        "mending:application",
        N_("Mend the faults of your application"),
        N_(
            "The application {number} to the contest “{thing}” has faults that can be mended. What, and until "
            "when, stands on its page; everyone has the same time."
        ),
        legal=True,
    ),
    Moment(
        "mending:mend",
        ("specialists",),
        "desk_candidacy:candidacy",
        N_("Faults are mended"),
        N_("{by} has mended the application {number} to the contest “{thing}”."),
    ),
    Moment(
        "proceeding:recuse",
        ("specialists",),
        "desk_proceeding:proceeding",
        N_("A member recuses themselves"),
        N_("A member of the commission of the contest “{thing}” has recused themselves."),
    ),
    Moment(
        "proceeding:prove_recusal",
        ("specialists", "members"),
        "commission",
        N_("A member is recused"),
        N_("The chair has recused a member of the commission of the contest “{thing}”."),
    ),
    Moment(
        "proceeding:adjourn_sitting",
        ("members",),
        "proceeding:proceeding",
        N_("The sitting is adjourned"),
        N_("The sitting on the contest “{thing}” had no quorum and is adjourned."),
    ),
    Moment(
        "cut:propose_cut",
        ("applicant",),
        "cut:application",
        N_("A smaller amount is proposed"),
        N_(
            "The money left is less than the application {number} to the contest “{thing}” asks for. Nothing is "
            "cut without your consent: answer on its page."
        ),
        legal=True,
    ),
    Moment(
        "cut:consent_to_cut",
        ("specialists",),
        "desk_candidacy:candidacy",
        N_("The smaller amount is agreed to"),
        N_("{by} agrees to the amount proposed for the application {number}."),
    ),
    Moment(
        "cut:refuse_cut",
        ("specialists",),
        "desk_candidacy:candidacy",
        N_("The smaller amount is refused"),
        N_("{by} refuses the amount proposed for the application {number}."),
    ),
    Moment(
        "candidacy:decline_award",
        ("specialists", "heads"),
        "desk_candidacy:candidacy",
        N_("A winner declines the award"),
        N_("{by} declines the award in the contest “{thing}”. Call the next of the reserve."),
        legal=True,
    ),
    Moment(
        "candidacy:call_reserve",
        ("applicant",),
        "application_result:application",
        N_("You move up from the reserve list"),
        N_("The application {number} to the contest “{thing}” moves up from the reserve list and is awarded."),
        legal=True,
    ),
    # appeals
    Moment(
        "appeal_panel:appoint_panel",
        ("panel",),
        "panel_appeals",
        N_("You answer appeals"),
        N_("{by} has appointed a panel for appeals in the contest “{thing}”."),
    ),
    Moment(
        "appeal:file_appeal",
        ("panel", "specialists", "heads"),
        "appeal:appeal",
        N_("An appeal is filed"),
        N_("{by} appeals against the decision in the contest “{thing}”: {number}. Signing waits for the answer."),
        legal=True,
    ),
    Moment(
        "appeal:take_up",
        ("applicant",),
        "own_appeal:appeal",
        N_("Your appeal is taken up"),
        N_("The appeal {number} in the contest “{thing}” is taken up."),
    ),
    Moment(
        "appeal:uphold",
        ("applicant", "specialists", "heads"),
        "appeal:appeal",
        N_("The appeal is upheld"),
        N_("The appeal {number} in the contest “{thing}” is upheld. The answer stands on its page."),
        legal=True,
    ),
    Moment(
        "appeal:reject_appeal",
        ("applicant", "specialists", "heads"),
        "appeal:appeal",
        N_("The appeal is rejected"),
        N_("The appeal {number} in the contest “{thing}” is rejected. The answer stands on its page."),
        legal=True,
    ),
    Moment(
        "appeal:leave_unexamined",
        ("applicant", "specialists"),
        "appeal:appeal",
        N_("The appeal is left unexamined"),
        N_("The appeal {number} in the contest “{thing}” is left unexamined. The ground stands on its page."),
        legal=True,
    ),
    Moment(
        "appeal:withdraw_appeal",
        ("panel", "specialists"),
        "appeal:appeal",
        N_("The appeal is withdrawn"),
        N_("{by} has withdrawn the appeal {number} in the contest “{thing}”."),
    ),
    Moment(
        "protocol:supersede",
        ("candidates",),
        "protocol:protocol",
        N_("The decision is taken anew"),
        N_("After an upheld appeal the protocol {number} of the contest “{thing}” is superseded."),
        legal=True,
    ),
    Moment(
        "erratum:rectify",
        ("members",),
        "commission_protocol:protocol",
        N_("An erratum waits for signatures"),
        N_("An erratum to the protocol {number} of the contest “{thing}” is drawn up."),
    ),
    Moment(
        "erratum:publish_erratum",
        ("candidates",),
        "protocol:protocol",
        N_("An erratum to the protocol"),
        N_("An erratum stands beside the protocol {number} of the contest “{thing}”. The decision does not change."),
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

PAPER = "whoever came on paper is told on paper"

SILENT: dict[str, str] = {
    "appeal:carry_out": WITHIN,
    "application:compare": PAPER,
    "application:key_in": OWN,
    "application:mend_content": WITHIN,
    "application:return_keying": OWN,
    "application:sign_off": OWN,
    "candidacy:decide_again": WITHIN,
    "candidacy:give_back": OWN,
    "candidacy:screen_again": WITHIN,
    "collaborator:remove_collaborator": OWN,
    "commission:renew_commission": OWN,
    "contest:repeat_contest": OWN,
    "contest:review_again": WITHIN,
    "contract:void_contract": WITHIN,
    "cut:lapse_cut": WITHIN,
    "erratum:sign_erratum": OWN,
    "mending:lapse_mending": WITHIN,
    "mending:note_fault": OWN,
    "outage:register_outage": WITHIN,
    "paper:open_paper": WITHIN,
    "paper:refuse_paper": PAPER,
    "paper:register_late": PAPER,
    "paper:register_paper": PAPER,
    "paper:take_in": WITHIN,
    "partner:remove_partner": OWN,
    "proceeding:close_mending": WITHIN,
    "proceeding:reopen_scoring": WITHIN,
    "proceeding:request_mending": WITHIN,
    "proceeding:return_to_admissibility": WITHIN,
    "proceeding:return_to_decision": WITHIN,
    "proceeding:return_to_scoring": WITHIN,
    "appropriation:appropriate": OWN,
    "candidacy:award": WITHIN,
    "candidacy:list_candidacy": WITHIN,
    "candidacy:lose_award": WITHIN,
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
    "organisation:rename": PUBLIC,
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
    "application:start_application": OWN,
}
"""Verbs that send no message, and why."""

BY_VERB: dict[str, Moment] = {one.what: one for one in MOMENTS}
