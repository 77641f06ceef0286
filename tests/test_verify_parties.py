"""`verify` names what was changed past the acts in profiles, successions, restrictions and territories."""

from __future__ import annotations

import datetime as dt

import pytest

from jardam.journal.models import Record
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.transparency.queries import verify
from tests.world import as_owner, sql

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CORRUPTIONS = {
    "parties_profile": 'content = \'{"text": "x"}\'',
    "parties_name": 'title = \'{"ky": "x"}\'',
    "parties_succession": "valid_from = valid_from + 1",
    "parties_restriction": "ground = 'sanction'",
    "parties_restrictionlift": "document = 'x'",
    "parties_territory": "code = '41702000000009'",
    "parties_organisation": "refused_for = 'twice'",
}


def everything(road) -> None:
    """One row of each kind, by its own act."""
    umut, birge = road.cast.organisations["umut"], road.cast.organisations["birge"]
    registrar, day = road.actor("registrar"), bishkek_day(road.at)
    parties.update_profile(
        organisation=umut, part="address", content={"text": "Ленин 1"}, actor=road.actor("umut_head")
    )
    bar = parties.restrict(
        organisation=umut,
        ground="tax_debt",
        source_kind="contract",
        source_id=1,
        cause=Record.objects.latest("pk"),
        valid_from=day,
    )
    parties.lift_restriction(restriction=bar, document="Чечим", actor=registrar)
    one, two = (
        parties.add_territory(actor=registrar, title={"ky": "А"}, level="city", document="Закон", code=code)
        for code in ("41702000000000", "41703000000000")
    )
    parties.merge_territory(
        territory=one, into=two, until=day + dt.timedelta(days=1), document="Указ", actor=registrar
    )
    parties.succeed(organisation=umut, successor=birge, valid_from=day, document="Чечим", actor=registrar)


def test_what_the_registrar_entered_verifies_and_a_change_past_the_acts_is_named(road):
    everything(road)
    assert list(verify()) == []

    for table, change in CORRUPTIONS.items():
        with as_owner(triggers=False):
            ((pk,),) = sql(f"SELECT id FROM {table} ORDER BY id LIMIT 1")
            sql("SAVEPOINT before")
            sql(f"UPDATE {table} SET {change} WHERE id = %s", pk)
        assert any(fault.startswith(f"{table} {pk}: ") for fault in verify()), table
        sql("ROLLBACK TO SAVEPOINT before")
