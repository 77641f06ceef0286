"""The pages of the review off its straight road: successors, hints, mending, sittings, cuts, the reserve, letters."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from jardam.kernel.actor import system
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties.models import Mandate
from jardam.review import queries
from jardam.review.models import Adjournment, Candidacy, Cut, Departure, Mending, Protocol, Recusal, ReserveCall
from jardam.review.tests.test_procedure import outcomes, settle
from tests.world import MEMBER_NAMES

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def visit(road, client, monkeypatch, transactional_door):
    """Look at a page, or post to it, as one of the cast at the road's own instant."""
    from jardam.web import clock

    monkeypatch.setattr(clock, "now", lambda: road.at)

    def go(who, name, *args, **data):
        client.force_login(road.cast.people[who].user, backend=BACKEND)
        url = reverse(name, args=args)
        return client.post(url, data) if data else client.get(url)

    return go


@pytest.fixture
def transactional_door(monkeypatch):
    """The door's durable transaction inside of the test's own."""
    from jardam.web import door

    real = door.transaction.atomic
    monkeypatch.setattr(door.transaction, "atomic", lambda *args, durable=False, **kw: real(*args, **kw))


def day(prefix, at):
    one = bishkek_day(at)
    return {f"{prefix}_0": one.day, f"{prefix}_1": one.month, f"{prefix}_2": one.year}


def text(answer):
    return answer.content.decode()


def screening(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member)
    return road


def test_the_head_replaces_a_member_and_the_page_tells_the_change(road, visit):
    screening(road)
    road.seat_someone("nazira", "araket")
    mandate = Mandate.objects.get(person=road.cast.people["nazira"])
    ref = road.contest.ref

    assert visit("head", "desk_member_replace", ref).status_code == 200
    answer = visit(
        "head",
        "desk_member_replace",
        ref,
        member="3",
        mandate=mandate.ref,
        order_number="28",
        **day("left_on", road.at),
    )

    assert answer.status_code == 302, text(answer)
    assert Departure.objects.count() == 1
    assert "Киши nazira" in text(visit("head", "desk_commission", ref))
    answer = visit("head", "desk_commission_renew", ref, order_number="30", **day("ordered_on", road.at))
    assert answer.status_code == 302, text(answer)


def test_a_member_reads_what_the_registers_say_and_explains_a_denial(road, visit):
    parties.grant_mandate(
        person=road.cast.people["umut_editor"],
        organisation=road.cast.organisations["araket"],
        role="applicant_editor",
        document="Буйрук 3",
        actor=system(road.at),
    )
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    umut, birge = road.candidacy("umut").ref, road.candidacy("birge").ref
    ref = road.proceeding.ref

    assert road.cast.people["umut_editor"].name in text(visit("member_civil", "declaration", ref))
    mute = visit("member_civil", "declaration", ref, **{umut: "no", birge: "no"})
    assert mute.status_code == 200
    said = visit("member_civil", "declaration", ref, **{umut: "no", birge: "no", f"{umut}-denial": "Ал кеткен"})

    assert said.status_code == 302, text(said)
    assert "Ал кеткен" in text(visit("member_state", "recusals", ref))
    assert visit("member_civil", "recusals", ref).status_code == 404


def test_the_screening_sees_what_the_register_says_of_who_may_apply(road, visit):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    ref = road.candidacy("umut").ref

    known = text(visit("specialist", "desk_candidacy", ref))
    assert "61 месяц на" in known
    assert "elig" not in known
    umut = road.cast.organisations["umut"]
    type(umut).objects.filter(pk=umut.pk).update(registered_on=None, legal_form="religious_organisation")

    unknown = text(visit("specialist", "desk_candidacy", ref))
    assert "В реестре не указано, когда зарегистрирована организация." in unknown
    assert "Такие организации не участвуют" in unknown


def test_a_member_leaves_an_application_and_the_chair_proves_an_interest(road, visit):
    road.to_scoring()
    ref = road.candidacy("umut").ref

    assert visit("member_civil", "recuse", ref).status_code == 200
    answer = visit("member_civil", "recuse", ref, ground="work", text="Мурда иштегем")
    assert answer.status_code == 302, text(answer)
    answer = visit(
        "member_state",
        "recusals",
        road.proceeding.ref,
        member="2",
        candidacy=ref,
        ground="family",
        text="Бир тууган",
    )

    assert answer.status_code == 302, text(answer)
    assert [one.proven for one in Recusal.objects.order_by("id")] == [False, True]


