"""Statements: files good and broken, and what becomes of their lines."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jardam.kernel.actor import system
from jardam.kernel.refusal import Refused
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.parties.queries import actor_of
from jardam.transparency.queries import verify
from jardam.treasury import operations as treasury
from jardam.treasury.models import Statement, StatementLine
from jardam.treasury.queries import counts_of, payments_come_back, payments_that_may_be, payments_without_line
from jardam.treasury.statements import read
from tests.world import as_owner, refuses, sql

HEAD = "date;number;amount;direction;account\n"
EXCHANGE = """1CClientBankExchange
ВерсияФормата=1.02
Кодировка=Windows
СекцияРасчСчет
РасчСчет=1180000000000001
ВсегоПоступило=5,00
ВсегоСписано=180000,00
КонецРасчСчет
СекцияДокумент=Платежное поручение
Номер=000417
Дата=10.04.2026
Сумма=180000.00
ПлательщикСчет=1180000000000001
ПолучательСчет=1180000000000009
ДатаСписано=11.04.2026
НазначениеПлатежа=Транш 1
КонецДокумента
СекцияДокумент=Платежное поручение
Номер=3
Дата=12.04.2026
Сумма=5.00
ПлательщикСчет=1180000000000009
ПолучательСчет=1180000000000001
КонецДокумента
КонецФайла
"""


# --- files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_the_exchange_format_is_read_in_both_encodings(encoding):
    first, second = read(EXCHANGE.encode(encoding))

    assert (first.document, str(first.day), first.amount, first.direction) == (
        "000417",
        "2026-04-11",
        Decimal("180000.00"),
        "out",
    )
    assert (second.direction, second.account, second.number) == ("in", "1180000000000009", 18)


def test_a_table_is_read_with_either_mark_and_either_date():
    semicolon = f"{HEAD}12.03.2026;7;1000,50;out;\n\n2026-03-13;8;2;in;1180000000000009\n"
    comma = HEAD.replace(";", ",") + '12.03.2026,7,"1000,50",out,\r\n2026-03-13,8,2.00,in,1180000000000009\r\n'

    one, other = ([(x.day, x.document, x.amount) for x in read(text.encode())] for text in (semicolon, comma))
    assert one == other
    assert one[0][2] == Decimal("1000.50")


@pytest.mark.parametrize(
    ("content", "code", "number"),
    [
        (b"", "statement_format", None),
        (b"PK\x03\x04\0\0", "statement_encoding", None),
        (b"\x98\xff", "statement_encoding", None),
        (b"a;b;c\n1;2;3\n", "statement_format", None),
        (HEAD.encode(), "statement_empty", None),
        (f"{HEAD}31.02.2026;7;1;out;\n".encode(), "statement_line", 2),
        (f"{HEAD}12.03.2026;7;1e9;out;\n".encode(), "statement_line", 2),
        (f"{HEAD}12.03.2026;7;-1;out;\n".encode(), "statement_line", 2),
        (f"{HEAD}12.03.2026;7;1.005;out;\n".encode(), "statement_line", 2),
        (f"{HEAD}12.03.2026;;1;out;\n".encode(), "statement_line", 2),
        (f"{HEAD}12.03.2026;7;1;sideways;\n".encode(), "statement_line", 2),
        (f"{HEAD}12.03.2026;7;1;out\n".encode(), "statement_line", 2),
        ((HEAD + "x" * 5000).encode(), "statement_too_long", 2),
        (EXCHANGE.replace("КонецФайла\n", "").encode(), "statement_unfinished", 24),
        (EXCHANGE.replace("КонецДокумента\nСекция", "Секция").encode(), "statement_unfinished", 17),
        (EXCHANGE.replace("180000,00", "180000,01").encode(), "statement_totals", None),
        (EXCHANGE.replace("РасчСчет=1180000000000001", "РасчСчет=9").encode(), "statement_line", 18),
    ],
)
def test_a_broken_file_is_refused_with_its_line(content, code, number):
    with pytest.raises(Refused) as raised:
        list(read(content))

    assert raised.value.code == code
    assert raised.value.refusals[0].params.get("number") == number
    assert str(raised.value.refusals[0])


@given(st.binary(max_size=300))
def test_whatever_bytes_come_they_are_read_or_refused(content):
    for head in (b"", HEAD.encode(), b"1CClientBankExchange\n"):
        try:
            assert list(read(head + content))
        except Refused as refusal:
            assert refusal.code.startswith("statement_")


# --- lines -----------------------------------------------------------------------------------------------------


@pytest.fixture
def paid(road):
    road.to_in_force()
    road.order_tranche()
    road.approve_payment()
    road.execute_payment()
    return road


def row(payment, **changes) -> str:
    cells = {"day": payment.executed_on, "number": payment.document_number, "amount": payment.amount, "way": "out"}
    cells |= changes
    return "{day};{number};{amount};{way};\n".format(**cells)


def second_officer(paid):
    person = parties.register_person(name="Экинчи кызматкер", email="second@demo.invalid", password=None)
    parties.grant_mandate(
        person=person,
        organisation=paid.cast.organisations["treasury"],
        role="treasury_officer",
        document="Буйрук 2",
        actor=system(paid.at),
    )
    return actor_of(person, paid.at)


def bring(road, text: str) -> Statement:
    return treasury.reconcile(actor=road.actor("treasurer"), content=text.encode(), name="vypiska.csv")


@pytest.mark.django_db
def test_every_line_is_matched_returned_or_unmatched_and_the_same_file_is_the_same(paid):
    payment = paid.payment
    assert payments_without_line(paid.cast.organisations["treasury"].pk) == [payment]
    back = row(payment, way="in", day=bishkek_day(paid.at))
    text = HEAD + row(payment) + row(payment) + back + row(payment, number="9")

    statement, again = bring(paid, text), bring(paid, text)

    assert statement == again
    assert counts_of(statement) == {"matched": 1, "returned": 1, "unmatched": 2}
    assert (statement.total_out, statement.total_in) == (3 * payment.amount, payment.amount)
    assert payments_without_line(paid.cast.organisations["treasury"].pk) == []
    assert list(verify()) == []


@pytest.mark.django_db
def test_money_that_came_in_again_waits_until_its_coming_back_is_recorded(paid):
    payment, treasury_id = paid.payment, paid.cast.organisations["treasury"].pk
    came_on = bishkek_day(paid.at)
    assert payments_come_back(treasury_id=treasury_id) == []

    bring(paid, HEAD + row(payment) + row(payment, way="in", day=came_on))

    assert payments_come_back(treasury_id=treasury_id) == [(payment, came_on)]
    assert payments_come_back(payer_id=payment.organisation_id) == [(payment, came_on)]
    assert payments_come_back(payer_id=treasury_id) == []
    paid.bounce_payment()
    assert payments_come_back(treasury_id=treasury_id) == []


@pytest.mark.django_db
def test_money_that_two_people_found_coming_in_again_waits_as_well(paid):
    payment, payer = paid.payment, paid.payment.organisation_id
    statement = bring(paid, HEAD + row(payment, number="9", way="in", day=bishkek_day(paid.at)))
    match = treasury.propose_match(
        actor=paid.actor("treasurer"), line=statement.lines.get(), reason="Сан башка.", payment=payment
    )
    assert payments_come_back(payer_id=payer) == []

    treasury.check_match(actor=second_officer(paid), match=match, agreed=True)

    assert [one for one, _ in payments_come_back(payer_id=payer)] == [payment]


@pytest.mark.django_db
def test_a_broken_file_leaves_nothing(paid):
    with refuses("statement_line"):
        bring(paid, HEAD + row(paid.payment) + "x;1;1;out;\n")

    assert Statement.objects.count() == StatementLine.objects.count() == 0


@pytest.mark.django_db
def test_a_line_that_fits_nothing_is_matched_by_one_and_checked_by_another(paid):
    bring(paid, HEAD + row(paid.payment, number="00417") + row(paid.payment, number="5", amount="1.00"))
    line, other = StatementLine.objects.order_by("id")
    first = paid.actor("treasurer")
    second = second_officer(paid)
    assert payments_that_may_be(line, line.statement.organisation_id) == [paid.payment]
    with refuses("match_amount_differs"):
        treasury.propose_match(actor=first, line=other, payment=paid.payment, reason="Ката")

    match = treasury.propose_match(actor=first, line=line, payment=paid.payment, reason="Номерде бир нөл жетишпейт")
    with refuses("line_matched"):
        treasury.propose_match(actor=first, line=line, payment=paid.payment, reason="Дагы")
    with refuses("same_hands"):
        treasury.check_match(actor=first, match=match, agreed=True)
    match = treasury.check_match(actor=second, match=match, agreed=True)

    assert match.state == "confirmed"
    assert payments_without_line(paid.cast.organisations["treasury"].pk) == []
    assert list(verify()) == []


@pytest.mark.django_db
def test_two_lines_are_never_the_same_payment(paid):
    bring(paid, HEAD + row(paid.payment, number="00417") + row(paid.payment, number="417"))
    line, other = StatementLine.objects.order_by("id")
    first, own = paid.actor("treasurer"), line.statement.organisation_id
    treasury.propose_match(actor=first, line=line, payment=paid.payment, reason="Номерде бир нөл жетишпейт")

    with refuses("payment_matched"):
        treasury.propose_match(actor=first, line=other, payment=paid.payment, reason="Бул да")
    assert payments_that_may_be(other, own) == []


@pytest.mark.django_db
def test_a_payment_goes_out_once_and_comes_back_once(paid):
    back = row(paid.payment, way="in", day=bishkek_day(paid.at))
    bring(paid, HEAD + row(paid.payment) + back + back + row(paid.payment, number="7", way="in"))
    first = paid.actor("treasurer")

    assert list(StatementLine.objects.order_by("id").values_list("found", flat=True)) == [
        "matched",
        "returned",
        "unmatched",
        "unmatched",
    ]
    with refuses("payment_matched"):
        treasury.propose_match(actor=first, line=StatementLine.objects.last(), payment=paid.payment, reason="Дагы")


@pytest.mark.django_db
def test_money_that_came_back_is_matched_beside_the_line_it_went_out_on(paid):
    bring(paid, HEAD + row(paid.payment) + row(paid.payment, number="7", way="in"))
    line = StatementLine.objects.get(found="unmatched")

    match = treasury.propose_match(
        actor=paid.actor("treasurer"), line=line, payment=paid.payment, reason="Банк кайтарды"
    )

    assert match.direction == "in"
    assert list(verify()) == []


@pytest.mark.django_db
def test_verify_finds_a_payment_that_two_lines_are_said_to_be(paid):
    bring(paid, HEAD + row(paid.payment) + row(paid.payment, number="7", way="in"))
    line = StatementLine.objects.get(found="unmatched")
    treasury.propose_match(actor=paid.actor("treasurer"), line=line, payment=paid.payment, reason="Банк кайтарды")
    with as_owner(triggers=False):
        sql("UPDATE treasury_linematch SET direction = 'out'")
        sql("UPDATE treasury_statementline SET direction = 'out'")

    assert any("2 lines of statements are said to be it" in fault for fault in verify())


@pytest.mark.django_db
def test_only_a_treasury_brings_statements(paid):
    with refuses("wrong_role"):
        treasury.reconcile(actor=paid.actor("accountant"), content=HEAD.encode(), name="x.csv")
