"""Who has the database without the key file has no application, no score and no name of an applicant's team; and
within the system each sees them only when and as far as the rules say (decisions.md §6, blueprint §6.3–4)."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from pydantic import ValidationError

from conftest import DATA, Cluster
from jardam.contests import operations as contests
from jardam.contests import queries as contest_queries
from jardam.contests.models import Application, DraftSection, Version
from jardam.contests.rules import Content
from jardam.demonstration.cast import texts
from jardam.demonstration.road import Road
from jardam.documents import operations as documents
from jardam.documents.models import Look, Seal, path_of
from jardam.documents.queries import looks
from jardam.documents.sealing import KeyFault, make_key_file
from jardam.review import operations as review
from jardam.review import queries as review_queries
from jardam.review.models import ScoreSheet
from tests.world import MEMBER_NAMES, new_road, refuses, sql

# --- the dump --------------------------------------------------------------------------------------------------


def copied(name: str, cluster: Cluster) -> bytes:
    """Every cell of every table: texts as they are, binary columns as their bytes."""
    with cluster.admin(name) as owner:
        tables = owner.execute("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables").fetchall()
        cells = [
            cell if isinstance(cell, bytes) else str(cell).encode()
            for (table,) in tables
            if not table.startswith("pg_catalog.")
            for row in owner.execute(f"SELECT * FROM {table}")
            for cell in row
        ]
    return b"\n".join(cells)


def dumped(name: str, cluster: Cluster) -> bytes:
    """What pg_dump of the running server writes, with its binary columns (in hex) as bytes beside it."""
    done = subprocess.run([pg_dump(), "--inserts", "--no-owner", name], env=environment(cluster), capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    binary = [bytes.fromhex(part.split(b"'", 1)[0].decode()) for part in done.stdout.split(b"'\\x")[1:]]
    return done.stdout + b"\n".join(binary)


def pg_dump() -> str:
    """The one beside the server's own binaries, else the one of the path."""
    for remembered in sorted(DATA.glob("pgdata-*.json")):
        beside = shutil.which("pg_dump", path=json.loads(remembered.read_text())["binaries"])
        if beside:
            return beside
    found = shutil.which("pg_dump")
    if found is None:
        pytest.skip("this PostgreSQL came without pg_dump; the copied tables were searched")
    return found


def environment(cluster: Cluster) -> dict[str, str]:
    names = {"host": "PGHOST", "user": "PGUSER", "port": "PGPORT", "password": "PGPASSWORD"}
    return {names[key]: value for key, value in cluster.connect.items()}


def strings(content: Any) -> Iterator[str]:
    match content:
        case dict():
            for value in content.values():
                yield from strings(value)
        case list():
            for value in content:
                yield from strings(value)
        case str():
            yield content


def forms(secret: str) -> list[bytes]:
    """The ways a text may stand in a dump: as it is, and escaped as JSON does, once or twice."""
    once = json.dumps(secret)[1:-1]
    return [form.encode() for form in dict.fromkeys((secret, once, json.dumps(once)[1:-1]))]


def found_in(dump: bytes, secrets: list[str]) -> list[str]:
    return [secret for secret in secrets if any(form in dump for form in forms(secret))]


@pytest.mark.parametrize("how", [copied, dumped])
def test_a_dump_before_the_opening_holds_nothing_of_an_application(committed, cluster, how):
    road = new_road()
    road.to_announced()
    public = how(committed, cluster)
    secrets = [s for s in strings(road.text("applications")) if not found_in(public, [s])]
    assert len(secrets) > 25, "the road's applications have texts that nothing else holds"

    for name in ("umut", "birge"):
        road.write_application(name)
    road.submit("umut")
    connection.close()

    assert found_in(how(committed, cluster), secrets) == []