def test_mending_from_the_fault_to_what_the_commission_sees_changed(road, visit):
    screening(road)
    umut = road.candidacy("umut")
    assert visit("specialist", "desk_fault", umut.ref).status_code == 200
    answer = visit(
        "specialist",
        "desk_fault",
        umut.ref,
        ground="sums_differ",
        places=["project.goal", "activities"],
        note="Суммалар дал келбейт",
    )
    assert answer.status_code == 302, text(answer)
    assert "72 ч" not in text(visit("specialist", "desk_mending", road.proceeding.ref))
    assert visit("specialist", "desk_mending", road.proceeding.ref, key="k1").status_code == 302
    assert reverse("mending", args=[road.applications["umut"].ref]) in text(visit("umut_head", "desk"))

    page = visit("umut_head", "mending", road.applications["umut"].ref)
    assert "Суммалар дал келбейт" in text(page)
    assert "project-title" not in text(page)
    form = page.context["form"]
    typed = {name: form[name].initial for name in form.fields if form[name].initial is not None}
    typed = {name: str(value) for name, value in typed.items()} | {"project-goal": "80 кишиге жардам"}
    answer = visit("umut_head", "mending", road.applications["umut"].ref, **typed)

    assert answer.status_code == 302, text(answer)
    assert Mending.objects.get().state == "mended"
    assert "80 кишиге жардам" in text(visit("specialist", "desk_candidacy", umut.ref, open="1"))
    assert "80 кишиге жардам" in text(visit("member_civil", "candidacy", umut.ref, do="read"))
    assert visit("umut_head", "mending", road.applications["umut"].ref).status_code == 409


def test_the_desk_closes_the_mending_when_its_time_is_over(road, visit):
    screening(road)
    road.note_fault("birge", "people.count")
    road.request_mending()
    assert visit("specialist", "desk_mending_close", road.proceeding.ref).status_code == 409
    road.at = road.proceeding.mending_until

    assert reverse("desk_mending_close", args=[road.proceeding.ref]) in text(visit("specialist", "desk"))
    assert visit("specialist", "desk_mending_close", road.proceeding.ref, key="k2").status_code == 302
    assert Candidacy.objects.get(pk=road.candidacy("birge").pk).state == "rejected"


def test_a_sitting_without_a_quorum_is_recorded_on_its_page(road, visit):
    road.to_revealed()
    assert visit("specialist", "desk_adjourn", road.proceeding.ref).status_code == 200

    answer = visit("specialist", "desk_adjourn", road.proceeding.ref, present="1", **day("held_on", road.at))

    assert answer.status_code == 302, text(answer)
    assert Adjournment.objects.get().present == 1
    assert visit("specialist", "desk_proceeding", road.proceeding.ref).status_code == 200


def test_a_review_that_a_court_stopped_stands_still_on_every_page_until_it_goes_on(road, visit):
    screening(road)
    order = {"ground": "court", "number": "АД-7", "text": "Арыз каралууда.", **day("issued_on", road.at)}
    links = [reverse(name, args=[road.proceeding.ref]) for name in ("desk_review_suspend", "desk_review_resume")]
    desk = text(visit("specialist", "desk_proceeding", road.proceeding.ref))
    assert links[0] in desk and links[1] not in desk
    assert visit("head", "desk_review_suspend", road.proceeding.ref).status_code == 200

    assert visit("head", "desk_review_suspend", road.proceeding.ref, **order).status_code == 302

    desk = text(visit("specialist", "desk_proceeding", road.proceeding.ref))
    assert links[1] in desk and links[0] not in desk
    for page in (desk, text(visit("member_state", "proceeding", road.proceeding.ref)), public(road)):
        assert "Рассмотрение остановлено" in page and "АД-7" in page
    refused = visit("specialist", "desk_review_suspend", road.proceeding.ref, key="k2", **order)
    assert "review_stands_still" in text(refused) or refused.status_code == 409
    candidacy = road.candidacy("umut")
    told = visit("specialist", "desk_candidacy", candidacy.ref, key="k3", do="admit")
    assert Candidacy.objects.get(pk=candidacy.pk).state == "listed", text(told)

    assert visit("head", "desk_review_resume", road.proceeding.ref, key="k4", **order).status_code == 302
    assert "Рассмотрение продолжается" in public(road)


