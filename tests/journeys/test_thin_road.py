"""The thin road in a real browser, in Kyrgyz: specialist, council secretary, NGO head, three commission members,
accountant, treasury officer and citizen; then the public page, the receipt, the ledger and `verify`."""

from __future__ import annotations

import datetime as dt
import os
import re
from decimal import Decimal
from pathlib import Path

import pytest

from jardam.contests.models import Contest
from jardam.contracts.models import Contract
from jardam.demonstration import cast
from jardam.demonstration.cast import texts
from jardam.demonstration.road import MEMBERS, SECTIONS, start_of
from jardam.kernel.time import bishkek_day
from jardam.planning.models import Programme
from jardam.regime.operations import deadline, settle
from jardam.transparency.queries import verify
from jardam.treasury.queries import trail_of_appropriations
from tests.journeys.browser import People, people
from tests.site import Site, running

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MONDAY = start_of(dt.date(2026, 2, 2))
TEXT = texts()["themes"]["elders"]
LANGUAGES = ("ky", "ru", "en")


@pytest.fixture
def everybody(committed):
    return cast.register(MONDAY)


def in_each(name: str, text: dict[str, str]) -> dict[str, str]:
    return {f"{name}_{language}": text[language] for language in LANGUAGES}


def later(site: Site, **kwargs: int) -> None:
    site.at += dt.timedelta(**kwargs)


def test_the_thin_road_in_kyrgyz(everybody, monkeypatch):
    # The browser's event loop makes Django think that everything is asynchronous; every thread here is not.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    users = {name: person.user.pk for name, person in everybody.people.items()}
    with running(monkeypatch, MONDAY) as site, people(site, users, "ky") as cast_of:
        programme = plan(cast_of, site)
        contest = announce(cast_of, site, programme)
        receipts = apply(cast_of, site, contest)
        review(cast_of, site, contest)
        contract = contract_and_money(cast_of, site)
        read_in_public(cast_of, contest, contract, receipts)
        assert cast_of.complaints() == []
    trail = trail_of_appropriations("programme", [programme.pk])
    assert trail.appropriated == trail.allocated == Decimal(TEXT["measure"]["amount"])
    assert trail.reserved == trail.committed == contract.amount
    assert trail.ordered == trail.paid == trail.accepted > 0
    assert list(verify()) == []


