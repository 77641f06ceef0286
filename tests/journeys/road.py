"""The whole road of the grants, pressed through pages by everybody it needs, from a citizen's problem to the closed
contract. Written once; a browser walks it in Kyrgyz, Django's test client in Russian and English.

Who has to act comes by their own desk: `due` fails where the next step is not offered there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from jardam.contests.models import Application, Contest
from jardam.contracts.models import Contract, Expense, Report, Return
from jardam.contracts.queries import budget, indicators
from jardam.demonstration import cast
from jardam.demonstration.cast import Cast, texts
from jardam.demonstration.road import MEMBERS, PANEL, SCAN, SECTIONS, Road, document_of
from jardam.documents.models import Document
from jardam.kernel.time import bishkek_day
from jardam.parties import operations as parties
from jardam.planning.models import Problem, Programme
from jardam.planning.queries import discussion_of, least_discussion
from jardam.regime.operations import deadline, settle
from jardam.review.models import Appeal, Award, Candidacy, Proceeding, Protocol
from jardam.treasury.models import PaymentOrder, PaymentPackage

from .windows import People, in_each

TEXT = texts()["themes"]["elders"]
CITIZEN = "Бактыбек Усубалиев"
UNSPENT = Decimal("5000.00")


def everybody(at: dt.datetime) -> Cast:
    """The cast, those who answer appeals, and a citizen who stands for nobody."""
    registered = cast.register(at)
    list(Road(registered, at).register_panel())
    with transaction.atomic():
        registered.people["citizen"] = parties.register_person(
            name=CITIZEN, email="citizen@demo.invalid", password=None, is_cast=True
        )
    return registered


def users_of(registered: Cast) -> dict[str, int]:
    return {name: person.user.pk for name, person in registered.people.items()}


@dataclass
class WholeRoad:
    """One walk; what is made on the way is kept for those who look at it afterwards."""

    people: People
    site: Any
    programme: Programme = field(init=False)
    contest: Contest = field(init=False)
    proceeding: Proceeding = field(init=False)
    protocol: Protocol = field(init=False)
    appeal: Appeal = field(init=False)
    contract: Contract = field(init=False)
    applications: dict[str, Application] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)

    def walk(self) -> None:
        self.propose()
        self.plan()
        self.discuss()
        self.adopt()
        self.announce()
        self.ask_and_amend()
        self.apply()
        self.open()
        self.declare()
        self.admit()
        self.score()
        self.decide()
        self.read_letters()
        self.appeal_and_reject()
        self.sign_contract()
        for _ in self.contract.tranches.all():
            self.pay()
            self.report()
        self.close()
        self.follow_the_money()

    def later(self, **kwargs: int) -> None:
        self.site.at += dt.timedelta(**kwargs)

    def today(self) -> dt.date:
        return bishkek_day(self.site.at)

    # --- planning --------------------------------------------------------------------------------------------------

    def propose(self) -> None:
        """A citizen says what is missing; the customer reads, publishes and answers it."""
        citizen = self.people["citizen"].go("problems/").follow("problems/new/|problems/mine/")
        if "new" not in citizen.path():
            citizen.follow("problems/new/")
        citizen.choose("customer", "Көк-Булак" if self.people.language != "en" else "Kok-Bulak")
        citizen.fill(group="older_people_alone", place="Төмөнкү-Арал айылы", text="Он эки кары киши отунсуз калды.")
        citizen.press()
        problem = Problem.objects.get()
        self.people["specialist"].due(problem.ref).follow("/publish/").press()
        self.later(days=1)
        self.people["specialist"].due(problem.ref).follow("/answer/").fill(
            answer="Программага үйдөгү жардам киргизилет."
        ).press()
        read = self.people["citizen"].go("problems/mine/").follow(problem.ref)
        assert "Программага үйдөгү жардам киргизилет." in read.text()
        assert CITIZEN not in self.people.visitor().go(f"problems/{problem.ref}/").text()

    def plan(self) -> None:
        study, specialist = TEXT["study"], self.people["specialist"]
        specialist.go("desk/studies/").follow("desk/studies/new/").fill(
            **in_each("title", study["title"]), year=2026, method=study["method"], sources=study["sources"]
        )
        first = specialist.numbered("group_")
        for n, group in enumerate(study["groups"], start=first):
            parts = ("group", "headcount", "served", "severity", "unit_cost")
            specialist.fill(**{f"{part}_{n}": group[part] for part in parts})
        specialist.press()
        self.later(days=3)
        specialist.go("desk/programmes/").follow("desk/programmes/new/")
        specialist.put("study", specialist.options("study")[-1][0])
        specialist.fill(
            **in_each("title", TEXT["programme"]["title"]),
            **in_each("goal", TEXT["programme"]["goal"]),
            year_from=2026,
            year_to=2027,
        ).press()
        self.programme = Programme.objects.get()
        measure = TEXT["measure"]
        specialist.due(f"programmes/{self.programme.ref}").follow("/measure/").fill(
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
        specialist.due(f"programmes/{self.programme.ref}").follow("/sections/").fill(**written).press()

    def discuss(self) -> None:
        specialist = self.people["specialist"].due(f"programmes/{self.programme.ref}").follow("/discussion/")
        term = least_discussion(self.programme.customer, self.site.at)
        specialist.fill(closes_on=term.due_on if term else self.today() + dt.timedelta(days=14)).press()
        self.later(days=1)
        citizen = self.people["citizen"].go("programmes/").follow(self.programme.ref).follow("/comment/")
        citizen.fill(text="Алыскы айылдарга да барыңыздар.").press()
        assert "Алыскы айылдарга да барыңыздар." in citizen.text()
        specialist.due("desk/comments/").fill(taken="yes", answer="Төмөнкү-Арал кошулду.").press()
        self.site.at = discussion_of(self.programme).closes_at + dt.timedelta(hours=15)

    def adopt(self) -> None:
        specialist = self.people["specialist"].due(f"programmes/{self.programme.ref}")
        specialist.follow("/submit/").press()
        self.later(days=7)
        secretary = self.people["secretary"].due(f"council/{self.programme.ref}").follow("/adopt/")
        secretary.fill(
            number="14-3",
            adopted_on=self.today(),
            members=21,
            quorum=11,
            present=17,
            votes_for=15,
            votes_against=1,
            abstained=1,
        ).press()
        self.later(days=1)
        secretary.due("/publish").fill(published_on=self.today(), place="Кеңештин тактасы").press()
        amount = TEXT["measure"]["amount"]
        self.people["accountant"].due("/money/").fill(
            year=2026,
            source="local",
            line="Социалдык коргоо",
            amount=amount,
            unit="thousand",
            retyped=str(int(Decimal(amount)) // 1000),
            document="Токтом 14-4",
            document_on=self.today(),
        ).press()
        self.later(days=1)

    # --- the contest -----------------------------------------------------------------------------------------------

    def announce(self) -> None:
        text, specialist = TEXT["contest"], self.people["specialist"]
        specialist.due("desk/contests/new/").fill(programme=self.programme.ref, **in_each("title", text["title"]))
        specialist.press()
        self.contest = Contest.objects.get()
        here = f"desk/contests/{self.contest.ref}/"
        specialist.due(here).follow("/announcement/").fill(
            **in_each("title", text["title"]),
            **in_each("goal", text["goal"]),
            **in_each("tasks", text["tasks"]),
            **in_each("problem", text["problem"]),
            contacts=text["contacts"],
            months=text["months"],
        ).press()
        specialist.go(here).follow("/lot/")
        specialist.put("measure", specialist.options("measure")[0][0])
        specialist.fill(amount=TEXT["measure"]["amount"], ceiling=text["ceiling"]).press()
        head = self.people["head"].due(here).follow("/announce/")
        head.fill(closes_on=self.today() + dt.timedelta(days=3)).refused("deadline_too_early")
        rules = settle(customer=self.contest.customer, form="grants", at=self.site.at)
        head.fill(closes_on=deadline(rules, "ann.min_term", self.site.at).due_on).press()
        self.contest.refresh_from_db()
        assert self.contest.state == "announced"
        self.later(days=1)

    def ask_and_amend(self) -> None:
        """An applicant asks; the answer is public, and makes the customer amend the announcement."""
        asks = self.people["umut_editor"].go(f"contests/{self.contest.ref}/").follow("/ask/")
        asks.fill(text="Байланыш телефону кайсы?").press()
        specialist = self.people["specialist"].due("desk/questions/")
        specialist.fill(text="Жаңы телефон жарыяга жазылды.").press()
        specialist.go(f"desk/contests/{self.contest.ref}/").follow("/amendment/")
        specialist.fill(contacts="Айгүл Сатарова, 0312 11-11-11", reason="Телефон өзгөрдү").press()
        self.contest.refresh_from_db()
        seen = self.people.visitor().go(f"contests/{self.contest.ref}/")
        assert "Жаңы телефон жарыяга жазылды." in seen.text()
        assert "0312 11-11-11" in seen.text()
        seen.follow("/announcements/")
        self.later(days=1)

    def apply(self) -> None:
        """Of one applicant the editor writes, an invited accountant reads, and the head signs off and sends; of the
        other the head does everything."""
        for name, writer in (("umut", "umut_editor"), ("birge", "birge_head")):
            window = self.people[writer].go(f"contests/{self.contest.ref}/").follow("apply/lots/")
            window.press()
            home = re.match(r"apply/[0-9A-Z]{10}/", window.path())[0]
            self.write(window, home, name)
            if writer == "umut_editor":
                self.invite(window, home)
            head = self.people[f"{name}_head"].due(home).follow("/check/").press()
            assert "sent" in head.path()
            self.receipts.append(re.search(r"[0-9A-Z]{10}", head.text().replace("-", ""))[0])
            self.applications[name] = Application.objects.get(ref=home.split("/")[1])
            self.later(hours=1)
        sealed = self.people.visitor().go(f"contests/{self.contest.ref}/").text()
        assert "Үмүт нуру" not in sealed
        assert TEXT["applications"]["umut"]["project"]["title"] not in sealed

    def write(self, window: Any, home: str, name: str) -> None:
        for section, data in TEXT["applications"][name].items():
            window.go(f"{home}{section}/")
            if "rows" not in data:
                window.fill(**data).press()
                continue
            rows = data["rows"]
            first = window.numbered("")
            while f"{first + len(rows) - 1}-{next(iter(rows[0]))}" not in window.names():
                window.press("then=more")
            for n, row in enumerate(rows, start=first):
                window.fill(**{f"{n}__{cell}": value for cell, value in row.items()})
            window.press()
        window.go(f"{home}documents/")
        for document in self.contest.settlement.value("app.documents"):
            if document.mandatory:
                window.put("kind", document.code)
                window.attach("file", document_of(name, document.code), f"{document.code}.pdf")
                window.press("holding:file")

    def invite(self, window: Any, home: str) -> None:
        window.go(home).follow("/with/").fill(email="accountant@demo.invalid")
        window.put("hand", window.options("hand")[0][0])
        window.press("holding:email")
        self.people["accountant"].due("invitations/").press()
        self.people["accountant"].go(home)

    def open(self) -> None:
        specialist = self.people["specialist"]
        specialist.turned_away(f"desk/contests/{self.contest.ref}/opening/", "deadline_not_passed")
        self.site.at = self.contest.deadline_at + dt.timedelta(hours=15)
        specialist.due("/opening/").press()
        self.contest.refresh_from_db()
        assert self.contest.state == "opened"

    # --- the review ------------------------------------------------------------------------------------------------

    def declare(self) -> None:
        """Three members; the one of the civil side has an interest in one applicant."""
        head = self.people["head"].due(f"contests/{self.contest.ref}/commission/")
        head.fill(order_number="27", ordered_on=self.today())
        first = head.numbered("person_")
        for n, (name, side, seat) in enumerate(MEMBERS, start=first):
            head.choose(f"person_{n}", name_of(name)).fill(**{f"side_{n}": side, f"seat_{n}": seat})
        head.press()
        self.people["specialist"].due("/review/").press()
        self.proceeding = Proceeding.objects.get()
        closed = self.candidacy("birge")
        for name, _, _ in MEMBERS:
            member = self.people[name].due("/declaration/")
            interests = {"birge": "yes" if name == "member_civil" else "no", "umut": "no"}
            member.fill(**{self.candidacy(one).ref: said for one, said in interests.items()}).press()
        seen = self.people["member_civil"].go(f"commission/{self.proceeding.ref}/").addresses()
        assert not [one for one in seen if closed.ref in one]

    def candidacy(self, name: str) -> Candidacy:
        return Candidacy.objects.get(application=self.applications[name])

    def admit(self) -> None:
        """One is admitted at once, the other mends first."""
        specialist, review = self.people["specialist"], f"desk/reviews/{self.proceeding.ref}/"
        umut, birge = self.candidacy("umut"), self.candidacy("birge")
        specialist.due(review).follow(umut.ref).follow("/admit/").press()
        specialist.due(review).follow(birge.ref).follow("/fault/").fill(
            ground="sums_differ", places=["people.count"], note="Адамдардын саны кайсы тизмеден алынды?"
        ).press()
        specialist.due(review).follow("/mending/").press()
        self.later(hours=2)
        self.people["birge_head"].due("/mending/").fill(people__count=58).press()
        specialist.due(review).follow(birge.ref).follow("/admit/").press()
        self.later(hours=2)

    def score(self) -> None:
        for name, _, _ in MEMBERS:
            for short in ("umut", "birge"):
                if (name, short) == ("member_civil", "birge"):
                    continue
                one = self.candidacy(short)
                member = self.people[name].due(f"commission/{self.proceeding.ref}/").follow(one.ref).press()
                assert TEXT["applications"][short]["project"]["title"] in member.text()
                marks = iter(texts()["marks"][name][short] * 3)
                for control in member.names():
                    if control.endswith("-score"):
                        reason = control.replace("-score", "-reason")
                        member.put(control, str(next(marks)))
                        member.put(reason, texts()["mark_reason"])
                member.press("holding:-score")
        self.later(days=1)

    def decide(self) -> None:
        specialist = self.people["specialist"].due("/sitting/")
        specialist.fill(
            held_on=self.today(), present=["1", "2", "3"], votes_for=2, votes_against=0, abstained=0, chair_for="yes"
        ).press()
        self.protocol = Protocol.objects.get()
        for name, _, _ in MEMBERS:
            self.people[name].due(f"commission/protocols/{self.protocol.ref}/").follow("/sign/").press()
        specialist.due("/publish/")
        if "approval_order" in specialist.names():
            specialist.fill(approval_order="31")
        specialist.press()
        self.protocol.refresh_from_db()
        assert self.protocol.state == "published"

    def read_letters(self) -> None:
        """Both applicants read their scores, reasons, and what would have been enough."""
        for name in ("umut", "birge"):
            letter = self.people[f"{name}_head"].go("apply/").follow(self.applications[name].ref).follow("/result/")
            assert texts()["mark_reason"] in letter.text()

    def appeal_and_reject(self) -> None:
        """The loser appeals; people who had nothing to do with the decision answer."""
        loser = self.people["birge_head"].follow("/appeal/")
        loser.fill(subject="scores", why="Тажрыйбабыз эске алынган жок.", asks="Упайларды кайра караңыздар.").press()
        self.appeal = Appeal.objects.get()
        assert self.appeal.number in loser.text()
        head = self.people["head"].due("/panel/").fill(order_number="44", ordered_on=self.today())
        head.choose("body", "Көк-Булак" if self.people.language != "en" else "Kok-Bulak")
        first = head.numbered("person_")
        for n, (_, name, _) in enumerate(PANEL, start=first):
            head.choose(f"person_{n}", name).fill(**{f"seat_{n}": "member" if n > first else "chair"})
        head.press()
        chair = self.people["appeal_chair"].due(self.appeal.ref).follow("/take-up/").press()
        chair.due(self.appeal.ref).press()
        assert "Тажрыйбабыз эске алынган жок." in chair.text()
        chair.go(f"commission/appeals/{self.appeal.ref}/").follow("/reject/").fill(
            answer="Упайлар критерийлерге туура келет.",
            held_on=self.today(),
            present=["1", "2", "3"],
            votes_for=3,
            votes_against=0,
            abstained=0,
            chair_for="yes",
        ).press()
        public = self.people.visitor().go("appeals/").follow(self.appeal.ref)
        assert "Упайлар критерийлерге туура келет." in public.text()
        assert "эске алынган" not in public.text()

    # --- contract and money ----------------------------------------------------------------------------------------

    def sign_contract(self) -> None:
        award = Award.objects.get()
        specialist = self.people["specialist"].due(f"desk/awards/{award.ref}/contract/")
        advance = (award.amount * 3 / 10).quantize(Decimal("0.01"))
        specialist.fill(advance=advance, part_1=award.amount - advance).press()
        self.contract = Contract.objects.get()
        self.site.at = max(self.site.at, self.protocol.signing_from + dt.timedelta(hours=16))
        for who in ("head", "umut_head"):
            self.people[who].due(f"/contracts/{self.contract.ref}/sign/").press()
        self.contract.refresh_from_db()
        assert self.contract.state == "in_force"

    def pay(self) -> None:
        """The month is planned, the tranche ordered, its package drawn up and signed by two; the treasury executes."""
        accountant, head = self.people["accountant"], self.people["head"]
        accountant.due(f"desk/contracts/{self.contract.ref}/tranche/").press()
        payment = PaymentOrder.objects.get(state="prepared")
        accountant.go("desk/budget/").follow("/cash/").follow(f"{payment.appropriation.ref}/months/")
        months = {f"month_{n}": 0 for n in range(1, 13)}
        for one in PaymentOrder.objects.exclude(pk=payment.pk):
            months[f"month_{one.executed_on.month}"] += one.amount
        months[f"month_{self.today().month}"] += payment.amount
        accountant.fill(reason="Траншка буйрук берилди", **months).press()
        accountant.due(f"desk/payments/{payment.ref}/").follow("/packages/new/")
        accountant.put("payments", [payment.ref])
        accountant.choose("first", name_of("accountant")).choose("second", name_of("head")).press()
        package = PaymentPackage.objects.get(state="drawn_up")
        for window in (accountant, head):
            window.due(f"desk/packages/{package.ref}/").follow("/sign/").press()
        self.people["treasurer"].due(f"treasury/{payment.ref}/").fill(
            number=f"{417 + payment.pk:06}", executed_on=self.today()
        ).press()
        payment.refresh_from_db()
        assert payment.state == "executed"
        self.later(days=50)

    def report(self) -> None:
        """Primary documents, one of which is asked about; the report; the act that both sign."""
        tranche = self.contract.tranches.order_by("number").exclude(report__isnull=False).first()
        last = not self.contract.tranches.filter(number__gt=tranche.number).exists()
        editor, head = self.people["umut_editor"], self.people["umut_head"]
        for line, amount in self.by_line(tranche.amount - (UNSPENT if last else 0)):
            if line == 1:
                amount, pay = amount - amount / 4, amount / 4
                self.enter(editor, pay, line=line, payee_kind="employee", net=pay * 9 / 10)
            self.enter(editor, amount, line=line, payee_kind="organisation")
        self.tell(editor.due("/report/"))
        report = Report.objects.get(tranche=tranche)
        specialist = self.people["specialist"]
        if not last:
            item = Expense.objects.filter(tranche=tranche).order_by("id").first()
            specialist.due(f"desk/reports/{report.ref}/").follow(f"items/{item.ref}/")
            specialist.fill(verdict="explain", remark="Кайсы айылга барды?").press()
            specialist.go(f"desk/reports/{report.ref}/").follow("/return/").press()
            head.due(f"reports/{report.ref}/").go(f"apply/items/{item.ref}/")
            head.fill(answer="Төмөнкү-Аралга.").press()
            self.tell(head.due(f"reports/{report.ref}/"))
        specialist.due(f"desk/reports/{report.ref}/").follow("/accept/").press()
        for who in ("head", "umut_head"):
            self.people[who].due("/acceptance|/act|accept").press()
        report.refresh_from_db()
        assert report.state == "accepted"
        self.later(days=1)

    def by_line(self, whole: Decimal) -> Iterator[tuple[int, Decimal]]:
        """`whole` som laid on the lines of the budget in their order, on each what it has left."""
        for row in budget(self.contract):
            part = min(whole, row.planned - row.spent)
            if part > 0:
                yield row.number, part
                whole -= part

    def enter(self, window: Any, amount: Decimal, *, line: int, **kind: Any) -> None:
        window.go("apply/contracts/").follow(self.contract.ref).follow("/item/")
        window.fill(
            title="Кызмат көрсөтүү",
            line=str(line),
            payee="Көк-Булак Сервис",
            document="17",
            document_on=self.today(),
            amount=amount.quantize(Decimal("0.01")),
            payee_kind=kind["payee_kind"],
        )
        if "net" in kind:
            window.fill(net=kind["net"].quantize(Decimal("0.01")))
        window.attach("file", SCAN, "act-17.png")
        window.press()

    def tell(self, window: Any) -> None:
        told = TEXT["report"]
        reached = {f"indicator_{n}": row[2] for n, row in enumerate(indicators(self.contract), start=1)}
        window.fill(narrative=told["narrative"], people_served=told["people_served"], **reached).press()

    def close(self) -> None:
        """What was not spent comes back, then everything is settled."""
        specialist = self.people["specialist"].go(f"desk/contracts/{self.contract.ref}/").follow("/return/")
        specialist.fill(reason="unspent", amount=UNSPENT).press()
        demand = Return.objects.get()
        self.people["umut_head"].due(f"apply/contracts/{self.contract.ref}/")
        self.people["accountant"].due(f"desk/returns/{demand.ref}/").fill(
            amount=UNSPENT, document="88", paid_on=self.today()
        ).press()
        specialist.go(f"desk/contracts/{self.contract.ref}/").follow("/close/").press()
        self.contract.refresh_from_db()
        assert self.contract.state == "closed"

    def follow_the_money(self, language: str = "") -> None:
        """Anybody, from the first page to what was paid, accepted and came back."""
        reader = self.people.visitor(language).go("").go("contests/").follow(f"contests/{self.contest.ref}/")
        assert TEXT["applications"]["umut"]["project"]["title"] in reader.text()
        reader.follow(f"contracts/{self.contract.ref}/")
        said = re.sub(r"[\s,]", "", reader.text())
        for amount in (self.contract.amount, *(one.amount for one in self.contract.tranches.all()), UNSPENT):
            assert str(int(amount)) in said, reader.text()
        for path in (f"programmes/{self.programme.ref}/", f"receipts/{self.receipts[0]}/", "appeals/", "problems/"):
            reader.go(path)


def name_of(name: str) -> str:
    return texts()["people"][name]["name"]


def papers(kind: str) -> list[Document]:
    return list(Document.objects.filter(kind=kind).order_by("id"))
