"""Writing together: who edits what, two at once, partners, documents, and what is signed off."""

from __future__ import annotations

import pytest

from jardam.contests import operations as contests
from jardam.contests import queries
from jardam.contests.models import Application, Attachment, Version
from jardam.demonstration.road import document_of
from jardam.documents.models import Signature
from jardam.parties import operations as parties
from jardam.parties import queries as people
from jardam.regime import queries as regime
from jardam.rulebook.edition import load_overlay
from tests.world import REGIMES, refuses

pytestmark = pytest.mark.django_db

RISKS = {"rows": [{"risk": "Суу ташкыны", "response": "Бийик жерге көчүрөбүз"}]}


@pytest.fixture
def writing(road):
    """Umut's application is written, not submitted; there is somebody without any mandate."""
    road.to_announced()
    road.write_application("umut")
    road.cast.people["outsider"] = parties.register_person(
        name="Сыртта Досова", email="outsider@demo.invalid", password=None
    )
    return road


def invited(road, name, hand):
    collaborator = contests.invite_collaborator(
        actor=road.actor("umut_head"),
        application=road.applications["umut"],
        email=f"{name}@demo.invalid",
        hand=hand,
    )
    return contests.accept_invitation(actor=road.actor(name), collaborator=collaborator)


def save(road, who, section, data=None, **more):
    data = data or road.text("applications")["umut"][section]
    contests.save_section(
        actor=road.actor(who), application=road.applications["umut"], section=section, data=data, **more
    )


def sees(road, name):
    ref = road.applications["umut"].ref
    try:
        return bool(queries.application(ref, road.actor(name)))
    except Application.DoesNotExist:
        return False


# --- who writes what -------------------------------------------------------------------------------------------


def test_whoever_was_invited_finds_the_application_only_after_accepting(writing):
    collaborator = contests.invite_collaborator(
        actor=writing.actor("umut_head"),
        application=writing.applications["umut"],
        email="OUTSIDER@demo.invalid",
        hand="reader",
    )
    assert not sees(writing, "outsider")

    contests.accept_invitation(actor=writing.actor("outsider"), collaborator=collaborator)
    assert sees(writing, "outsider")

    contests.remove_collaborator(actor=writing.actor("umut_head"), collaborator=collaborator)
    assert not sees(writing, "outsider")


def test_an_invitation_is_accepted_by_nobody_else(writing):
    collaborator = contests.invite_collaborator(
        actor=writing.actor("umut_head"),
        application=writing.applications["umut"],
        email="outsider@demo.invalid",
        hand="editor",
    )

    with refuses("not_yours"):
        contests.accept_invitation(actor=writing.actor("birge_head"), collaborator=collaborator)


@pytest.mark.parametrize(
    ("hand", "writes"),
    [("editor", ("risks", "budget")), ("accountant", ("budget",)), ("reader", ())],
)
def test_each_hand_writes_its_own_parts(writing, hand, writes):
    invited(writing, "outsider", hand)

    for section in ("risks", "budget"):
        if section in writes:
            save(writing, "outsider", section)
        else:
            with refuses("not_your_part" if writes else "contest_not_open"):
                save(writing, "outsider", section)


def test_who_invites_names_a_registered_person_once(writing):
    invited(writing, "outsider", "editor")

    for email, code in (("nobody@demo.invalid", "nobody_there"), ("outsider@demo.invalid", "invited_already")):
        with refuses(code):
            contests.invite_collaborator(
                actor=writing.actor("umut_head"),
                application=writing.applications["umut"],
                email=email,
                hand="reader",
            )


# --- two at once -----------------------------------------------------------------------------------------------


def test_a_text_written_from_an_older_one_is_refused_and_says_who_was_quicker(writing):
    revision = queries.draft_revisions(writing.applications["umut"])["risks"]
    save(writing, "umut_editor", "risks", RISKS, revision=revision)

    with refuses("changed_meanwhile"):
        save(writing, "umut_head", "risks", revision=revision)

    assert queries.draft_content(writing.applications["umut"])["risks"] == RISKS
    save(writing, "umut_head", "risks", revision=revision + 1)
    assert queries.draft_content(writing.applications["umut"])["risks"] != RISKS


# --- documents -------------------------------------------------------------------------------------------------


def test_an_application_lacks_the_documents_its_rules_demand_until_they_are_there(writing):
    application = writing.applications["umut"]
    charter = application.attachments.get(kind="charter")
    contests.detach(actor=writing.actor("umut_head"), application=application, attachment=charter)

    with refuses("documents_missing"):
        writing.submit("umut")
    writing.attach("umut", "umut_editor", "charter")
    assert writing.submit("umut")


def test_a_document_the_rules_do_not_know_is_refused(writing):
    with refuses("document_unknown"):
        writing.attach("umut", "umut_head", "poem")


def test_a_document_is_read_back_as_it_was_and_by_the_review_only_with_a_look(writing):
    writing.submit("umut")
    application = writing.applications["umut"]
    charter = application.attachments.get(kind="charter")

    assert queries.own_file(application, charter.ref)[1] == document_of("umut", "charter")
    with refuses("contest_not_open"):
        contests.read_file(
            actor=writing.actor("specialist"), application=application, ref=charter.ref, purpose="screening"
        )


def test_a_version_names_its_documents_by_their_hash_and_keeps_them(writing):
    writing.submit("umut")
    application = writing.applications["umut"]
    charter = application.attachments.get(kind="charter")
    contests.detach(actor=writing.actor("umut_head"), application=application, attachment=charter)

    named = {one["ref"]: one for one in queries.submitted_content(application)["documents"]}

    assert named[charter.ref]["sha256"] == queries.told(charter)["sha256"]
    assert queries.own_file(application, charter.ref)[1] == document_of("umut", "charter")