def plan(cast_of: People, site: Site) -> Programme:
    study, specialist = TEXT["study"], cast_of["specialist"]
    specialist.go("desk/studies/new/").fill(
        **in_each("title", study["title"]), year=2026, method=study["method"], sources=study["sources"]
    )
    for n, group in enumerate(study["groups"]):
        number = n + first_number(specialist, "group_")
        specialist.fill(
            **{
                f"group_{number}": group["group"],
                f"headcount_{number}": group["headcount"],
                f"served_{number}": group["served"],
                f"severity_{number}": group["severity"],
                f"unit_cost_{number}": group["unit_cost"],
            }
        )
    specialist.press()
    later(site, days=3)
    specialist.go("desk/programmes/new/")
    specialist.page.locator("[name=study]").evaluate("e => e.selectedIndex = e.options.length - 1")
    specialist.fill(
        **in_each("title", TEXT["programme"]["title"]),
        **in_each("goal", TEXT["programme"]["goal"]),
        year_from=2026,
        year_to=2027,
    ).press()
    home, measure = specialist.path(), TEXT["measure"]
    specialist.go(home + "measure/").fill(
        form="grants",
        group=measure["group"],
        **in_each("title", measure["title"]),
        year=2026,
        amount=measure["amount"],
        **in_each("indicator", measure["indicator"]),
        baseline=measure["baseline"],
        target=measure["target"],
    ).press()
    written = {f"{code}_{lang}": text for code, texts in SECTIONS.items() for lang, text in texts.items()}
    specialist.go(home + "sections/").fill(**written).press()
    specialist.go(home + "submit/").press()
    later(site, days=7)
    secretary = cast_of["secretary"].go("council/")
    secretary.go(secretary.link(r"^council/[0-9A-Z]{10}/")).go(secretary.path() + "adopt/")
    secretary.fill(
        number="14-3",
        adopted_on=bishkek_day(site.at),
        members=21,
        quorum=11,
        present=17,
        votes_for=15,
        votes_against=1,
        abstained=1,
    ).press()
    later(site, days=1)
    accountant = (
        cast_of["accountant"]
        .go(home + "money/")
        .fill(
            year=2026,
            source="local",
            line="Социалдык коргоо",
            amount=measure["amount"],
            unit="thousand",
            retyped=str(int(Decimal(measure["amount"])) // 1000),
            document="Токтом 14-4",
            document_on=bishkek_day(site.at),
        )
    )
    accountant.press()
    later(site, days=1)
    return Programme.objects.get()


def first_number(window, prefix: str) -> int:
    """Whether numbered fields begin at 0 or at 1."""
    return 0 if window.page.locator(f'[name="{prefix}0"]').count() else 1


def announce(cast_of: People, site: Site, programme: Programme) -> Contest:
    text, specialist = TEXT["contest"], cast_of["specialist"]
    specialist.go("desk/contests/new/").fill(programme=programme.ref, **in_each("title", text["title"])).press()
    contest = Contest.objects.get()
    home = f"desk/contests/{contest.ref}/"
    specialist.go(home + "announcement/").fill(
        **in_each("title", text["title"]),
        **in_each("goal", text["goal"]),
        **in_each("tasks", text["tasks"]),
        **in_each("problem", text["problem"]),
        contacts=text["contacts"],
        months=text["months"],
    ).press()
    specialist.go(home + "lot/")
    specialist.page.locator("[name=measure]").first.check()
    specialist.fill(amount=TEXT["measure"]["amount"], ceiling=text["ceiling"]).press()
    head = cast_of["head"].go(home + "announce/")
    head.fill(closes_on=bishkek_day(site.at) + dt.timedelta(days=3)).refused("deadline_too_early")
    rules = settle(customer=contest.customer, form="grants", at=site.at)
    head.fill(closes_on=deadline(rules, "ann.min_term", site.at).due_on).press()
    contest.refresh_from_db()
    assert contest.state == "announced"
    later(site, days=3)
    return contest


def apply(cast_of: People, site: Site, contest: Contest) -> list[str]:
    receipts = []
    for name in ("umut", "birge"):
        head = cast_of[f"{name}_head"].go(f"contests/{contest.ref}/").follow("/apply/lots/")
        head.press()
        home = re.match(r"apply/[0-9A-Z]{10}/", head.path())[0]
        for section, data in TEXT["applications"][name].items():
            head.go(f"{home}{section}/")
            rows = data.get("rows")
            if rows:
                first = first_number_dash(head)
                if not head.page.locator(f'[name="{first + len(rows) - 1}-{next(iter(rows[0]))}"]').count():
                    head.press("button[name=then][value=more]")
                for n, row in enumerate(rows):
                    head.fill(**{f"{n + first}__{cell}": value for cell, value in row.items()})
            else:
                head.fill(**data)
            head.press()
        head.go(f"{home}check/").press()
        receipts.append(re.search(r"[0-9A-Z]{10}", head.page.locator("main").inner_text().replace("-", ""))[0])
        assert "sent" in head.path()
        later(site, hours=1)
    citizen = cast_of.visitor().go(f"contests/{contest.ref}/")
    assert "Үмүт нуру" not in citizen.text() and "Бирге кадам" not in citizen.text()
    assert "Жылуу үй" not in citizen.text()
    cast_of["specialist"].turned_away(f"desk/contests/{contest.ref}/opening/", "deadline_not_passed")
    assert contest.applications.filter(state="opened").count() == 0
    site.at = contest.deadline_at + dt.timedelta(hours=15)
    cast_of["specialist"].go(f"desk/contests/{contest.ref}/opening/").press()
    contest.refresh_from_db()
    assert contest.state == "opened"
    return receipts


def first_number_dash(window) -> int:
    return 0 if window.page.locator('[name^="0-"]').count() else 1


def review(cast_of: People, site: Site, contest: Contest) -> None:
    from jardam.review.models import Candidacy, Proceeding, Protocol

    head = cast_of["head"].go(f"desk/contests/{contest.ref}/commission/")
    head.fill(order_number="27", ordered_on=bishkek_day(site.at))
    first = first_number(head, "person_")
    for n, (name, side, seat) in enumerate(MEMBERS):
        select = head.page.locator(f"[name=person_{n + first}]")
        person = cast_of_name(name)
        value = select.locator("option", has_text=person).first.get_attribute("value")
        head.fill(**{f"person_{n + first}": value, f"side_{n + first}": side, f"seat_{n + first}": seat})
    head.press()
    specialist, lot = cast_of["specialist"], contest.lots.get()
    specialist.go(f"desk/contests/{contest.ref}/review/{lot.ref}/").press()
    proceeding = Proceeding.objects.get()
    candidacies = list(Candidacy.objects.order_by("id"))
    for name, _, _ in MEMBERS:
        member = cast_of[name].go(f"commission/{proceeding.ref}/declaration/")
        member.fill(**{one.ref: "no" for one in candidacies}).press()
    for one in candidacies:
        specialist.go(f"desk/candidacies/{one.ref}/admit/").press()
    for name, _, _ in MEMBERS:
        for one in candidacies:
            score(cast_of, name, one)
    later(site, days=1)
    specialist.go(f"desk/reviews/{proceeding.ref}/sitting/").fill(
        held_on=bishkek_day(site.at),
        present=["1", "2", "3"],
        votes_for=3,
        votes_against=0,
        abstained=0,
        chair_for="yes",
    ).press()
    protocol = Protocol.objects.get()
    for name, _, _ in MEMBERS:
        cast_of[name].go(f"commission/protocols/{protocol.ref}/sign/").press()
    specialist.go(f"desk/protocols/{protocol.ref}/publish/").press()
    protocol.refresh_from_db()
    assert protocol.state == "published"


def cast_of_name(name: str) -> str:
    return texts()["people"][name]["name"]


def score(cast_of: People, name: str, one) -> None:
    """Open the application by pressing, read it, score it, send."""
    member = cast_of[name].go(f"commission/applications/{one.ref}/").press()
    short = next(n for n in ("umut", "birge") if TEXT["applications"][n]["project"]["title"] in member.text())
    marks = iter(texts()["marks"][name][short] * 3)
    for select in member.page.locator("[name$='-score']").all():
        criterion = (select.get_attribute("name") or "").removesuffix("-score")
        member.fill(**{f"{criterion}__score": next(marks), f"{criterion}__reason": texts()["mark_reason"]})
    member.press("main form:has([name$='-score']) .actions button")


def contract_and_money(cast_of: People, site: Site) -> Contract:
    from jardam.review.models import Award

    award, specialist = Award.objects.get(), cast_of["specialist"]
    specialist.go(f"desk/awards/{award.ref}/contract/").press()
    contract = Contract.objects.get()
    site.at = award.protocol.signing_from + dt.timedelta(hours=16)
    cast_of["head"].go(f"desk/contracts/{contract.ref}/sign/").press()
    cast_of["umut_head"].go(f"apply/contracts/{contract.ref}/sign/").press()
    contract.refresh_from_db()
    assert contract.state == "in_force"
    cast_of["accountant"].go(f"desk/contracts/{contract.ref}/tranche/").press()
    from jardam.treasury.models import PaymentOrder

    payment = PaymentOrder.objects.get()
    pay(cast_of, site, payment)
    cast_of["treasurer"].go(f"treasury/{payment.ref}/").fill(number="000417", executed_on=bishkek_day(site.at)).press()
    later(site, days=50)
    report = TEXT["report"]
    cast_of["umut_head"].go(f"apply/contracts/{contract.ref}/report/").fill(
        narrative=report["narrative"], people_served=report["people_served"], spent=payment.amount
    ).press()
    sent = contract.reports.get()
    specialist.go(f"desk/reports/{sent.ref}/accept/").press()
    sent.refresh_from_db()
    assert sent.state == "accepted"
    return contract


def pay(cast_of: People, site: Site, payment) -> None:
    """The month is planned, the package drawn up and signed twice; the treasury has it then."""
    from jardam.parties.models import Person
    from jardam.treasury.models import PaymentPackage

    accountant, month = cast_of["accountant"], bishkek_day(site.at).month
    months = {f"month_{n}": payment.amount if n == month else 0 for n in range(1, 13)}
    accountant.go(f"desk/budget/{payment.appropriation.ref}/months/").fill(reason="Кат 3", **months).press()
    signing = {name: Person.objects.get(name=cast_of_name(name)).pk for name in ("accountant", "head")}
    accountant.go("desk/packages/new/").fill(
        payments=[payment.ref], first=str(signing["accountant"]), second=str(signing["head"])
    ).press()
    package = PaymentPackage.objects.get()
    accountant.go(f"desk/packages/{package.ref}/sign/").press()
    cast_of["head"].go(f"desk/packages/{package.ref}/sign/").press()


def read_in_public(cast_of: People, contest: Contest, contract: Contract, receipts: list[str]) -> None:
    pictures = Path(os.environ["JARDAM_PICTURES"]) if os.environ.get("JARDAM_PICTURES") else None
    for language in LANGUAGES:
        citizen = cast_of.visitor(language).go(f"contests/{contest.ref}/")
        assert citizen.page.locator("html").get_attribute("lang") == language
        assert "Жылуу үй" in citizen.text()
        for path in ("", "contests/", f"contracts/{contract.ref}/", "programmes/", f"receipts/{receipts[0]}/"):
            citizen.go(path)
        assert citizen.complaints == []
    wide = cast_of.visitor("ky").go(f"contracts/{contract.ref}/")
    assert "445" in wide.text() and "133" in wide.text()
    if pictures:
        wide.go(f"contests/{contest.ref}/").page.screenshot(path=pictures / "contest.png")
