"""The customer's desk: the whole road of an order as one part-time specialist walks it.

Start with `desk`, the due list; then `contests.contest`, the workplace of one contest.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from .. import due
from ..pages import page
from . import (
    contest_changes,
    contests,
    contracts,
    council_year,
    own_act,
    papers,
    planning,
    procedure,
    review,
    versions,
    voices,
)


@page("person")
def desk(request: Any) -> HttpResponse:
    """What is due today, for anybody who is signed in."""
    context = {"items": due.items(request.actor), "links": due.workplaces(request.actor)}
    return render(request, "customer/desk.html", context)


urlpatterns = [
    path("", desk, name="desk"),
    path("studies/", planning.studies, name="desk_studies"),
    path("studies/new/", planning.study_new, name="desk_study_new"),
    path("studies/<str:ref>/", planning.study, name="desk_study"),
    path("programmes/", planning.programmes, name="desk_programmes"),
    path("programmes/new/", planning.programme_new, name="desk_programme_new"),
    path("programmes/existing/", versions.existing_new, name="desk_existing_new"),
    path("programmes/<str:ref>/", planning.programme, name="desk_programme"),
    path("programmes/<str:ref>/confirm/", versions.existing_confirm, name="desk_existing_confirm"),
    path("programmes/<str:ref>/discard/", versions.existing_discard, name="desk_existing_discard"),
    path("programmes/<str:ref>/version/", versions.revision_new, name="desk_revision_new"),
    path("versions/<str:ref>/", versions.revision, name="desk_revision"),
    path("versions/<str:ref>/measure/", versions.new_measure, name="desk_revision_new_measure"),
    path("versions/<str:ref>/measure/<str:key>/", versions.measure, name="desk_revision_measure"),
    path("versions/<str:ref>/sections/", versions.sections, name="desk_revision_sections"),
    path("versions/<str:ref>/submit/", versions.submit, name="desk_revision_submit"),
    path("versions/<str:ref>/drop/", versions.drop, name="desk_revision_drop"),
    path("programmes/<str:ref>/measure/", planning.measure_new, name="desk_measure_new"),
    path("programmes/<str:ref>/sections/", planning.sections, name="desk_sections"),
    path("programmes/<str:ref>/submit/", planning.programme_submit, name="desk_programme_submit"),
    path("programmes/<str:ref>/discussion/", voices.discussion_open, name="desk_discussion_open"),
    path("programmes/<str:ref>/discussion/end/", voices.discussion_close, name="desk_discussion_close"),
    path("programmes/<str:ref>/rework/", council_year.rework, name="desk_programme_rework"),
    path("programmes/<str:ref>/year/", council_year.year_report, name="desk_year_report"),
    path("programmes/<str:ref>/gathering/", council_year.gathering, name="desk_gathering"),
    path("programmes/<str:ref>/close/", council_year.close, name="desk_programme_close"),
    path("comments/<str:ref>/", voices.comment_answer, name="desk_comment_answer"),
    path("problems/", voices.problem_queue, name="desk_problems"),
    path("problems/<str:ref>/", voices.problem, name="desk_problem"),
    path("problems/<str:ref>/publish/", voices.problem_publish, name="desk_problem_publish"),
    path("problems/<str:ref>/decline/", voices.problem_decline, name="desk_problem_decline"),
    path("problems/<str:ref>/answer/", voices.problem_answer, name="desk_problem_answer"),
    path("programmes/<str:ref>/money/", planning.appropriation_new, name="desk_appropriation_new"),
    path("contests/", contests.contests, name="desk_contests"),
    path("contests/new/", contests.contest_new, name="desk_contest_new"),
    path("contests/<str:ref>/", contests.contest, name="desk_contest"),
    path("contests/<str:ref>/announcement/", contests.announcement, name="desk_announcement"),
    path("contests/<str:ref>/lot/", contests.lot, name="desk_lot_new"),
    path("contests/<str:ref>/lot/<str:lot_ref>/", contests.lot, name="desk_lot"),
    path("contests/<str:ref>/announce/", contests.announce, name="desk_announce"),
    path("contests/<str:ref>/opening/", contests.opening, name="desk_opening"),
    path("contests/<str:ref>/lot/<str:lot_ref>/remove/", contest_changes.lot_remove, name="desk_lot_remove"),
    path("contests/<str:ref>/amendment/", contest_changes.amend, name="desk_amend"),
    path("contests/<str:ref>/erratum/", contest_changes.rectify, name="desk_rectify"),
    path("contests/<str:ref>/suspension/", contest_changes.suspend, name="desk_suspend"),
    path("contests/<str:ref>/resumption/", contest_changes.resume, name="desk_resume"),
    path("contests/<str:ref>/cancellation/", contest_changes.cancel, name="desk_cancel"),
    path("contests/<str:ref>/void/", contest_changes.void, name="desk_void"),
    path("contests/<str:ref>/again/", contest_changes.reopen, name="desk_reopen"),
    path("contests/<str:ref>/repetition/", contest_changes.repeat, name="desk_repeat"),
    path("questions/<str:ref>/", contest_changes.question, name="desk_question"),
    path("contests/<str:ref>/papers/", papers.papers, name="desk_papers"),
    path("contests/<str:ref>/papers/new/", papers.paper_new, name="desk_paper_new"),
    path("papers/<str:ref>/", papers.paper, name="desk_paper"),
    path("papers/<str:ref>/files/<str:file_ref>/", papers.paper_file, name="desk_paper_file"),
    path("papers/<str:ref>/refuse/", papers.paper_refuse, name="desk_paper_refuse"),
    path("papers/<str:ref>/key/", papers.paper_key, name="desk_paper_key"),
    path("papers/<str:ref>/finish/", papers.paper_finish, name="desk_paper_finish"),
    path("papers/<str:ref>/compare/", papers.paper_compare, name="desk_paper_compare"),
    path("contests/<str:ref>/commission/", review.commission, name="desk_commission"),
    path("contests/<str:ref>/review/<str:lot_ref>/", review.review_begin, name="desk_review_begin"),
    path("reviews/<str:ref>/", review.proceeding, name="desk_proceeding"),
    path("contests/<str:ref>/commission/replace/", procedure.member_replace, name="desk_member_replace"),
    path("contests/<str:ref>/commission/renew/", procedure.commission_renew, name="desk_commission_renew"),
    path("reviews/<str:ref>/mending/", procedure.mending_request, name="desk_mending"),
    path("reviews/<str:ref>/mending/close/", procedure.mending_close, name="desk_mending_close"),
    path("reviews/<str:ref>/adjourn/", procedure.adjourn, name="desk_adjourn"),
    path("candidacies/<str:ref>/fault/", procedure.fault, name="desk_fault"),
    path("candidacies/<str:ref>/cut/", procedure.cut, name="desk_cut"),
    path("candidacies/<str:ref>/reserve/", procedure.reserve_call, name="desk_reserve"),
    path("candidacies/<str:ref>/give-back/", procedure.give_back, name="desk_give_back"),
    path("candidacies/<str:ref>/letter/", procedure.letter, name="desk_letter"),
    path("reviews/<str:ref>/sitting/", review.sitting, name="desk_sitting"),
    path("candidacies/<str:ref>/", review.candidacy, name="desk_candidacy"),
    path("candidacies/<str:ref>/admit/", review.admit, name="desk_admit"),
    path("candidacies/<str:ref>/reject/", review.reject, name="desk_reject"),
    path("protocols/<str:ref>/", review.protocol, name="desk_protocol"),
    path("protocols/<str:ref>/publish/", review.protocol_publish, name="desk_protocol_publish"),
    path("awards/<str:award_ref>/contract/", contracts.contract_prepare, name="desk_contract_prepare"),
    path("contracts/", contracts.contracts, name="desk_contracts"),
    path("contracts/<str:ref>/", contracts.contract, name="desk_contract"),
    path("contracts/<str:ref>/sign/", contracts.contract_sign, name="desk_contract_sign"),
    path("contracts/<str:ref>/tranche/", contracts.tranche_order, name="desk_tranche_order"),
    path("payments/<str:ref>/", contracts.payment, name="desk_payment"),
    path("reports/<str:ref>/", contracts.report, name="desk_report"),
    path("reports/<str:ref>/accept/", contracts.report_accept, name="desk_report_accept"),
    path("reports/<str:ref>/return/", contracts.report_return, name="desk_report_return"),
    path("rules/", own_act.rules, name="desk_rules"),
    path("rules/act/", own_act.draft_act, name="desk_draft_act"),
    path("rules/<str:key>/", own_act.rule_adopt, name="desk_rule_adopt"),
]
