"""How figures and days are written in the three languages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from jardam.kernel.money import Money
from jardam.kernel.refusal import Basis, Refusal
from jardam.web import formats

N = "\u00a0"
INSTANT = datetime(2026, 3, 8, 18, 30, tzinfo=UTC)  # 00:30 of the ninth in Bishkek


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("ru", f"1{N}234{N}567,50{N}сом"),
        ("ky", f"1{N}234{N}567,50{N}сом"),
        ("en", f"KGS{N}1,234,567.50"),
    ],
)
def test_money_has_two_places_and_its_currency_where_the_language_puts_it(language, written):
    assert formats.money(Decimal("1234567.5"), language) == written
    assert formats.money(Money.som("1234567.50"), language) == written


def test_som_drops_only_tyiyn_that_are_not_there():
    assert formats.som(1000, "ru") == f"1{N}000{N}сом"
    assert formats.som(Decimal("0.50"), "ru") == f"0,50{N}сом"
    assert formats.som(Decimal("-12"), "en") == f"KGS{N}−12"
    assert formats.som(None, "ru") == ""


def test_money_keeps_every_digit_of_the_largest_amount():
    assert formats.money(Decimal("9999999999999999.99"), "en") == f"KGS{N}9,999,999,999,999,999.99"


def test_a_float_is_never_shown():
    with pytest.raises(TypeError):
        formats.money(0.1, "ru")


@pytest.mark.parametrize(
    ("value", "ru", "ky", "en"),
    [
        ("9999", f"9{N}999{N}сом", f"9{N}999{N}сом", f"KGS{N}9,999"),
        ("9999.5", f"9{N}999,50{N}сом", f"9{N}999,50{N}сом", f"KGS{N}9,999.50"),
        ("340000", f"340{N}тыс.{N}сом", f"340{N}миң{N}сом", f"KGS{N}340{N}thousand"),
        ("1234567", f"1,23{N}млн{N}сом", f"1,23{N}млн{N}сом", f"KGS{N}1.23{N}million"),
        ("999999", f"1{N}млн{N}сом", f"1{N}млн{N}сом", f"KGS{N}1{N}million"),
        ("15000000000", f"15{N}млрд{N}сом", f"15{N}млрд{N}сом", f"KGS{N}15{N}billion"),
    ],
)
def test_short_money_has_at_most_three_digits(value, ru, ky, en):
    assert [formats.short_money(Decimal(value), code) for code in ("ru", "ky", "en")] == [ru, ky, en]


def test_numbers_have_as_many_places_as_they_have():
    assert formats.number(1234567, "ru") == f"1{N}234{N}567"
    assert formats.number(Decimal("12.50"), "ky") == "12,5"
    assert formats.number(Decimal("1E+3"), "en") == "1,000"
    assert formats.short_number(Decimal("61.3"), "en") == "61.3"


def test_percent_and_share():
    assert formats.percent(Decimal("45.6"), "ru") == f"45,6{N}%"
    assert formats.percent(45, "en") == "45%"
    assert formats.share(1, 8, "ky", places=1) == f"12,5{N}%"
    assert formats.share(Decimal("2.5"), Decimal(100), "en") == "3%"
    assert formats.share(1, 0, "en") == "—"


def test_sizes_of_files():
    assert [formats.size(n, "ru") for n in (0, 245760, 1363149, 5 * 2**20)] == [
        f"0{N}Б", f"240{N}КБ", f"1,3{N}МБ", f"5{N}МБ",
    ]  # fmt: skip
    assert formats.size(1536, "en") == f"1.5{N}KB"


def test_short_days_look_alike_everywhere():
    assert {formats.day(date(2026, 3, 8), code) for code in ("ru", "ky", "en")} == {"08.03.2026"}


def test_long_days_are_for_documents():
    assert formats.long_day(date(2026, 3, 8), "ru") == f"8{N}марта 2026{N}г."
    assert formats.long_day(date(2026, 3, 8), "ky") == "2026-жылдын 8-марты"
    assert formats.long_day(date(2026, 6, 1), "ky") == "2026-жылдын 1-июну"
    assert formats.long_day(date(2026, 3, 8), "en") == f"8{N}March 2026"


def test_an_instant_is_shown_on_the_bishkek_clock_and_says_so():
    assert formats.instant(INSTANT, "ru") == "09.03.2026, 00:30 по бишкекскому времени"
    assert formats.instant(INSTANT, "ky") == "09.03.2026, 00:30, Бишкек убактысы боюнча"
    assert formats.instant(INSTANT, "en") == "09.03.2026, 00:30 Bishkek time"
    assert formats.day(INSTANT) == "09.03.2026"
    assert formats.instant(INSTANT, "en", seconds=True).startswith("09.03.2026, 00:30:00")


def test_a_naive_instant_is_refused():
    with pytest.raises(TypeError):
        formats.day(datetime(2026, 3, 8))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("count", "ru", "ky"), [(1, "one", "one"), (2, "few", "other"), (5, "many", "other"), (21, "one", "other"),
                            (11, "many", "other"), (112, "many", "other"), (0, "many", "other")]
)  # fmt: skip
def test_plural_forms(count, ru, ky):
    assert (formats.plural_form(count, "ru"), formats.plural_form(count, "ky")) == (ru, ky)


def test_the_language_of_the_reader_is_the_default_and_russian_without_one():
    with override("en"):
        assert formats.money(1) == f"KGS{N}1.00"
    with override(None):
        assert formats.money(1) == f"1,00{N}сом"


def test_days_left():
    with override("en"):
        assert formats.days_left(1) == "1 day left"
        assert formats.days_left(0) == "today"
        assert formats.days_left(-2, "working") == "2 working days late"


def test_a_refusal_is_said_with_its_figures_written_out():
    refusal = Refusal(
        "x_test", "{left} is left on {day} for {roles}, {year}, {count}.", Basis("house", "H-01"),
        {"left": Money.som(1000), "day": date(2026, 3, 8), "roles": ("specialist", "auditor"), "year": 2026,
         "count": 1500},
    )  # fmt: skip
    with override("en"):
        said = formats.sentence(refusal)
    assert said == f"KGS{N}1,000 is left on 08.03.2026 for specialist, auditor, 2026, 1,500."


def test_a_basis_is_named_in_the_language_of_the_reader():
    basis = Basis("law", "Resolution 604/2022", "Annexes 1, 2")

    with override("ru"):
        assert formats.cited(basis) == "Постановление № 604 2022 года, приложения 1, 2"
        assert formats.act_name("Resolution 604/2022, Annex 1") == "Постановление № 604 2022 года, приложение 1"
    with override("ky"):
        assert formats.cited(Basis("law", "Law 70/2017", "Art. 1(5)")) == "2017-жылдагы № 70 мыйзам, 1(5)-берене"
    with override("en"):
        assert formats.cited(basis) == "Resolution 604/2022, Annexes 1, 2"
        assert formats.cited(Basis("act", "Буйрук 12")) == "Буйрук 12"


def test_one_year_is_not_said_twice():
    assert (formats.years(2026, 2026), formats.years(2026, 2027)) == ("2026", "2026–2027")


def test_who_can_be_turned_to_is_named_without_the_clock_of_the_system():
    refusal = Refusal("x_roles", "Done by: {roles}.", Basis("house", "H-18"), {"roles": ("registrar", "system")})

    with override("en"):
        assert formats.sentence(refusal) == "Done by: registrar."