# --- partners --------------------------------------------------------------------------------------------------


def partner(road, organisation=None):
    return contests.name_partner(
        actor=road.actor("umut_head"),
        application=road.applications["umut"],
        name="«Бирге кадам»",
        role="Унаа берет",
        organisation=organisation,
    )


def test_a_partner_that_is_registered_confirms_by_its_head(writing):
    named = partner(writing, writing.cast.organisations["birge"])
    assert queries.partner(named.ref, writing.actor("birge_head"))[1]["role"] == "Унаа берет"

    with refuses("not_yours"):
        contests.answer_partner(actor=writing.actor("umut_head"), partner=named, agrees=True)
    contests.answer_partner(actor=writing.actor("birge_head"), partner=named, agrees=True)

    assert queries.whole_draft(writing.applications["umut"])["partners"] == [
        {"name": "«Бирге кадам»", "role": "Унаа берет", "confirmed": True}
    ]


def test_who_declines_is_no_longer_named_in_what_is_submitted(writing):
    named = partner(writing, writing.cast.organisations["birge"])
    partner(writing)

    contests.answer_partner(actor=writing.actor("birge_head"), partner=named, agrees=False)

    draft = queries.whole_draft(writing.applications["umut"])
    assert [one["confirmed"] for one in draft["partners"]] == [False], "one unregistered partner is left"


def test_nobody_is_their_own_partner_or_a_partner_twice(writing):
    with refuses("partner_is_applicant"):
        partner(writing, writing.cast.organisations["umut"])
    partner(writing, writing.cast.organisations["birge"])
    with refuses("partner_twice"):
        partner(writing, writing.cast.organisations["birge"])


def test_where_the_rules_know_no_consortium_no_partner_is_named(road, monkeypatch):
    overlay = load_overlay(REGIMES / "demonstration" / "grants.yaml")
    alone = type(overlay)(overlay.form, {**overlay.values, "app.consortium": False}, overlay.file_sha256)
    monkeypatch.setattr(regime, "overlay", lambda form: alone)
    road.to_announced()
    road.write_application("umut")

    with refuses("switched_off"):
        partner(road)


# --- sign-off --------------------------------------------------------------------------------------------------


def test_a_change_after_the_sign_off_takes_it_away(writing):
    application = writing.applications["umut"]
    contests.sign_off(actor=writing.actor("umut_head"), application=application)
    assert queries.draft_signed_off(application) == {"applicant_head": True}

    save(writing, "umut_editor", "risks", RISKS)

    assert queries.draft_signed_off(application) == {"applicant_head": False}
    with refuses("sign_off_missing"):
        contests.submit_application(actor=writing.actor("umut_head"), application=application)


def test_an_accountant_signs_off_the_budget_before_the_head_submits(writing):
    invited(writing, "accountant", "accountant")

    with refuses("sign_off_missing"):
        writing.submit("umut")
    contests.sign_off(actor=writing.actor("accountant"), application=writing.applications["umut"])
    version = writing.submit("umut")

    sides = Signature.objects.filter(content_sha256=version.content_sha256).values_list("side", flat=True)
    assert sorted(sides) == ["accountant", "applicant_head"]


def test_an_editor_answers_for_nothing(writing):
    with refuses("not_yours"):
        contests.sign_off(actor=writing.actor("umut_editor"), application=writing.applications["umut"])


def test_where_the_rules_want_ink_an_application_comes_on_paper(road, monkeypatch):
    overlay = load_overlay(REGIMES / "demonstration" / "grants.yaml")
    ink = type(overlay)(overlay.form, {**overlay.values, "sig.application": "ink"}, overlay.file_sha256)
    monkeypatch.setattr(regime, "overlay", lambda form: ink)
    road.to_announced()
    road.write_application("umut")

    with refuses("other_carrier"):
        road.submit("umut")


# --- again next year -------------------------------------------------------------------------------------------


def test_an_application_begins_as_a_copy_of_an_earlier_one_but_declares_anew(writing):
    earlier = writing.applications["umut"]
    contests.withdraw(actor=writing.actor("umut_head"), application=earlier)

    copy = contests.start_application(
        actor=writing.actor("umut_head"),
        lot=writing.lot,
        applicant=writing.cast.organisations["umut"],
        earlier=earlier,
    )

    before, after = queries.draft_content(earlier), queries.draft_content(copy)
    assert "declarations" not in after
    assert after == {name: text for name, text in before.items() if name != "declarations"}
    files = [(one.kind, said["sha256"]) for one, said in queries.attachments(copy)]
    assert files == [(one.kind, said["sha256"]) for one, said in queries.attachments(earlier)]
    assert Attachment.objects.count() == 2 * len(files), "each application keeps its own"


def test_nobody_copies_what_another_organisation_wrote(writing):
    with refuses("not_yours"):
        contests.start_application(
            actor=writing.actor("birge_head"),
            lot=writing.lot,
            applicant=writing.cast.organisations["birge"],
            earlier=writing.applications["umut"],
        )


def test_what_is_withdrawn_stays_closed_to_everybody_who_reviews(writing):
    writing.submit("umut")
    contests.withdraw(actor=writing.actor("umut_head"), application=writing.applications["umut"])
    writing.pass_deadline()
    writing.open()

    assert Version.objects.count() == 1
    assert not sees(writing, "specialist")
    with refuses("contest_not_open"):
        contests.read_application(
            actor=writing.actor("specialist"), application=writing.applications["umut"], purpose="screening"
        )


def test_a_person_without_a_mandate_is_found_by_the_address_they_sign_in_with(writing):
    assert people.person_by_email("Outsider@demo.invalid") == writing.cast.people["outsider"]
    assert people.person_by_email("") is None