@pytest.mark.parametrize("how", [copied, dumped])
def test_a_dump_before_the_reveal_holds_no_score_and_still_nothing_of_an_application(committed, cluster, how):
    road = new_road()
    road.to_announced()
    public = how(committed, cluster)
    secrets = [s for s in strings(road.text("applications")) if not found_in(public, [s])]
    road.write_application("umut")
    road.write_application("birge")
    road.submit("umut")
    road.submit("birge")
    road.pass_deadline()
    road.open()
    road.appoint_commission()
    road.begin_review()
    for member in MEMBER_NAMES:
        road.declare(member)
    road.admit("umut")
    road.admit("birge")
    road.score("member_state", "umut")
    road.score("member_civil", "umut")
    connection.close()

    dump = how(committed, cluster)

    assert found_in(dump, secrets) == []
    assert found_in(dump, [texts()["mark_reason"]]) == []
    assert dump.count(b'score"') == public.count(b'score"'), "the levels of the criteria are public, scores are not"


@pytest.mark.parametrize("how", [copied, dumped])
def test_a_dump_holds_no_document_no_partner_and_nobody_who_brought_an_envelope(committed, cluster, how):
    road = new_road()
    road.to_announced()
    road.write_application("umut")
    road.register_paper(carrier="Асылбек Мамбетов")
    with transaction.atomic():
        contests.name_partner(
            actor=road.actor("umut_head"),
            application=road.applications["umut"],
            name="Ак-Кыя аялдар кеңеши",
            role="Ыктыярчыларды жыйнайт",
        )
    road.submit("umut")
    connection.close()

    secrets = ["charter.pdf", "Ак-Кыя аялдар", "Ыктыярчыларды", "Асылбек", "Конкурска арыз", "demonstration: charter"]
    assert found_in(how(committed, cluster), secrets) == []


@pytest.mark.django_db
def test_the_bytes_of_a_document_are_sealed_on_the_disk_each_for_itself(road):
    road.to_announced()
    road.write_application("umut")
    attached = road.applications["umut"].attachments.select_related("file__file").order_by("id")
    files = [one.file.file for one in attached]
    kept = [path_of(file.sha256).read_bytes() for file in files]

    assert len(kept) == 3
    assert not any(b"PDF" in content or b"demonstration" in content for content in kept)
    assert {file.media_type for file in files} == {"application/octet-stream"}
    assert {file.name for file in files} == {f"{one.file.ref}.sealed" for one in attached}
    first, second = (one.file for one in attached[:2])
    first.file = second.file
    with pytest.raises(KeyFault):
        documents.open_sealed(first)


def test_the_search_of_the_dump_finds_what_is_there(committed, cluster):
    """The other tests would pass on an empty dump; this one would not."""
    road = new_road()
    road.to_published()
    connection.close()

    published = ["Жылуу үй", "Жылдыз Асанова", '"schema":"jardam-protocol/1"']  # the last in a binary column
    for how in (copied, dumped):
        assert found_in(how(committed, cluster), published) == published


# --- the key file ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_without_the_key_file_nothing_opens(road, settings, tmp_path):
    road.to_announced()
    road.write_application("umut")
    version = road.submit("umut")
    label = road.applications["umut"].label
    assert documents.unseal_content(label, "v1", version.sealed)

    settings.KEY_FILE = tmp_path / "lost-key"
    with pytest.raises(KeyFault):
        documents.unseal_content(label, "v1", version.sealed)

    make_key_file(settings.KEY_FILE)  # another one
    with pytest.raises(KeyFault):
        documents.unseal_content(label, "v1", version.sealed)


@pytest.mark.django_db
def test_a_ciphertext_opens_only_where_it_was_sealed(road):
    road.to_announced()
    for name in ("umut", "birge"):
        road.write_application(name)
    umut, birge = (road.applications[name].label for name in ("umut", "birge"))
    sealed = DraftSection.objects.get(application=road.applications["umut"], section="team").sealed
    assert documents.unseal_content(umut, "draft-team", sealed)

    for label, part in ((birge, "draft-team"), (umut, "draft-project"), (umut, "v1")):
        with pytest.raises(KeyFault):
            documents.unseal_content(label, part, sealed)


