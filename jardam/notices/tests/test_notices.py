"""Who hears of what, once, and what happens to an e-mail."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from itertools import pairwise

import pytest
from django.apps import apps
from django.core import mail
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils.translation import override

from jardam.journal.models import Record, Stateful
from jardam.journal.operations import consume
from jardam.kernel.time import BISHKEK
from jardam.notices import operations, queries, rules
from jardam.notices.models import Message, Subscription
from jardam.parties.models import User
from jardam.web import clock, due
from tests.test_lifecycles import PROCEDURES

# --- the table -------------------------------------------------------------------------------------------------


def test_every_verb_is_told_or_named_as_silent_with_the_reason():
    verbs = {f"{kind}:{verb}" for kind, one in PROCEDURES.items() for verb in one.lifecycle.verbs}

    assert sorted(verbs - set(rules.BY_VERB) - set(rules.SILENT)) == []
    assert sorted((set(rules.BY_VERB) | set(rules.SILENT)) - verbs) == []
    assert set(rules.BY_VERB) & set(rules.SILENT) == set()


def test_every_moment_has_known_readers_a_matter_and_a_page():
    routes = set(get_resolver().reverse_dict) | {
        name for _, sub in get_resolver().namespace_dict.values() for name in sub.reverse_dict
    }
    kinds = {model.KIND for model in apps.get_models() if issubclass(model, Stateful)}
    for moment in rules.MOMENTS:
        assert set(moment.to) <= set(queries.READERS), moment.what
        assert moment.what.partition(":")[0] in queries.MATTERS
        assert moment.what.partition(":")[0] in kinds
        assert moment.page.partition(":")[0] in routes, moment.page


def test_a_text_with_an_unknown_place_is_refused_at_once():
    with pytest.raises(ValueError, match="score"):
        rules.Moment("contest:announce", ("members",), "desk", "A", "Your score is {score}")


@pytest.mark.parametrize(
    ("hour", "day", "due"), [(7, 1, (1, 8)), (8, 1, (2, 8)), (23, 1, (2, 8))], ids=["before", "at", "after"]
)
def test_the_daily_letter_goes_out_at_eight_in_bishkek(hour, day, due):
    at = dt.datetime(2026, 2, day, hour, 0, tzinfo=BISHKEK)

    assert rules.next_daily(at) == dt.datetime(2026, 2, *due, tzinfo=BISHKEK)


def test_an_e_mail_is_tried_at_growing_pauses_and_then_given_up():
    at = dt.datetime(2026, 2, 2, 9, 0, tzinfo=BISHKEK)
    pauses = [rules.next_try(at, n) for n in range(1, rules.TRIES + 1)]

    assert pauses[0] == at + timedelta(minutes=1)
    assert all(a < b for a, b in pairwise(pauses[:-1]))
    assert pauses[-1] is None


# --- telling ---------------------------------------------------------------------------------------------------


def told(verb: str, **about: object) -> set[str]:
    """Names of those who have a message about this verb."""
    rows = Message.objects.filter(what=verb, channel="inbox", **about)
    return set(rows.values_list("person__name", flat=True))


def names(road, *people: str) -> set[str]:
    return {road.cast.people[name].name for name in people}


def drain() -> None:
    while consume():
        pass


@pytest.fixture
def mailing(settings):
    settings.EMAIL_IS_SENT = True
    User.objects.update(is_cast=False)  # the cast has no mailboxes
    return settings


@pytest.mark.slow
def test_each_hears_of_what_concerns_them_and_nobody_of_their_own_act(road):
    road.to_accepted()

    drain()

    assert told("programme:record_adoption") >= names(road, "specialist", "head")
    assert told("programme:submit_to_council") == names(road, "secretary")
    assert told("application:submit") == names(road, "umut_editor"), "heads submitted, editors hear of it"
    for message in Message.objects.filter(channel="inbox").select_related("person"):
        author = Record.objects.get(pk=message.record_id).person_id
        assert message.person_id != author
    drain()
    assert Message.objects.values("record_id", "person", "channel").distinct().count() == Message.objects.count()


@pytest.mark.slow
def test_an_applicant_hears_of_their_own_application_only(road):
    road.to_opened()

    drain()

    for name in road.applications:
        people = {p.pk for key, p in road.cast.people.items() if key.startswith(f"{name}_")}
        strangers = Message.objects.filter(what__startswith="application:", person_id__in=people).exclude(
            page__contains=road.applications[name].ref
        )
        assert not strangers.exists()


def test_a_record_that_is_handed_over_twice_is_told_once(road):
    _to_council(road)
    record = Record.objects.get(verb="submit_to_council")

    operations.tell(record)
    operations.tell(record)

    assert Message.objects.filter(record_id=record.pk, channel="inbox").count() == 1


def _to_council(road) -> None:
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()


# --- e-mail ----------------------------------------------------------------------------------------------------


def test_an_e_mail_goes_out_once_in_the_readers_language_with_a_fixed_id(road, mailing):
    secretary = road.cast.people["secretary"]
    Subscription.objects.create(person=secretary, language="ru")
    _to_council(road)
    drain()

    assert operations.deliver(road.at) >= 1
    assert operations.deliver(road.at + timedelta(days=2)) == 0

    row = Message.objects.get(channel="email", person=secretary, what="programme:submit_to_council")
    letter = next(one for one in mail.outbox if one.extra_headers["Message-ID"].startswith(f"<{row.ref}@"))
    assert letter.to == [secretary.user.email]
    with override("ru"):
        assert letter.subject == operations.texts_of(row)[0]
    assert letter.subject != rules.BY_VERB["programme:submit_to_council"].subject
    assert "/ru/" in letter.body


def test_the_daily_letter_gathers_what_can_wait_and_the_law_does_not_wait(road, mailing):
    registrar = road.cast.people["registrar"]
    Subscription.objects.create(person=registrar, email="daily", language="en")
    record = Record.objects.filter(object_kind="organisation", verb="register").first()
    for moment in ("organisation:register", "mandate:revoke"):
        what = rules.BY_VERB[moment]
        Message.objects.create(
            record_id=record.pk + (what.legal and 1),
            person=registrar,
            channel="email",
            what=moment,
            params={"thing": {"en": "Umut"}, "number": "", "by": {"en": "Registry"}},
            page="desk",
            at=road.at,
            told_at=road.at,
            delivery="waiting",
            due_at=road.at if what.legal else rules.next_daily(road.at),
            with_daily=not what.legal,
        )

    assert operations.deliver(road.at) == 1
    assert mail.outbox[-1].subject == "A mandate of yours has ended"
    assert operations.deliver(rules.next_daily(road.at)) == 1


def test_an_e_mail_that_fails_is_tried_later_and_nobody_else_waits(road, mailing, monkeypatch):
    _to_council(road)
    drain()

    def down(_self: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    assert operations.deliver(road.at) == 0
    row = Message.objects.filter(channel="email").first()
    assert (row.delivery, row.tries) == ("waiting", 1)
    assert row.due_at == road.at + rules.FIRST_PAUSE

    monkeypatch.undo()
    assert operations.deliver(road.at + timedelta(minutes=2)) >= 1


def went_out(road) -> None:
    Message.objects.filter(delivery="waiting").update(delivery="sent", sent_at=road.at)


def nothing_goes_out(road, monkeypatch) -> None:
    """Every e-mail there is, is tried to its end."""

    def down(_self: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    at = road.at
    while Message.objects.filter(delivery="waiting").exists():
        at += timedelta(days=2)
        operations.deliver(at, limit=500)


def not_reached(organisation_ids: list[int] | None = None) -> set[str]:
    return {one.person.name for one in queries.undelivered(organisation_ids, limit=500)}


@pytest.mark.slow
def test_who_was_not_reached_is_seen_by_the_operator_and_the_customer_until_they_have_read_it(
    road, mailing, monkeypatch, client
):
    road.to_in_force()
    drain()
    went_out(road)
    road.send_letter()
    drain()

    nothing_goes_out(road, monkeypatch)

    customer, executor = road.contract.customer_id, road.contract.executor_id
    assert not_reached() == not_reached([customer]) >= names(road, "umut_head", "umut_editor")
    assert not_reached([executor]) == set()
    monkeypatch.setattr(clock, "now", lambda: road.at)
    for who, route in (("registrar", "operator_undelivered"), ("specialist", "desk_undelivered")):
        client.force_login(road.cast.people[who].user, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert road.cast.people["umut_head"].name in client.get(reverse(route)).content.decode()
        assert any(reverse(route) == one.url for one in due.items(road.actor(who)))
    Message.objects.filter(channel="inbox").update(delivery="read", read_at=road.at)
    assert not_reached() == set()
    assert not any("undelivered" in one.url for one in due.items(road.actor("specialist")))


def test_before_the_opening_a_customer_does_not_hear_who_was_not_reached(road, mailing, monkeypatch):
    road.to_announced()
    road.write_application("umut")
    drain()
    went_out(road)
    road.amend(title={"ky": "Үйдө кам көрүү", "ru": "Уход на дому", "en": "Care at home"})
    drain()

    nothing_goes_out(road, monkeypatch)

    assert not_reached() >= names(road, "umut_head")
    assert not_reached([road.contest.customer_id]) == set()


def test_without_a_mail_server_messages_lie_in_the_inbox_only(road):
    _to_council(road)
    drain()

    assert not Message.objects.filter(channel="email").exists()
    assert operations.deliver(road.at) == 0


# --- pages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def reader(road, client, monkeypatch):
    from jardam.web import clock

    _to_council(road)
    drain()
    monkeypatch.setattr(clock, "now", lambda: road.at)
    user = road.cast.people["secretary"].user
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_inbox_shows_what_is_new_and_forgets_nothing_when_read(reader, road):
    shown = reader.get("/en/inbox/").content.decode()
    assert "New: A programme waits for the session" in shown
    newest = Message.objects.filter(person=road.cast.people["secretary"], channel="inbox").order_by("-id").first()

    answer = reader.post("/en/inbox/", {"up_to": newest.ref, "key": "k1"})

    assert answer.status_code == 302
    shown = reader.get("/en/inbox/").content.decode()
    assert "New:" not in shown
    assert "A programme waits for the session" in shown


def test_a_stranger_s_message_is_not_found(reader, road):
    foreign = Message.objects.create(
        record_id=Record.objects.order_by("id").first().pk,
        person=road.cast.people["head"],
        channel="inbox",
        what="mandate:grant",
        params={},
        page="role",
        at=road.at,
        told_at=road.at,
        delivery="placed",
    )

    assert reader.post("/en/inbox/", {"up_to": foreign.ref, "key": "k2"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.delivery == "placed"


def test_how_often_is_chosen_on_a_page(reader, road):
    answer = reader.post("/en/inbox/choice/", {"email": "daily", "language": "ky", "key": "k3"})

    assert answer.status_code == 302
    chosen = Subscription.objects.get(person=road.cast.people["secretary"])
    assert (chosen.email, chosen.language) == ("daily", "ky")


def test_an_e_mail_about_a_contract_leads_each_side_to_its_own_page(road, mailing, client, monkeypatch):
    """Before both have signed, the public page of a contract does not exist."""
    monkeypatch.setattr(clock, "now", lambda: road.at)
    road.to_published()
    road.prepare_contract()
    drain()
    rows = list(Message.objects.filter(channel="email", what="contract:prepare_contract"))
    assert len(rows) >= 2

    for row in rows:
        address = reverse("inbox_message", args=[row.ref])
        assert address in operations._body(row)
        client.force_login(row.person.user)
        place = client.get(address)
        assert place.status_code == 302
        assert client.get(place["Location"]).status_code == 200

    client.force_login(road.cast.people["auditor"].user)
    assert client.get(reverse("inbox_message", args=[rows[0].ref])).status_code == 404


def test_a_message_whose_page_is_gone_leads_to_the_inbox(reader):
    row = Message.objects.filter(channel="inbox").first()
    row.page = "no_such_page/4F"

    with override("en"):
        assert operations.address_of(row) == "/en/inbox/"
    with pytest.raises(NoReverseMatch):
        from django.urls import reverse

        reverse("no_such_page")
