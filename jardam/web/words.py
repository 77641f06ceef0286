"""Codes in the reader's words: states, parts, verbs and the values of rules. Codes decide, words only display."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from jardam.documents import wording
from jardam.kernel.money import Money
from jardam.kernel.refusal import Basis
from jardam.kernel.time import Term
from jardam.rulebook.catalogue import CATALOGUE
from jardam.rulebook.parameter import Parameter
from jardam.rulebook.values import Criterion, Document, Ground, Names, Share, Stage

from . import formats

# --- states: code → (words, tone) ------------------------------------------------------------------------------

CONTEST = {
    "draft": (_("Draft"), "plain"),
    "announced": (_("Takes applications"), "action"),
    "suspended": (_("Suspended"), "danger"),
    "opened": (_("Under review"), "wait"),
    "decided": (_("Decided"), "done"),
    "cancelled": (_("Cancelled"), "danger"),
    "void": (_("Void, nothing awarded"), "plain"),
    "discarded": (_("Given up"), "plain"),
}
CLOSED = (_("Closed, not opened yet"), "wait")
PROGRAMME = {
    "draft": (_("Draft"), "plain"),
    "discussion": (_("In public discussion"), "action"),
    "submitted": (_("Before the council"), "wait"),
    "adopted": (_("Adopted"), "done"),
    "rejected": (_("Rejected by the council"), "danger"),
    "annulled": (_("Annulled by the council"), "danger"),
    "closed": (_("Carried out and closed"), "plain"),
    "entered": (_("Entered from paper, waits to be checked"), "wait"),
    "discarded": (_("Discarded: copied wrongly"), "plain"),
    "dropped": (_("Given up"), "plain"),
}
REVISION = {
    "draft": (_("Draft"), "plain"),
    "submitted": (_("Before the council"), "wait"),
    "adopted": (_("Adopted"), "done"),
    "rejected": (_("Rejected by the council"), "danger"),
    "dropped": (_("Given up"), "plain"),
}
PROBLEM = {
    "proposed": (_("With the customer, not published yet"), "wait"),
    "published": (_("Waits for an answer"), "action"),
    "declined": (_("Not published"), "plain"),
    "taken_up": (_("Taken into a measure"), "done"),
    "turned_down": (_("Not taken up"), "plain"),
}
COMMENT = {
    "made": (_("Waits for an answer"), "action"),
    "taken_up": (_("Taken into account"), "done"),
    "turned_down": (_("Not taken into account"), "plain"),
}
APPLICATION = {
    "draft": (_("Draft, not submitted"), "wait"),
    "submitted": (_("Submitted"), "done"),
    "withdrawn": (_("Withdrawn"), "plain"),
    "opened": (_("Under review"), "action"),
    "keying": (_("Keyed in from paper"), "wait"),
    "keyed": (_("Waits for the comparison"), "wait"),
}
RESULT = (_("Result is published"), "done")
COLLABORATOR = {"invited": (_("Invited"), "wait"), "accepted": (_("Takes part"), "done")}
HAND = {
    "editor": _("Editor: writes every part"),
    "accountant": _("Accountant: writes the budget and signs it off"),
    "reader": _("Reader"),
}
PARTNER = {
    "named": (_("Named, not confirmed"), "wait"),
    "confirmed": (_("Confirmed"), "done"),
    "declined": (_("Declined"), "danger"),
}
PAPER = {
    "registered": (_("In time, unopened"), "wait"),
    "late": (_("Late"), "danger"),
    "opened": (_("Opened"), "action"),
    "taken_in": (_("In the review"), "done"),
    "refused": (_("Refused"), "danger"),
}
PAPER_GROUND = {
    "late": _("It came after the deadline."),
    "second": _("The organisation has another application in this lot."),
    "empty": _("There is no application in the envelope."),
    "unknown_sender": _("It names no organisation that can be registered."),
}
SIDE_OF_APPLICATION = {"applicant_head": _("The head"), "accountant": _("The accountant")}
PROCEEDING = {
    "interests": (_("Interests are declared"), "action"),
    "admissibility": (_("Admission"), "action"),
    "scoring": (_("Scoring"), "action"),
    "revealed": (_("Scores are in"), "wait"),
    "decided": (_("Protocol is signed"), "wait"),
    "published": (_("Published"), "done"),
}
CANDIDACY = {
    "listed": (_("Not screened yet"), "plain"),
    "admitted": (_("Admitted"), "action"),
    "rejected": (_("Rejected"), "danger"),
    "awarded": (_("Awarded"), "done"),
    "reserve": (_("Reserve list"), "wait"),
    "not_awarded": (_("Not awarded"), "plain"),
    "declined": (_("Declined by the winner"), "plain"),
}
TIE_METHOD = {
    "lower_amount": _("The smaller amount asked for"),
    "higher_own_share": _("The larger share of own money"),
    "earlier_submission": _("The earlier submission"),
    "lot_drawing": _("The drawing of lots"),
}
AFTERMATH = {
    "decline_award": _("The winner gave the award up"),
    "lose_award": _("The award is lost: its contract was not signed"),
    "call_reserve": _("The next of the reserve list is awarded"),
    "give_back": _("The money of the award went back to its measure"),
}
MENDING = {
    "noted": (_("Fault noted, not asked yet"), "wait"),
    "asked": (_("Being mended"), "action"),
    "mended": (_("Mended"), "done"),
    "lapsed": (_("Not mended in time"), "danger"),
}
CUT = {
    "proposed": (_("Smaller amount proposed"), "action"),
    "agreed": (_("Smaller amount agreed"), "done"),
    "refused": (_("Smaller amount refused"), "plain"),
}
RELATION = {
    "organisation": _("the same organisation"),
    "head": _("the same head"),
    "staff": _("the same person on the staff"),
    "founder": _("the same founder"),
    "address": _("the same address"),
    "phone": _("the same telephone"),
    "account": _("the same bank account"),
}
RECUSAL = {
    "family": _("Family tie"),
    "work": _("Works or worked for the applicant"),
    "founder": _("Founded the applicant"),
    "money": _("Money between the member and the applicant"),
    "dispute": _("Dispute with the applicant"),
}
REPORT_SECTION = {
    "difficulties": _("Difficulties and how they were met"),
    "deviations": _("What went otherwise than planned"),
    "results": _("Results"),
    "partners": _("Work with partners"),
    "sustainability": _("What stays after the project"),
    "publicity": _("How the public was told"),
}


def report_section(code: str) -> str:
    """A section of a report; one that has no name here is called by its code."""
    return str(REPORT_SECTION.get(code, code.replace("_", " ")))


WAY = {
    "by_hand": _("Handed over against a signature"),
    "by_post": _("Sent by registered post"),
}
DECLARED = {
    "": _("not declared yet"),
    "interest": _("interest declared"),
    "none": _("interest denied"),
    "recused": _("recused"),
}
PROTOCOL = {
    "drafted": (_("Waits for signatures"), "wait"),
    "signed": (_("Signed, not published"), "wait"),
    "published": (_("Published"), "done"),
    "superseded": (_("Superseded by an appeal"), "plain"),
}
CONTRACT = {
    "prepared": (_("Waits for signatures"), "wait"),
    "half_signed": (_("Signed by one side"), "wait"),
    "in_force": (_("In force"), "done"),
    "void": (_("Void after an appeal"), "plain"),
    "not_signed": (_("Not signed"), "danger"),
    "taken_back": (_("Taken back before it was signed"), "plain"),
    "terminating": (_("Notice of termination runs"), "danger"),
    "terminated": (_("Ended before its time"), "danger"),
    "closed": (_("Closed"), "plain"),
    "entered": (_("Entered from paper, waits to be checked"), "wait"),
    "discarded": (_("Discarded: copied wrongly"), "plain"),
}
EXPENSE = {
    "entered": (_("Entered"), "plain"),
    "withdrawn": (_("Taken back"), "plain"),
    "questioned": (_("To be explained"), "wait"),
    "not_eligible": (_("Not eligible"), "danger"),
    "accepted": (_("Accepted"), "done"),
}
AMENDMENT = {
    "proposed": (_("Waits for signatures"), "wait"),
    "half_signed": (_("Signed by one side"), "wait"),
    "in_force": (_("In force"), "done"),
    "declined": (_("Declined"), "plain"),
}
LETTER = {
    "sent": (_("For information"), "plain"),
    "waiting": (_("Waits for an answer"), "wait"),
    "answered": (_("Answered"), "done"),
}
ASSET = {
    "held": (_("With the executor"), "wait"),
    "stays": (_("Stays with the executor"), "done"),
    "handed_over": (_("Handed over"), "done"),
    "written_off": (_("Written off"), "plain"),
}
RETURN = {
    "demanded": (_("Demanded"), "wait"),
    "partly": (_("Partly returned"), "wait"),
    "returned": (_("Returned"), "done"),
    "withdrawn": (_("Demand withdrawn"), "plain"),
}
INK = {
    "entered": (_("Waits for the second person"), "wait"),
    "checked": (_("Checked"), "done"),
    "rejected": (_("Rejected"), "danger"),
}
APPEAL = {
    "filed": (_("Filed, not taken up yet"), "wait"),
    "taken_up": (_("Taken up by the appeal panel"), "action"),
    "upheld": (_("Upheld, not carried out yet"), "wait"),
    "rejected": (_("Rejected"), "danger"),
    "withdrawn": (_("Withdrawn"), "plain"),
    "unexamined": (_("Left unexamined"), "plain"),
    "carried_out": (_("Upheld and carried out"), "done"),
}
ERRATUM = {
    "drafted": (_("Waits for signatures"), "wait"),
    "published": (_("Published"), "done"),
}
REPORT = {
    "submitted": (_("With the customer"), "wait"),
    "returned": (_("Returned with a remark"), "danger"),
    "accepted": (_("Accepted"), "done"),
}
TRANCHE = {
    "planned": (_("Planned"), "plain"),
    "prepared": (_("Ordered, in no package yet"), "wait"),
    "packed": (_("In a package, waits for signatures"), "wait"),
    "approved": (_("Sent to the treasury"), "wait"),
    "executed": (_("Paid"), "done"),
    "credited": (_("Paid and credited"), "done"),
    "refused": (_("Refused by the treasury"), "danger"),
    "bounced": (_("Came back from the bank"), "danger"),
    "withdrawn": (_("Taken back"), "plain"),
    "entered": (_("Entered, to be compared with the paper"), "wait"),
}
PACKAGE = {
    "drawn_up": (_("Waits for the first signature"), "wait"),
    "half_signed": (_("Waits for the second signature"), "wait"),
    "sent": (_("Sent to the treasury"), "done"),
    "dissolved": (_("Taken apart"), "plain"),
}
APPROPRIATION = {"recorded": (_("In force"), "done"), "closed": (_("Closed"), "plain")}
FOUND = {
    "matched": (_("Matched to a payment"), "done"),
    "returned": (_("Came back"), "wait"),
    "unmatched": (_("Not matched"), "danger"),
}
MATCH = {
    "proposed": (_("Proposed, to be checked"), "wait"),
    "confirmed": (_("Matched by two people"), "done"),
}
STAGE = {
    "appropriated": _("Not given to a measure"),
    "allocated": _("With measures"),
    "reserved": _("Reserved for contests"),
    "committed": _("Bound by contracts"),
    "ordered": _("Ordered"),
    "paid": _("Paid to executors"),
    "returned": _("Given back"),
    "lapsed": _("Lapsed"),
    "carried": _("Carried over"),
    "payable": _("Stays payable"),
}
MOVEMENT = {
    "accept": _("Services accepted"),
    "allocate": _("Given to a measure"),
    "appropriate": _("Given by the budget"),
    "carry_in": _("Carried over from the year before"),
    "carry_over": _("Carried over into the next year"),
    "commit": _("Bound by a contract"),
    "cover": _("Missing money covered"),
    "cut": _("Cut by the budget"),
    "deallocate": _("Taken from a measure"),
    "lapse": _("Lapsed at the end of the year"),
    "move": _("Moved to another measure"),
    "order": _("Ordered to be paid"),
    "owe": _("Services promised"),
    "pay": _("Paid to the executor"),
    "payable": _("Stays payable after the year"),
    "release": _("Free again after a contest"),
    "raise": _("Raised by the budget"),
    "reserve": _("Reserved for a contest"),
    "return": _("Given back by the executor"),
    "reverse": _("Entry reversed"),
    "uncommit": _("Bound by a contract no more"),
    "unorder": _("The order taken back"),
    "unowe": _("Services promised no more"),
    "unpay": _("The payment came back"),
}
"""Movements of the ledger: verbs of its postings."""
OUTCOME = {
    "lapse": (_("Lapsed"), "plain"),
    "carry_over": (_("Carried over"), "action"),
    "payable": (_("Stays payable"), "wait"),
}
ACCOUNT_KIND = {
    "separate": _("A separate account for the money of the order alone"),
    "treasury": _("An account at the treasury"),
    "ordinary": _("Another account of the organisation"),
}
BANK_ACCOUNT = {
    "proposed": (_("To be checked"), "wait"),
    "confirmed": (_("Checked"), "done"),
    "rejected": (_("Not confirmed"), "danger"),
}
REFUSAL = {
    "wrong_account": _("The account does not belong to the payee"),
    "account_closed": _("The account is closed"),
    "no_budget_line": _("The budget line does not match"),
    "limit_exceeded": _("The monthly limit is exceeded"),
    "papers_missing": _("Papers are missing"),
    "other": _("Another reason, told by letter"),
}
"""Why the treasury or a bank sends a payment back."""


def refusal_code(code: str) -> str:
    return str(REFUSAL.get(code, code))


PARAMETER = {
    "confirmed": (_("Confirmed in the law"), "done"),
    "adopted": (_("Adopted by the customer"), "action"),
    "assumed": (_("Assumed"), "wait"),
    "unknown": (_("Unknown"), "plain"),
}
ORGANISATION = {
    "registered": (_("Not verified yet"), "wait"),
    "verified": (_("Verified"), "done"),
    "refused": (_("Verification refused"), "danger"),
}
LEGAL_FORM = {
    "public_association": _("Public association"),
    "public_foundation": _("Public foundation"),
    "association": _("Association or union"),
    "institution": _("Institution"),
    "private_institution": _("Private institution"),
    "cooperative": _("Cooperative"),
    "religious_organisation": _("Religious organisation"),
    "political_party": _("Political party"),
    "trade_union": _("Trade union"),
    "company": _("Company"),
    "entrepreneur": _("Individual entrepreneur"),
    "state_enterprise": _("State enterprise"),
    "state_body": _("State body"),
    "local_body": _("Body of local self-government"),
    "other": _("Another form"),
}
PROFILE_PART = {
    "address": _("Address"),
    "phone": _("Telephone"),
    "head": _("Head"),
    "founders": _("Founders"),
    "staff": _("Staff"),
    "charter": _("Charter"),
}
COMPARED = {
    "name": pgettext_lazy("compared", "name"),
    "numbers": pgettext_lazy("compared", "numbers"),
    "legal_form": pgettext_lazy("compared", "legal form"),
    "address": pgettext_lazy("compared", "address"),
    "head": pgettext_lazy("compared", "head"),
    "authority": pgettext_lazy("compared", "authority"),
}
REFUSED_FOR = {
    "not_in_register": _("The state register does not know this organisation"),
    "data_differ": _("The data differ from the register"),
    "no_authority": _("Whoever registered it showed no right to act for it"),
    "papers_unreadable": _("The papers cannot be read"),
    "twice": _("It is registered here already under another number"),
}
TERRITORY_LEVEL = {
    "republic": _("Republic"),
    "oblast": _("Oblast"),
    "rayon": _("Rayon"),
    "city": _("City"),
    "aiyl_aimak": _("Aiyl aimak"),
    "village": _("Village"),
}


def word(table: dict[str, tuple[Any, str]], code: str) -> str:
    """The words of a state, or the code itself where none are known."""
    return str(table[code][0]) if code in table else code


def tone(table: dict[str, tuple[Any, str]], code: str) -> str:
    return table[code][1] if code in table else "plain"


def with_mark(contract: Any, *notes: str | None) -> str:
    """The note of a contract in a list; one that was recorded afterwards says so."""
    return ", ".join([*filter(None, notes), *([gettext("recorded afterwards")] if contract.recorded_at else [])])


def contest_state(state: str, deadline_at: datetime | None, at: datetime) -> tuple[Any, str]:
    """An announced contest whose deadline has passed takes no applications, opened or not."""
    if state == "announced" and deadline_at is not None and at >= deadline_at:
        return CLOSED
    return CONTEST.get(state, (state, "plain"))


# --- other codes -----------------------------------------------------------------------------------------------

SECTION = {
    "project": _("Describe the project"),
    "problem": _("Explain the problem"),
    "people": _("Say who is helped"),
    "activities": _("Plan the activities"),
    "team": _("Name the team"),
    "budget": _("Make the budget"),
    "indicators": _("Set the indicators"),
    "risks": _("Think of the risks"),
    "declarations": _("Confirm the declarations"),
}
PART = {
    "project": _("Project"),
    "problem": _("Problem"),
    "people": _("People served"),
    "activities": _("Activities and timetable"),
    "team": _("Team"),
    "budget": _("Budget"),
    "indicators": _("Indicators"),
    "risks": _("Risks"),
    "declarations": _("Declarations"),
}
DECLARATION = {
    "true_data": _("All data in this application are true."),
    "no_debt": _("The organisation owes no money and no report from earlier orders."),
    "no_double_funding": _("No other money pays for the same work."),
}
EXPERIENCE = _("How long has the organisation done such work?")
CHECK = {
    "may_write": _("You act for an organisation that applies for grants"),
    "contest_takes_applications": _("The contest takes applications"),
    "before_deadline": _("The deadline has not passed"),
    "applicant_eligible": _("Organisations of your kind may apply"),
    "applicant_not_excluded": _("Organisations of your legal form may apply"),
    "applicant_old_enough": _("Your organisation is old enough"),
    "applicant_not_barred": _("Your organisation is not barred"),
    "only_one_in_the_lot": _("Your organisation has no other application in this lot"),
    "within_number_allowed": _("Your organisation has not used up its number of applications"),
    "applicant_verified": _("The registration data of your organisation are checked"),
}
NOT_KNOWN = {
    "elig.excluded_types": _("The register does not say which legal form the organisation has."),
    "elig.min_age_months": _("The register does not say when the organisation was registered."),
}
LEVEL = {"local": _("Local"), "republican": _("Republican")}
NOT_PUBLISHED = {
    "other_body": _("Another body is in charge of it"),
    "personal_data": _("It names people: propose it again without names"),
    "repeated": _("It is proposed already"),
    "unclear": _("It does not say what is missing, for whom or where: propose it again"),
}
OPINION = {"support": _("In support"), "remarks": _("With remarks"), "against": _("Against")}
FACT = {
    "adoption": _("Adoption"),
    "comment": _("Answer to a comment"),
    "decision": _("Decision"),
    "gathering": _("Gathering with the people"),
    "opinion": _("Opinion of a committee"),
    "problem": _("Answer to a problem"),
    "publication": _("Publication"),
    "report": _("Report on a year"),
    "study": _("Study of needs"),
}
FACT_FIELD = {
    "adopted_on": _("date"),
    "answer": _("answer"),
    "answers": _("answers"),
    "committee": _("committee"),
    "decided_on": _("date"),
    "given_on": _("date"),
    "headcount": _("how many came"),
    "held_on": _("date"),
    "in_force_on": _("day of entry into force"),
    "method": _("method"),
    "number": _("number"),
    "period_from": _("first day of the period"),
    "period_to": _("last day of the period"),
    "place": _("where it was published"),
    "published_on": _("date"),
    "questions": _("questions"),
    "register_number": _("number in the State Register"),
    "sources": _("sources"),
    "text": _("text"),
}
DECISION = {
    "returned": _("Returned for rework"),
    "rejected": _("Rejected by the council"),
    "annulled": _("Annulled by the council"),
    "adopted": _("New version adopted"),
}
MEASURE = {
    "amount": _("Amount"),
    "indicator": _("Indicator"),
    "unit": _("Unit"),
    "place": _("Place"),
    "baseline": _("Now"),
    "target": _("To be reached"),
    "text": _("Text"),
}
"""What a new version may change."""
SOURCE = {
    "republican": _("Republican budget"),
    "local": _("Local budget"),
    "transfer": _("Transfer"),
    "donor": _("Donor"),
}
AMENDMENT_REASON = {
    "prices_changed": _("Prices changed"),
    "need_changed": _("The need changed"),
    "delay": _("Delay"),
    "force_majeure": _("Force majeure"),
    "rules_changed": _("The rules changed"),
    "error_mended": _("An error is mended"),
    "budget_cut": _("The budget was cut"),
}
RETURN_REASON = {
    "unspent": _("Not spent"),
    "not_eligible": _("Spent on what is not eligible"),
    "terminated": _("The contract was ended"),
}
PAYEE = {
    "organisation": _("Organisation"),
    "entrepreneur": _("Entrepreneur"),
    "person": _("Person"),
    "employee": _("Worker of the project (pay)"),
}
REPORT_KIND = {"interim": _("Interim report"), "final": _("Final report")}
CONDITION = {"advance": _("In advance"), "report": _("After the accepted report")}
SEAT = {
    "chair": _("Chair"),
    "member": _("Member"),
    "secretary": _("Secretary, without a vote"),
    "voting_secretary": _("Secretary, with a vote"),
    "reserve": _("Reserve, without a vote until called"),
}
SIDE = {
    "state": _("State side"),
    "civil": _("Civil society"),
    "customer": _("Customer"),
    "executor": _("Executor"),
    **SEAT,
}
APPEAL_SUBJECT = {
    "admissibility": _("The decision on admissibility"),
    "scores": _("The scores"),
    "protocol": _("The protocol as a whole"),
}
APPEAL_STEP = {
    "admissibility": _("To the screening: it is admitted or rejected anew"),
    "scoring": _("To the scoring: its scores are given anew"),
    "decision": _("To the sitting: it is decided anew"),
}
UNEXAMINED = {
    "answered_before": _("The same appeal was answered before"),
    "other_matter": _("It is not about a decision of this contest"),
    "before_court": _("The matter is before a court"),
}
ERRATUM_PART = {
    "order": _("The order that appointed the commission"),
    "held_on": _("The date of the sitting"),
    "names": _("A name that is spelt wrongly"),
    "titles": _("The title of a project"),
    "wording": _("Other wording that decides nothing"),
}
PURPOSE = {
    "review": _("To review"),
    "screening": _("To admit"),
    "audit": _("To audit"),
    "appeal": _("To answer the appeal"),
    "contract": _("To prepare the contract"),
}
DAMAGE = {
    "missing": _("The file is gone"),
    "changed": _("The file was changed, or cannot be read"),
    "unopened": _("Sealed content does not open with the key"),
    "no_key": _("The key file is missing"),
}
VERB = {
    "start_application": _("Application started"),
    "submit": _("Application submitted"),
    "replace": _("Application replaced by a new version"),
    "withdraw": _("Application withdrawn"),
    "open": _("Application opened and numbered"),
    "sign_off": _("Signed off"),
    "key_in": _("Keyed in from paper"),
    "finish_keying": _("Keyed in, handed over for comparison"),
    "return_keying": _("Returned: it differs from the scan"),
    "compare": _("Compared with the scan and numbered"),
    "mend_content": _("Faults mended"),
    "prepare_contract": _("Contract prepared"),
    "take_back_contract": _("Contract taken back before the first signature"),
    "sign_contract": _("Signed by the first side"),
    "countersign_contract": _("Signed by both sides, in force"),
    "order_tranche": _("Tranche ordered"),
    "report": _("Report submitted"),
    "file_appeal": _("Appeal filed"),
    "take_up": _("Appeal taken up"),
    "uphold": _("Appeal upheld"),
    "reject_appeal": _("Appeal rejected"),
    "withdraw_appeal": _("Appeal withdrawn"),
    "leave_unexamined": _("Appeal left unexamined"),
    "carry_out": _("Upheld appeal carried out"),
    "sign_on_paper": _("Signed on paper by the first side"),
    "countersign_on_paper": _("Signed on paper by both sides, in force"),
    "refuse_to_sign": _("The executor refused to sign"),
    "miss_signing_term": _("The term for signing was missed"),
    "amend_contract": _("Contract amended"),
    "reallocate": _("Money moved between budget lines"),
    "record_overdue": _("Lateness put on record"),
    "give_notice": _("Notice of termination given"),
    "withdraw_notice": _("Notice of termination taken back"),
    "terminate": _("Contract ended"),
    "close_contract": _("Contract closed"),
}
ANNOUNCED = {
    "title": _("Theme of the contest"),
    "goal": _("Goal"),
    "tasks": _("Tasks"),
    "problem": _("Problem"),
    "contacts": _("Contacts"),
    "months": _("Months that a project lasts"),
}
GROUND = {
    "need_ceased": _("The need no longer exists"),
    "money_withdrawn": _("The money was withdrawn"),
    "announcement_faulty": _("The announcement has a fault that no amendment mends"),
    "ordered_by_authority": _("An authority ordered it"),
    "court": _("Court"),
    "appeal_body": _("Appeal body"),
    "no_applicant": _("Nobody applied"),
    "none_admitted": _("No application was admitted"),
    "none_passed": _("No application passed"),
}
"""Why a contest was cancelled or is void; who stopped it."""
ORDERED = {
    "cancel": _("The contest is cancelled"),
    "declare_void": _("The contest is void"),
    "resume": _("The contest goes on"),
    "resume_review": _("The review goes on"),
    "suspend": _("The contest is suspended"),
    "suspend_review": _("The review stands still"),
}
POSTPONED = {
    "amendment": _("The announcement was amended"),
    "no_applicant": _("Nobody had applied; by the rules applications are taken again"),
    "outage": _("The system could not be used; everyone gets the time back"),
    "suspension": _("The contest was suspended; the time that was left runs on"),
}
FAMILY = {
    "legal": _("The acts"),
    "def": _("Definitions"),
    "cust": _("Customers"),
    "clock": _("How days are counted"),
    "needs": _("Study of needs"),
    "prog": _("Programme"),
    "bud": _("Budget money"),
    "ann": _("Announcement"),
    "app": _("Applications"),
    "form": _("Forms"),
    "elig": _("Who may apply"),
    "com": _("Commission"),
    "adm": _("Admissibility"),
    "rev": _("Time of the review"),
    "eval": _("Evaluation"),
    "dec": _("Decision"),
    "appeal": _("Appeal"),
    "con": _("Contract and money"),
    "rep": _("Reports"),
    "sig": _("Signatures"),
    "me": _("Control and evaluation"),
    "sanc": _("Sanctions"),
    "reg": _("Registers"),
    "ret": _("Keeping of papers"),
    "stats": _("Statistics"),
}
THING = {
    "amendment": _("Amendment"),
    "appeal": _("Appeal"),
    "appeal_panel": _("Appeal panel"),
    "application": _("Application"),
    "appropriation": _("Money of the budget"),
    "asset": _("Durable thing"),
    "bank_account": _("Bank account"),
    "candidacy": _("Application under review"),
    "cash_plan": _("Cash plan"),
    "collaborator": _("Invitation to an application"),
    "comment": _("Comment"),
    "commission": _("Commission"),
    "confirmation": _("Rule found in the law"),
    "contest": _("Contest"),
    "contract": _("Contract"),
    "cut": _("Smaller amount"),
    "document": _("Document"),
    "erratum": _("Erratum"),
    "expense": _("Primary document"),
    "ink_signature": _("Signature on paper"),
    "letter": _("Letter"),
    "line_match": _("Line of a statement"),
    "mandate": _("Mandate"),
    "mending": _("Mending"),
    "organisation": _("Organisation"),
    "outage": _("Outage"),
    "paper": _("Envelope"),
    "partner": _("Partner"),
    "payment": _("Payment"),
    "payment_package": _("Package of payments"),
    "problem": _("Problem"),
    "proceeding": _("Review of a lot"),
    "programme": _("Programme"),
    "protocol": _("Protocol"),
    "question": _("Question"),
    "report": _("Report"),
    "return": _("Return of money"),
    "revision": _("New version of a programme"),
    "rule_adoption": _("Rule of the customer's own act"),
    "shortfall": _("Shortfall"),
    "statement": _("Statement"),
    "study": _("Study of needs"),
    "territory": _("Territory"),
    "year_close": _("End of the year"),
}
"""Kinds of things in the journal."""

_ENGLISH = {"adults disabilities": "adults with disabilities", "children disabilities": "children with disabilities"}
"""English has no catalogue: what a code with spaces does not say well."""


def code(value: str) -> str:
    """A code of the rulebook in words; the message is the code with spaces, its context `rule code`."""
    head, colon, tail = value.partition(":")
    said = pgettext("rule code", head.replace("_", " "))
    if formats.language_of() == "en":
        said = _ENGLISH.get(said, said)
    return f"{said}: {pgettext('rule code', tail.replace('_', ' '))}" if colon else said


def verb(code: str) -> str:
    """What was done, in words."""
    said = pgettext("verb", code)
    return said if said != code else code.replace("_", " ")  # English has no catalogue


def thing(kind: str, name: str) -> str:
    """«Contract 3»: what an act was done with."""
    return f"{THING.get(kind, kind.replace('_', ' '))} {name}"


def plain_value(key: str, plain: Any, language: str) -> list[str]:
    """A value as a confirmation keeps it, in words."""
    kind = CATALOGUE[key].type
    return _lines(kind.read(plain), kind.unit, language)


def organisation_kind(kind: str) -> str:
    said = pgettext("organisation kind", kind)
    return said if said != kind else kind.replace("_", " ")  # English has no catalogue


def rule(key: str) -> str:
    """The name of a rule of the rulebook."""
    return gettext(CATALOGUE[key].label) if key in CATALOGUE else key


def basis(why: Basis | None) -> str:
    """«Law: Law 70/2017, Art. 1(4)»: the kind is always said, so that a house rule never looks like law."""
    return wording.basis(why) if why else ""


# --- values of rules -------------------------------------------------------------------------------------------


def term(value: Term | Iterable[str]) -> str:
    """«20 calendar days, then 3 working days»; from a term or its plain form."""
    return wording.term(value if isinstance(value, Term) else Term.of(*value))


def share(value: Share) -> str:
    part = f"{value.numerator}/{value.denominator}"
    words = gettext("more than %(part)s") if value.strict else gettext("at least %(part)s")
    return words % {"part": part}


def _unit(number: Any, unit: str) -> str:
    counted = {
        "applications": lambda n: ngettext("%(n)s application", "%(n)s applications", n),
        "members": lambda n: ngettext("%(n)s member", "%(n)s members", n),
        "months": lambda n: ngettext("%(n)s month", "%(n)s months", n),
        "places": lambda n: ngettext("%(n)s place", "%(n)s places", n),
        "points": lambda n: ngettext("%(n)s point", "%(n)s points", n),
        "tranches": lambda n: ngettext("%(n)s tranche", "%(n)s tranches", n),
        "visits": lambda n: ngettext("%(n)s visit", "%(n)s visits", n),
    }
    if unit == "percent":
        return formats.percent(number)
    text = formats.number(number)
    return counted[unit](int(number)) % {"n": text} if unit in counted else text


def months(count: int) -> str:
    return _unit(count, "months")


def value(parameter: Parameter, language: str) -> list[str]:
    """The value of a rule, one line each. Empty for an unknown one."""
    if not parameter.is_known:
        return []
    if parameter.value is None:
        return [gettext("no limit")]
    return _lines(parameter.value, parameter.unit, language)


def _lines(given: Any, unit: str, language: str) -> list[str]:
    match given:
        case bool():
            return [gettext("yes") if given else gettext("no")]
        case int() | Decimal():
            return [_unit(given, unit)]
        case Money():
            return [formats.som(given)]
        case Term():
            return [term(given)]
        case Share():
            return [share(given)]
        case tuple():
            return [line for one in given for line in _item(one, language)]
        case str() if parameter_is_code(given):
            return [code(given)]
        case _:
            return [formats.act_name(str(given))]


def parameter_is_code(given: str) -> bool:
    return given.isascii() and given == given.lower() and " " not in given and given[:1].isalpha()


def _item(one: Any, language: str) -> list[str]:
    match one:
        case Criterion():
            return [
                gettext("%(name)s: weight %(weight)s, scale %(low)s to %(high)s")
                % {
                    "name": one.names.in_language(language),
                    "weight": formats.number(one.weight),
                    "low": formats.number(one.scale_min),
                    "high": formats.number(one.scale_max),
                }
            ]
        case Document():
            kind = gettext("required") if one.mandatory else gettext("if there is one")
            return [f"{one.names.in_language(language)} ({kind})"]
        case Ground():
            kind = gettext("can be mended") if one.curable else gettext("cannot be mended")
            return [f"{one.names.in_language(language)} ({kind})"]
        case Stage():
            return [f"{code(one.code)}: {term(one.term)}"]
        case Names():
            return [one.in_language(language)]
        case _:
            return [code(str(one))]