@pytest.mark.django_db
def test_a_seal_moved_to_another_object_does_not_open_it(road):
    road.to_announced()
    road.write_application("umut")
    umut = road.applications["umut"].label
    sealed = DraftSection.objects.get(application=road.applications["umut"], section="team").sealed
    wrapped = Seal.objects.get(label=umut).wrapped_key

    Seal.objects.create(label="application:ELSEWHERE0", wrapped_key=wrapped, at=road.at)

    with pytest.raises(KeyFault):
        documents.unseal_content("application:ELSEWHERE0", "draft-team", sealed)


@pytest.mark.django_db
def test_equal_contents_are_sealed_to_different_bytes(road):
    road.to_announced()
    road.write_application("umut")
    label = road.applications["umut"].label

    assert documents.seal_content(label, "v1", {"a": 1}) != documents.seal_content(label, "v1", {"a": 1})


# --- before the opening ----------------------------------------------------------------------------------------


@pytest.fixture
def submitted(road) -> Road:
    road.to_announced()
    road.write_application("umut")
    road.submit("umut")
    return road


@pytest.mark.django_db
def test_before_the_opening_nobody_but_the_applicant_finds_an_application(submitted):
    ref = submitted.applications["umut"].ref

    seen = [name for name in submitted.cast.people if finds(submitted, name, ref)]

    assert seen == ["umut_head", "umut_editor"]


def finds(road: Road, name: str, ref: str) -> bool:
    try:
        return bool(contest_queries.application(ref, road.actor(name)))
    except Application.DoesNotExist:
        return False


@pytest.mark.django_db
def test_before_the_opening_nobody_opens_the_seal_and_no_look_is_left(submitted):
    for name in submitted.cast.people:
        with refuses("contest_not_open"):
            contests.read_application(
                actor=submitted.actor(name), application=submitted.applications["umut"], purpose="review"
            )

    assert not Look.objects.exists()


@pytest.mark.django_db
def test_an_application_that_was_never_submitted_stays_closed_after_the_opening(submitted):
    submitted.write_application("birge")
    submitted.pass_deadline()
    submitted.open()
    draft = submitted.applications["birge"]

    assert [name for name in submitted.cast.people if finds(submitted, name, draft.ref)] == ["birge_head"]
    with refuses("contest_not_open"):
        contests.read_application(actor=submitted.actor("specialist"), application=draft, purpose="screening")


@pytest.mark.django_db
def test_after_the_opening_the_customer_sees_it_and_other_applicants_do_not(submitted):
    submitted.pass_deadline()
    submitted.open()
    ref = submitted.applications["umut"].ref

    seen = {name for name in submitted.cast.people if finds(submitted, name, ref)}

    assert {"specialist", "umut_head"} <= seen
    assert seen.isdisjoint({"birge_head", "registrar", "auditor", "lawyer", "treasurer", "secretary"})


# --- looks -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_whoever_opens_an_application_for_the_review_leaves_a_look(road):
    road.to_scoring()
    candidacy = road.candidacy("umut")

    content = review.read_candidacy(actor=road.actor("member_civil"), candidacy=candidacy)
    review.read_candidacy(actor=road.actor("specialist"), candidacy=candidacy, purpose="screening")

    assert content.project.title == "Жылуу үй"
    told = [(look.person_name, look.role, look.purpose, look.at) for look in looks(candidacy.application.label)]
    assert told == [
        (road.cast.people["specialist"].name, "specialist", "screening", road.at),
        (road.cast.people["member_civil"].name, "commission_member", "review", road.at),
    ]


@pytest.mark.django_db
def test_the_applicants_own_reading_leaves_no_look(submitted):
    contest_queries.draft_content(submitted.applications["umut"])

    assert not Look.objects.exists()


