# ruff: noqa: E501  (a table: one key, one line)
"""Every parameter a regime of the form `grants` has, as one table. An edition gives each of these keys, and no other.

A key belongs to the stage by which it must be known: `programme` (before a programme goes its road), `contest`
(before the announcement, because some later step of the contest may need it: decisions.md §2.4) or `oversight`
(statistics, monitoring, retention: never stops a contest). `tighter` is the direction in which a customer's own rule
may go when the value is confirmed: `up`, `down` or `none`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .values import (
    BoolType,
    ChoiceType,
    CodesType,
    CriteriaType,
    DecimalType,
    DocumentsType,
    GroundsType,
    IntType,
    MoneyType,
    PercentType,
    ShareType,
    StagesType,
    TermType,
    TextType,
    ValueType,
)

StageName = Literal["programme", "contest", "oversight"]
Tighter = Literal["up", "down", "none"]

PROGRAMME: tuple[StageName, ...] = ("programme",)
CONTEST: tuple[StageName, ...] = ("contest",)
BOTH: tuple[StageName, ...] = ("programme", "contest")
OVERSIGHT: tuple[StageName, ...] = ("oversight",)

LANGUAGE_CODES = ("ky", "ru", "en")
REVIEW_STAGES = ("admissibility", "scoring", "sitting")
CARRIERS = ("platform", "ink", "certificate")
TIE_METHODS = ("lower_amount", "higher_own_share", "earlier_submission", "lot_drawing")
HIGHER_SCORE_ON = "higher_score_on:"


@dataclass(frozen=True, slots=True)
class Key:
    """One parameter. `label` is an English message id; `switch` allows a lifecycle row to name it in `when`."""

    key: str
    type: ValueType
    stages: tuple[StageName, ...]
    label: str
    tighter: Tighter = "none"
    switch: bool = False

    @property
    def stage(self) -> StageName:
        return self.stages[0]


def _switch(key: str, stages: tuple[StageName, ...], label: str) -> Key:
    return Key(key, BoolType(), stages, label, switch=True)


def _signature(thing: str, stages: tuple[StageName, ...], label: str) -> Key:
    return Key(f"sig.{thing}", ChoiceType(codes=CARRIERS), stages, label)


TERM = TermType()
TERM_OR_NONE = TermType(optional=True)
BOOL = BoolType()

GRANTS: tuple[Key, ...] = (
    # What the acts themselves say about the regime.
    Key("legal.forms", CodesType(codes=("grants", "vouchers", "purchases"), least=1), OVERSIGHT, "forms of placement that the acts of this regime regulate"),
    Key("legal.contest_basis", TextType(), OVERSIGHT, "act that holds the contest procedure"),
    Key("legal.me_basis", TextType(optional=True), OVERSIGHT, "act on control, monitoring and evaluation"),
    Key("legal.portal_basis", TextType(optional=True), OVERSIGHT, "act on the web portal"),
    Key("legal.repeals", TextType(optional=True), OVERSIGHT, "act this regime repealed"),
    Key("legal.transition_rule", ChoiceType(codes=("by_announcement", "by_repeal_date")), OVERSIGHT, "which regime a contest under way follows"),
    Key("def.public_benefit_project", TextType(), OVERSIGHT, "definition of a public-benefit project"),
    Key("cust.kinds", CodesType(codes=("authorised_body", "territorial_unit", "local_self_government"), least=1), BOTH, "who may be a customer"),

    # How days are counted.
    Key("clock.roll_to_working_day", BOOL, BOTH, "a term of calendar days or months that ends on a day off moves to the next working day"),
    Key("clock.day_ends", ChoiceType(codes=("17:00", "17:30", "18:00", "24:00")), BOTH, "wall clock at which a day ends"),

    # Needs and programme.
    Key("needs.study_required", BOOL, PROGRAMME, "a programme rests on a study of needs", "up"),
    Key("needs.max_age", TERM_OR_NONE, PROGRAMME, "how old a study of needs may be", "down"),
    Key("prog.spheres", CodesType(least=1), PROGRAMME, "spheres in which an order may be placed"),
    Key("prog.municipal_approver", ChoiceType(codes=("kenesh", "executive")), PROGRAMME, "who approves a municipal programme"),
    Key("prog.sections", CodesType(least=1), PROGRAMME, "sections a programme must have", "up"),
    Key("prog.languages", CodesType(codes=LANGUAGE_CODES, least=1), PROGRAMME, "languages of a programme", "up"),
    _switch("prog.discussion_required", PROGRAMME, "a draft programme is discussed in public"),
    Key("prog.discussion_term", TERM, PROGRAMME, "least time of the public discussion", "up"),
    Key("prog.term_min_months", IntType(optional=True, of="months"), PROGRAMME, "shortest programme"),
    Key("prog.term_max_months", IntType(optional=True, of="months"), PROGRAMME, "longest programme", "down"),
    Key("prog.publish_term", TERM, PROGRAMME, "time to publish an adopted programme", "down"),
    Key("prog.register_required", BOOL, PROGRAMME, "the adopting act goes to the State Register of legal acts", "up"),
    Key("bud.code", TextType(optional=True), PROGRAMME, "economic classification code of the state social order"),
    _signature("programme", PROGRAMME, "signature that suffices on an adopting act"),

    # Announcement.
    Key("ann.min_term", TERM, CONTEST, "least time to submit applications", "up"),
    Key("ann.required_fields", CodesType(least=1), CONTEST, "what an announcement must say", "up"),
    Key("ann.channels", CodesType(codes=("customer_site", "national_portal", "mass_media", "notice_board"), least=1), CONTEST, "where a contest is announced", "up"),
    Key("ann.languages", CodesType(codes=LANGUAGE_CODES, least=1), CONTEST, "languages of an announcement", "up"),
    _switch("ann.amend_allowed", CONTEST, "an announcement may be amended"),
    Key("ann.amend_rule", ChoiceType(codes=("keep", "extend", "restart")), CONTEST, "what an amendment does to the deadline"),
    Key("ann.amend_term", TERM, CONTEST, "least time left after an amendment that extends the deadline", "up"),
    _switch("ann.questions_allowed", CONTEST, "anyone may ask about an announcement"),
    Key("ann.answer_term", TERM, CONTEST, "time to answer a question", "down"),
    _switch("ann.cancel_allowed", CONTEST, "the customer may cancel a contest before the opening"),

    # Applications.
    Key("app.documents", DocumentsType(), CONTEST, "documents of an application", "up"),
    Key("app.max_amount", MoneyType(optional=True), CONTEST, "most that one project may ask for", "down"),
    Key("app.cofin_min_pct", PercentType(), CONTEST, "least own contribution", "up"),
    Key("app.inkind_rule", ChoiceType(codes=("not_counted", "counted", "counted_with_proof")), CONTEST, "own contribution in kind"),
    Key("app.ineligible_codes", CodesType(), CONTEST, "costs that may not be paid", "up"),
    Key("app.cap_admin_pct", PercentType(optional=True), CONTEST, "most for administration", "down"),
    Key("app.cap_salary_pct", PercentType(optional=True), CONTEST, "most for pay", "down"),
    Key("app.cap_equipment_pct", PercentType(optional=True), CONTEST, "most for equipment", "down"),
    Key("app.max_per_applicant", IntType(optional=True, of="applications", least=1), CONTEST, "most applications of one applicant", "down"),
    _switch("app.consortium", CONTEST, "several organisations may apply together"),
    Key("app.languages", CodesType(codes=LANGUAGE_CODES, least=1), CONTEST, "languages of an application"),
    _switch("app.withdraw_allowed", CONTEST, "an application may be withdrawn before the deadline"),
    _switch("app.replace_allowed", CONTEST, "an application may be replaced before the deadline"),
    _switch("app.paper_allowed", CONTEST, "an application may come on paper"),
    Key("app.opening_term", TERM, CONTEST, "time to open the applications after the deadline", "down"),
    Key("app.opening_public", BOOL, CONTEST, "the opening is public", "up"),
    Key("form.application_sections", CodesType(least=1), CONTEST, "sections of the application form", "up"),
    Key("form.budget_categories", CodesType(least=1), CONTEST, "categories of the budget form"),
    Key("form.report_sections", CodesType(least=1), CONTEST, "sections of a report", "up"),

    # Who may apply.
    Key("elig.executor_kinds", CodesType(codes=("legal_entity", "entrepreneur"), least=1), CONTEST, "who may be an executor at all", "down"),
    Key("elig.types", CodesType(codes=("non_profit", "company", "entrepreneur"), least=1), CONTEST, "who may apply for a grant", "down"),
    Key("elig.excluded_types", CodesType(codes=("political_party", "trade_union", "religious", "state_body", "state_owned")), CONTEST, "who may not apply", "up"),
    Key("elig.min_age_months", IntType(of="months"), CONTEST, "least age of the applicant", "up"),
    Key("elig.min_experience_months", IntType(of="months"), CONTEST, "least experience of the applicant", "up"),
    Key("elig.bars", CodesType(codes=("tax_debt", "social_fund_debt", "liquidation", "insolvency", "unreturned_money", "overdue_report", "sanction", "supplier_blacklist")), CONTEST, "what bars an applicant", "up"),

    # Commission.
    Key("com.size_min", IntType(of="members", least=1), CONTEST, "least members of a commission", "up"),
    Key("com.size_max", IntType(optional=True, of="members", least=1), CONTEST, "most members of a commission", "down"),
    Key("com.size_odd", BOOL, CONTEST, "a commission has an odd number of members", "up"),
    Key("com.civil_min_share", ShareType(), CONTEST, "share of civil society in a commission", "up"),
    Key("com.quorum", ShareType(), CONTEST, "quorum of a sitting", "up"),
    Key("com.quorum_base", ChoiceType(codes=("appointed", "entitled")), CONTEST, "of whom the quorum is counted"),
    Key("com.majority", ShareType(), CONTEST, "majority that decides", "up"),
    Key("com.majority_base", ChoiceType(codes=("cast", "present", "appointed")), CONTEST, "of whom the majority is counted"),
    Key("com.casting_vote", BOOL, CONTEST, "the chair's vote decides when votes are equal"),
    Key("com.secretary_votes", BOOL, CONTEST, "the secretary votes", "down"),
    Key("com.term", TERM_OR_NONE, CONTEST, "term of a commission", "down"),
    Key("com.appointment_act", ChoiceType(codes=("order_of_head", "council_resolution")), CONTEST, "act that appoints a commission"),
    Key("com.publish_composition", BOOL, CONTEST, "the members are published", "up"),
    Key("com.coi_lookback_months", IntType(of="months"), CONTEST, "how far back an interest reaches", "up"),
    Key("com.interest_term", TERM, CONTEST, "time to declare interests after the opening", "down"),
    Key("com.replace_rule", ChoiceType(codes=("customer_act", "reserve_member")), CONTEST, "how a member who left or was recused is replaced"),

    # Admissibility.
    Key("adm.grounds", GroundsType(), CONTEST, "grounds of inadmissibility"),
    Key("adm.decided_by", ChoiceType(codes=("commission", "secretary")), CONTEST, "who decides on admissibility"),
    _switch("adm.mending", CONTEST, "a curable fault may be mended once"),
    Key("adm.cure_term", TERM, CONTEST, "time to mend a curable fault", "up"),

    # Evaluation.
    Key("rev.clock", StagesType(codes=REVIEW_STAGES), CONTEST, "stages of the review and their terms"),
    Key("eval.criteria", CriteriaType(), CONTEST, "criteria, weights and scales"),
    Key("eval.aggregation", ChoiceType(codes=("weighted_mean", "trimmed_mean", "sum")), CONTEST, "how scores become a total"),
    Key("eval.decimals", IntType(of="places", most=6), CONTEST, "decimal places of a total"),
    Key("eval.score_step", DecimalType(of="points", least=Decimal("0.01")), CONTEST, "smallest step of a score"),
    Key("eval.pass_mark", DecimalType(of="points"), CONTEST, "least total that passes", "up"),
    Key("eval.tie_chain", CodesType(codes=TIE_METHODS, prefixes=(HIGHER_SCORE_ON,)), CONTEST, "how equal totals are put in order"),
    Key("eval.comment_required", BOOL, CONTEST, "every score carries a reason", "up"),
    Key("eval.min_scorers", IntType(of="members", least=1), CONTEST, "least members who score one application", "up"),
    Key("eval.expert_role", ChoiceType(codes=("no_experts", "advisory", "scoring")), CONTEST, "role of outside experts"),
    _switch("eval.defence", CONTEST, "applicants defend their project before the commission"),
    Key("eval.divergence_pct", PercentType(optional=True), CONTEST, "spread of scores that is pointed out to the sitting"),
    _switch("eval.budget_adjust", CONTEST, "the commission may propose a smaller amount"),

    # Decision.
    Key("dec.award_rule", ChoiceType(codes=("ranking_binds", "sitting_decides")), CONTEST, "whether the ranking binds the sitting"),
    Key("dec.no_bid_rule", ChoiceType(codes=("void", "repeat", "extend")), CONTEST, "what follows when nobody applies or nobody is admitted"),
    Key("dec.single_bid_rule", ChoiceType(codes=("evaluate", "void", "repeat")), CONTEST, "what follows when one application is admitted"),
    Key("dec.no_pass_rule", ChoiceType(codes=("void", "repeat")), CONTEST, "what follows when no application passes"),
    Key("dec.approval_act", ChoiceType(codes=("not_needed", "order_of_head")), CONTEST, "act that approves the protocol"),
    Key("dec.approval_term", TERM_OR_NONE, CONTEST, "time to approve the protocol", "down"),
    Key("dec.publish_term", TERM, CONTEST, "time to publish the protocol", "down"),
    Key("dec.notify_term", TERM, CONTEST, "time to notify every applicant", "down"),
    Key("dec.publish_scores", BOOL, CONTEST, "scores are published with the protocol", "up"),
    _switch("dec.reserve_list", CONTEST, "applications that passed without an award form a reserve list"),
    Key("dec.reserve_term", TERM_OR_NONE, CONTEST, "how long the reserve list holds"),

    # Appeal.
    _switch("appeal.allowed", CONTEST, "a decision may be appealed to the body named here"),
    Key("appeal.body", ChoiceType(codes=("customer", "superior_body", "appeal_commission")), CONTEST, "who answers an appeal"),
    Key("appeal.term", TERM, CONTEST, "time to appeal", "up"),
    Key("appeal.answer_term", TERM, CONTEST, "time to answer an appeal", "down"),
    Key("appeal.standstill_term", TERM_OR_NONE, CONTEST, "time between publication and signing", "up"),
    _switch("appeal.suspensive", CONTEST, "an appeal suspends the signing"),

    # Contract and money.
    Key("con.constitutive", BOOL, CONTEST, "nobody is an executor without a signed contract"),
    Key("con.sign_term", TERM, CONTEST, "time to sign the contract", "down"),
    Key("con.refusal_rule", ChoiceType(codes=("next_in_reserve", "void", "repeat")), CONTEST, "what follows when the winner does not sign"),
    Key("con.max_months", IntType(optional=True, of="months", least=1), CONTEST, "longest contract", "down"),
    Key("con.multiyear", BOOL, CONTEST, "a contract may go beyond the budget year", "down"),
    Key("con.advance_pct", PercentType(), CONTEST, "most that may be paid in advance", "down"),
    Key("con.tranche_rule", ChoiceType(codes=("after_accepted_report", "by_schedule", "reimbursement")), CONTEST, "when the next tranche is paid"),
    Key("con.max_tranches", IntType(optional=True, of="tranches", least=1), CONTEST, "most tranches"),
    Key("con.tranche_term", TERM, CONTEST, "time to order a tranche that is due", "down"),
    Key("con.realloc_pct", PercentType(), CONTEST, "most that may move between budget lines without an amendment", "down"),
    _switch("con.amend_allowed", CONTEST, "a contract may be amended"),
    Key("con.amend_max_pct", PercentType(), CONTEST, "most that amendments together may change in the budget", "down"),
    Key("con.amount_may_rise", BOOL, CONTEST, "the amount may rise after the contest", "down"),
    Key("con.letter_term", TERM, CONTEST, "time to answer a letter of the other party", "down"),
    Key("con.termination_grounds", CodesType(least=1), CONTEST, "grounds to end a contract one-sidedly"),
    Key("con.termination_notice_term", TERM, CONTEST, "notice before a contract is ended", "up"),
    Key("con.termination_cure_term", TERM, CONTEST, "time to put a breach right", "up"),
    Key("con.return_term", TERM, CONTEST, "time to return unspent or misused money", "down"),
    Key("con.penalty_pct_per_day", PercentType(), CONTEST, "penalty for each day of delay", "up"),
    Key("con.penalty_cap_pct", PercentType(optional=True), CONTEST, "most that the penalty may reach"),
    Key("con.assets", ChoiceType(codes=("executor", "customer", "by_contract")), CONTEST, "whose the things bought are after the end"),
    Key("con.account_rule", ChoiceType(codes=("separate_account", "treasury_account", "any_account")), CONTEST, "account on which the executor receives the money"),
    Key("bud.year_close", ChoiceType(codes=("lapse", "carry_over", "payable")), CONTEST, "what becomes of a balance at the end of the budget year"),

    # Reports.
    Key("rep.interim_period", TERM_OR_NONE, CONTEST, "period of an interim report"),
    Key("rep.interim_term", TERM, CONTEST, "time to report after the period", "down"),
    Key("rep.final_term", TERM, CONTEST, "time to report after the project", "down"),
    Key("rep.review_term", TERM, CONTEST, "time to accept or return a report", "down"),
    Key("rep.fix_term", TERM, CONTEST, "time to correct a returned report", "up"),
    Key("rep.primary_documents", ChoiceType(codes=("with_report", "on_request")), CONTEST, "when primary documents are shown"),
    Key("rep.acceptance_act", BOOL, CONTEST, "acceptance takes a signed act", "up"),

    # Which signature suffices.
    _signature("application", CONTEST, "signature that suffices on an application"),
    _signature("protocol", CONTEST, "signature that suffices on a protocol"),
    _signature("contract", CONTEST, "signature that suffices on a contract"),
    _signature("report", CONTEST, "signature that suffices on a report"),
    _signature("acceptance", CONTEST, "signature that suffices on an act of acceptance"),

    # Oversight.
    Key("me.control_by_customer", BOOL, OVERSIGHT, "the customer controls the execution"),
    Key("me.visits_min", IntType(of="visits"), OVERSIGHT, "least visits to a project", "up"),
    Key("me.satisfaction_required", BOOL, OVERSIGHT, "recipients are asked how satisfied they are", "up"),
    Key("me.public_observer", BOOL, OVERSIGHT, "the public may observe", "up"),
    Key("me.evaluation_term", TERM_OR_NONE, OVERSIGHT, "time to evaluate after the end", "down"),
    Key("me.report_body", TextType(optional=True), OVERSIGHT, "body that discusses the yearly report"),
    Key("sanc.grounds", CodesType(), OVERSIGHT, "grounds to exclude from contests"),
    Key("sanc.ban_months", IntType(optional=True, of="months"), OVERSIGHT, "how long an exclusion lasts", "up"),
    Key("reg.legal", TextType(optional=True), OVERSIGHT, "act that demands public registers"),
    Key("ret.applications", TERM_OR_NONE, OVERSIGHT, "how long applications are kept"),
    Key("ret.contracts", TERM_OR_NONE, OVERSIGHT, "how long contracts and reports are kept"),
    Key("ret.personal_data", TERM_OR_NONE, OVERSIGHT, "how long personal data are kept"),
    Key("stats.owner", TextType(optional=True), OVERSIGHT, "body that collects the yearly statistics"),
    Key("stats.due", TextType(optional=True), OVERSIGHT, "when the yearly statistics are due"),
    Key("stats.form", TextType(optional=True), OVERSIGHT, "form of the yearly statistics"),
)  # fmt: skip

FORMS: dict[str, tuple[Key, ...]] = {"grants": GRANTS}
"""The catalogue of each form. Vouchers and purchases join when their rooms do."""

CATALOGUE: dict[str, Key] = {row.key: row for row in GRANTS}
"""All keys by name."""


def keys_for(stage: StageName, form: str = "grants") -> tuple[str, ...]:
    """The keys that must be known by `stage`, in the catalogue's order."""
    return tuple(row.key for row in FORMS[form] if stage in row.stages)


def switches(form: str = "grants") -> tuple[str, ...]:
    """The boolean keys that lifecycle rows may name in `when`."""
    return tuple(row.key for row in FORMS[form] if row.switch)