def public(road) -> str:
    return Client().get(f"/ru/contests/{road.contest.ref}/").content.decode()


def test_where_the_sitting_decides_its_page_asks_and_the_protocol_shows_a_vote_on_each_application(road, visit):
    road.to_opened()
    settle(road, dec__award_rule="sitting_decides", com__casting_vote=False)
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member)
    for name in ("umut", "birge"):
        road.admit(name)
    for member in MEMBER_NAMES:
        for name in ("umut", "birge"):
            road.score(member, name)
    road.adjourn("member_state")
    page = visit("specialist", "desk_sitting", road.proceeding.ref)
    assert "chair_for" not in text(page)
    votes = {}
    for name, given in (("umut", (1, 2, 0)), ("birge", (3, 0, 0))):
        ref = road.candidacy(name).ref
        votes |= dict(zip((f"votes_for_{ref}", f"votes_against_{ref}", f"abstained_{ref}"), given, strict=True))

    answer = visit(
        "specialist",
        "desk_sitting",
        road.proceeding.ref,
        present=["1", "2", "3"],
        dissent="",
        **votes,
        **day("held_on", road.at),
    )

    assert answer.status_code == 302, text(answer)
    shown = visit("specialist", "desk_protocol", answer.headers["Location"].rstrip("/").rsplit("/", 1)[1])
    assert [row[2] for row in shown.context["items"].rows] == [1, 3]
    assert len(queries.adjournments_of(road.proceeding)) == 1


def test_a_smaller_amount_is_proposed_and_answered(road, visit):
    road.to_revealed()
    birge = road.candidacy("birge")
    assert visit("specialist", "desk_cut", birge.ref).status_code == 200
    answer = visit("specialist", "desk_cut", birge.ref, amount="155000", reason="Калганы ушул")
    assert answer.status_code == 302, text(answer)
    ref = road.applications["birge"].ref
    assert reverse("cut", args=[ref]) in text(visit("birge_head", "desk"))
    assert "Калганы ушул" in text(visit("birge_head", "cut", ref))

    assert visit("birge_head", "cut", ref, answer="consent_to_cut").status_code == 302

    assert Cut.objects.get().state == "agreed"


def decide_at_the_desk(road, visit):
    """The sitting of all three, through its page; the protocol it made."""
    count = {"present": ["1", "2", "3"], "votes_for": 3, "votes_against": 0, "abstained": 0, "chair_for": "yes"}
    answer = visit("specialist", "desk_sitting", road.proceeding.ref, **count, **day("held_on", road.at))
    assert answer.status_code == 302, text(answer)
    road.protocol = Protocol.objects.get()
    return road.protocol


def test_who_refuses_a_smaller_amount_makes_way_for_the_next_in_rank(road, visit):
    road.to_revealed()
    road.propose_cut("umut", "400000.00")

    assert visit("umut_head", "cut", road.applications["umut"].ref, answer="refuse_cut").status_code == 302

    assert Cut.objects.get().state == "refused"
    assert visit("umut_head", "cut", road.applications["umut"].ref).status_code == 409
    decide_at_the_desk(road, visit)
    with override("en"):
        page = text(visit("specialist", "desk_candidacy", road.candidacy("umut").ref))
    assert "Smaller amount refused" in page
    assert outcomes(road) == {"umut": ("reserve", "0.00 KGS"), "birge": ("awarded", "310000.00 KGS")}


def test_silence_about_a_smaller_amount_is_taken_for_a_refusal_when_the_sitting_is_recorded(road, visit):
    road.to_revealed()
    road.propose_cut("umut", "400000.00")
    road.at = Cut.objects.get().answer_until

    decide_at_the_desk(road, visit)

    assert Cut.objects.get().state == "refused"
    with override("en"):
        assert "Smaller amount refused" in text(visit("specialist", "desk_candidacy", road.candidacy("umut").ref))