# --- interests -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_member_with_an_interest_neither_reads_nor_scores_that_application(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()
    road.declare("member_state")
    road.declare("member_kenesh")
    road.declare("member_civil", conflicted=("umut",))
    road.admit("umut")
    road.admit("birge")
    actor = road.actor("member_civil")

    with refuses("member_has_interest"):
        review.read_candidacy(actor=actor, candidacy=road.candidacy("umut"))
    with refuses("member_has_interest"):
        review.submit_scores(actor=actor, candidacy=road.candidacy("umut"), scores=road.scores("member_civil", "umut"))

    assert not Look.objects.exists()
    assert not ScoreSheet.objects.exists()
    assert review.read_candidacy(actor=actor, candidacy=road.candidacy("birge"))


@pytest.mark.django_db
def test_a_member_reads_nothing_before_declaring_interests(road):
    road.to_opened()
    road.appoint_commission()
    road.begin_review()

    with refuses("interests_first"):
        review.read_candidacy(actor=road.actor("member_civil"), candidacy=road.candidacy("umut"))


@pytest.mark.django_db
def test_who_sits_in_no_commission_and_screens_nothing_reads_no_application(road):
    road.to_scoring()

    for name in ("head", "accountant", "secretary", "auditor", "registrar", "lawyer", "birge_head", "treasurer"):
        with refuses("wrong_role"):
            review.read_candidacy(actor=road.actor(name), candidacy=road.candidacy("umut"))
    assert not Look.objects.exists()


# --- scores ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_before_the_reveal_no_query_gives_a_score(road):
    road.to_scoring()
    road.score("member_state", "umut")
    road.score("member_state", "birge")

    for ask in (review_queries.candidates, review_queries.preview):
        with pytest.raises(LookupError):
            ask(road.proceeding)
    desks = review_queries.desk_of(road.proceeding, road.actor("member_civil"))
    assert [desk.scored for desk in desks] == [False, False], "what others handed in is not told"
    assert [desk.scored for desk in review_queries.desk_of(road.proceeding, road.actor("member_state"))] == [
        True,
        True,
    ]


@pytest.mark.django_db
def test_the_journal_says_of_a_score_sheet_only_that_it_came(road):
    road.to_scoring()
    road.score("member_state", "umut")

    said = sql("SELECT public_data FROM journal_record WHERE verb = 'submit_scores'")

    assert [set(json.loads(row[0]) if isinstance(row[0], str) else row[0]) for row in said] == [
        {"sheets", "sealed_sha256"}
    ]


@pytest.mark.django_db
def test_scores_are_handed_in_once_and_stay(road):
    road.to_scoring()
    road.score("member_state", "umut")

    with refuses("scored_already"):
        review.submit_scores(
            actor=road.actor("member_state"),
            candidacy=road.candidacy("umut"),
            scores=road.scores("member_state", "birge"),
        )


@pytest.mark.django_db
def test_after_the_last_sheet_the_scores_are_open_to_the_sitting(road):
    road.to_scoring()
    for member in MEMBER_NAMES:
        for name in ("umut", "birge"):
            road.score(member, name)

    assert {candidate.scorers for candidate in review_queries.candidates(road.proceeding)} == {3}


# --- faults ----------------------------------------------------------------------------------------------------


def test_a_fault_in_an_application_does_not_repeat_what_it_says():
    """Faults reach the server's log."""
    content = json.loads(json.dumps(texts()["themes"]["elders"]["applications"]["umut"]))
    content["people"]["count"] = "Бурулсун"

    with pytest.raises(ValidationError) as raised:
        Content.model_validate(content)

    assert "Бурулсун" not in str(raised.value)


@pytest.mark.django_db
def test_the_receipt_of_a_submission_tells_time_and_hash_and_nothing_sealed(submitted):
    version = Version.objects.get()

    receipt = contest_queries.receipt(version.ref)

    assert (receipt.at, receipt.content_sha256) == (version.at, version.content_sha256)
    assert "sealed" in receipt.get_deferred_fields()


def test_the_key_file_stands_outside_of_the_database():
    assert settings.KEY_FILE.is_file()
    assert settings.KEY_FILE.stat().st_mode & 0o077 == 0