def test_who_gets_nothing_where_no_reserve_is_kept_is_passed_over_and_reads_so(road, visit):
    road.to_opened()
    settle(road, dec__reserve_list=False)
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member)
    for name in ("umut", "birge"):
        road.admit(name)
    for member in MEMBER_NAMES:
        for name in ("umut", "birge"):
            road.score(member, name)
    protocol = decide_at_the_desk(road, visit)
    for member in MEMBER_NAMES:
        road.sign_protocol(member)

    assert visit("specialist", "desk_protocol_publish", protocol.ref, approval_order="31").status_code == 302

    assert road.candidacy("birge").state == "not_awarded"
    with override("en"):
        assert "Not awarded" in text(visit("specialist", "desk_candidacy", road.candidacy("birge").ref))
        letter = text(visit("birge_head", "application_result", road.applications["birge"].ref))
    assert "Not awarded" in letter and "What would have been enough" in letter


def test_the_money_of_a_declined_award_goes_back_when_the_reserve_list_holds_no_longer(road, visit):
    road.to_published()
    road.decline_award("umut")
    road.at = queries.reserve_until(road.protocol, road.contest.settlement)
    umut = road.candidacy("umut")
    give_back = reverse("desk_give_back", args=[umut.ref])
    assert give_back in text(visit("specialist", "desk_candidacy", umut.ref))

    assert visit("specialist", "desk_give_back", umut.ref, key="k5").status_code == 302

    call = ReserveCall.objects.get()
    assert (call.called, call.released) == (None, umut.award.amount)
    assert give_back not in text(visit("specialist", "desk_candidacy", umut.ref))
    with override("en"):
        page = text(visit("specialist", "contest", road.contest.ref))
    assert "The money of the award went back to its measure" in page


def test_the_winner_declines_and_the_next_of_the_reserve_is_called(road, visit):
    road.to_published()
    umut, application = road.candidacy("umut"), road.applications["umut"]
    assert reverse("award_decline", args=[application.ref]) in text(
        visit("umut_head", "application_result", application.ref)
    )
    assert visit("umut_head", "award_decline", application.ref).status_code == 200
    assert visit("umut_head", "award_decline", application.ref, reason="Башка жерден алдык").status_code == 302
    assert reverse("desk_candidacy", args=[umut.ref]) in text(visit("specialist", "desk"))
    assert reverse("desk_reserve", args=[umut.ref]) in text(visit("specialist", "desk_candidacy", umut.ref))

    assert visit("specialist", "desk_give_back", umut.ref, key="k3").status_code == 409
    assert visit("specialist", "desk_reserve", umut.ref).status_code == 200
    assert visit("specialist", "desk_reserve", umut.ref, key="k4").status_code == 302

    assert road.candidacy("birge").state == "awarded"


def test_each_applicant_reads_its_own_letter_after_the_publication_and_nobody_else_but_the_customer(road, visit):
    road.to_revealed()
    road.decide()
    birge = road.candidacy("birge")
    ref = road.applications["birge"].ref
    assert visit("birge_head", "application_result", ref).status_code == 302
    assert visit("specialist", "desk_letter", birge.ref).status_code in (404, 409)
    road.sign_and_publish()

    letter = text(visit("birge_head", "application_result", ref))
    until = queries.letter(road.applications["birge"])
    assert until.points.keys() == {c.code for c in road.contest.settlement.criteria()}
    assert visit("umut_head", "application_result", ref).status_code == 404
    assert visit("member_civil", "application_result", ref).status_code in (403, 404)
    assert not any(road.cast.people[name].name in letter for name in MEMBER_NAMES)
    assert visit("specialist", "desk_letter", birge.ref).status_code == 200


def test_the_sitting_is_shown_where_members_scores_lie_far_apart(road, visit):
    road.to_scoring()
    road.score_all()
    ref = road.proceeding.ref

    assert "Оценки членов сильно расходятся" not in text(visit("specialist", "desk_sitting", ref))
    settle(road, eval__divergence_pct=0)
    shown = text(visit("specialist", "desk_sitting", ref))

    assert "Оценки членов сильно расходятся" in shown
    assert road.candidacy("umut").number in shown.partition("сильно расходятся")[2].partition("</ul>")[0]
