"""Public pages: what everybody may see. Each is the same for everyone, so none of them touches the session.

They are kept by browsers and caches but asked about each time: `Cache-Control: no-cache` and an ETag of what stands on
the page, so that an unchanged page answers 304. Nothing has to `Vary`: another theme is another ETag.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from hashlib import sha256
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page

from jardam.contests import queries as contests
from jardam.contracts import queries as contracts
from jardam.documents.queries import signatures
from jardam.fields import in_language
from jardam.kernel.actor import visitor
from jardam.kernel.text import clean
from jardam.kernel.time import bishkek_day
from jardam.planning import queries as planning
from jardam.review import queries as review
from jardam.rulebook.house import HOUSE
from jardam.transparency import queries as transparency
from jardam.treasury import queries as treasury

from . import (
    charts,
    contest_page,
    documents,
    editions,
    formats,
    lists,
    names,
    papers,
    programme_page,
    slips,
    study_page,
    words,
)
from .forms import ChoiceField, CodeField, Form, TextField
from .pages import page
from .templatetags.ui import Cell, Column, Download, Link, Pager, SummaryRow, Table
from .urls_safe import safe_next

View = Callable[..., HttpResponse]
YEAR = 365 * 24 * 3600
PRINTED = re.compile(rb'<p class="printed">.*?</p>', re.DOTALL)
"""The line for paper says the minute of the print: it makes no page another page."""


def public(view: View) -> View:
    """A page for everybody. The actor is always a visitor: drafts stay hidden even from their own authors here."""

    @wraps(view)
    def seen(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        request.visitor = visitor(request.at)
        response = view(request, *args, **kwargs)
        response.headers["ETag"] = f'W/"{sha256(PRINTED.sub(b"", response.content)).hexdigest()[:32]}"'
        return response

    return page("public")(cache_control(no_cache=True)(conditional_page(seen)))


def _crumbs(*links: tuple[Any, str]) -> list[Link]:
    return [Link(_("First page"), reverse("home")), *(Link(label, url) for label, url in links)]


trail = _crumbs  # for the public pages of other modules


def _cursor(request: HttpRequest, find: Callable[[str], Any]) -> int:
    """The id behind the cursor of the address, 0 at the beginning; a false one is not found."""
    ref = clean(request.GET.get(lists.CURSOR, ""))
    return find(ref).pk if ref else 0


# --- the first page --------------------------------------------------------------------------------------------


@public
def home(request: Any) -> HttpResponse:
    figures = transparency.figures(request.visitor)
    trail = figures["trail"]
    taking = contests.contests(request.visitor, open_at=request.at, limit=6)
    context = {
        "figures": figures,
        "trail": trail,
        "chart": _trail_chart(trail, _("som, all adopted programmes")),
        "open": [
            _card(one, name, request.at) for one, (name, _today) in zip(taking, _announcers(taking), strict=True)
        ],
    }
    return render(request, "public/home.html", context)


def _trail_chart(trail: Any, of_what: str) -> charts.Chart | None:
    """Where the money stands; no chart while there is none. `of_what` names the money under the title."""
    if not trail.appropriated:
        return None
    steps = (
        (_("Appropriated"), trail.appropriated),
        (_("Announced in contests"), trail.reserved),
        (_("Bound by contracts"), trail.committed),
        (_("Paid"), trail.paid),
        (_("Accepted as work done"), trail.accepted),
    )
    title = _("Of each 100 som appropriated, %(part)s are accepted as work done") % {
        "part": formats.number(round(trail.accepted * 100 / trail.appropriated))
    }
    rows = [charts.Row(label, [amount]) for label, amount in steps]
    return charts.bars(title, of_what, rows, unit="money", source=_("the ledger of this site"))


def _announcers(rows: list[Any]) -> list[tuple[str, str]]:
    """The customer of each contest, by the name of the day of its announcement."""
    return names.listed([(one.customer, bishkek_day(one.announced_at)) for one in rows])


def _card(contest: Any, customer: str, at: Any) -> dict[str, Any]:
    state, tone = words.contest_state(contest.state, contest.deadline_at, at)
    return {
        "title": in_language(contest.title),
        "url": reverse("contest", args=[contest.ref]),
        "customer": customer,
        "number": contest.number,
        "deadline": contest.deadline_at,
        "state": str(state),
        "tone": tone,
    }


# --- contests --------------------------------------------------------------------------------------------------


class ContestsFilter(Form):
    def __init__(self, customers: list[Any], data: Any) -> None:
        super().__init__(data)
        states = [
            (code, words.word(words.CONTEST, code)) for code in words.CONTEST if code not in ("draft", "discarded")
        ]
        self.fields["state"] = ChoiceField(
            gettext_lazy("State"), choices=[("", gettext_lazy("All")), *states], required=False, select=True
        )
        self.fields["customer"] = ChoiceField(
            gettext_lazy("Customer"),
            choices=[("", gettext_lazy("All")), *((one.ref, in_language(one.title)) for one in customers)],
            required=False,
            select=True,
        )
        for field in self.fields.values():
            field.silent_optional = True  # type: ignore[attr-defined]


@public
def contest_list(request: Any) -> HttpResponse:
    customers = contests.customers(request.visitor)
    form = ContestsFilter(customers, request.GET)
    rows, more = lists.cut(_contests(request, customers, _contest_cursor(request), lists.PAGE + 1))
    table = Table(
        _("Contests"),
        [
            Column(_("Contest")),
            Column(_("Customer")),
            Column(_("State"), "tag"),
            Column(_("Announced"), "date"),
            Column(_("Applications until"), "instant"),
        ],
        [_contest_row(one, called, request.at) for one, called in zip(rows, _announcers(rows), strict=True)],
        empty=_("No contest answers to this."),
        hide_caption=True,
    )
    context = {
        "form": form,
        "table": table,
        "pager": lists.pager(request, rows, more),
        "csv": Download(_("This list"), f"{reverse('contests_csv')}?{request.GET.urlencode()}", "CSV"),
        "feed": f"{reverse('contests_feed')}?{request.GET.urlencode()}".rstrip("?"),
        "breadcrumbs": _crumbs((_("Contests"), "")),
    }
    return render(request, "public/contests.html", context)


def _contest_cursor(request: Any) -> int:
    return _cursor(request, lambda ref: contests.contest(ref, request.visitor))


def _contests(request: Any, customers: list[Any], before: int, limit: int) -> list[Any]:
    """The contests the filters of the address ask for; an unknown filter finds nothing."""
    state, asked = clean(request.GET.get("state", "")), clean(request.GET.get("customer", ""))
    customer = next((one.pk for one in customers if one.ref == asked), 0) if asked else None
    return contests.contests(request.visitor, customer_id=customer, state=state, before=before, limit=limit)


def _contest_row(contest: Any, called: tuple[str, str], at: Any) -> list[Any]:
    customer, today = called
    state, tone = words.contest_state(contest.state, contest.deadline_at, at)
    return [
        Cell(in_language(contest.title), reverse("contest", args=[contest.ref]), contest.number or ""),
        Cell(customer, note=today),
        Cell(str(state), tone=tone),
        contest.announced_at.date(),
        contest.deadline_at,
    ]


@page("public")
def contests_csv(request: Any) -> Any:
    request.visitor = visitor(request.at)
    customers = contests.customers(request.visitor)
    head = ("number", "ref", "title_ky", "title_ru", "title_en", "customer", "state", "announced_at", "deadline_at",
            "edition", "address")  # fmt: skip
    rows = lists.every(lambda last: _contests(request, customers, last, lists.BATCH))
    return lists.stream_csv("contests.csv", head, (_contest_line(request, one) for one in rows))


def _contest_line(request: HttpRequest, contest: Any) -> list[Any]:
    title = contest.title or {}
    return [
        contest.number,
        contest.ref,
        *(title.get(code, "") for code in ("ky", "ru", "en")),
        in_language(contest.customer.title, "ru"),
        contest.state,
        contest.announced_at.isoformat(),
        contest.deadline_at.isoformat(),
        contest.edition,
        request.build_absolute_uri(reverse("contest", args=[contest.ref])),
    ]


@public
def contests_feed(request: Any) -> HttpResponse:
    """The newest contests of a filter as Atom (RFC 4287): whoever looks for contests need not come by each day."""
    customers = contests.customers(request.visitor)
    rows = _contests(request, customers, 0, lists.PAGE)
    listed = request.build_absolute_uri(f"{reverse('contests')}?{request.GET.urlencode()}".rstrip("?"))
    feed = Atom1Feed(
        title=f"{_('Contests')} – Жардам",
        link=listed,
        description=_("Who orders help, what was announced, and how it was decided."),
        feed_url=request.build_absolute_uri(),
        language=get_language(),
    )
    for one, (customer, _today) in zip(rows, _announcers(rows), strict=True):
        address = request.build_absolute_uri(reverse("contest", args=[one.ref]))
        until = _("Applications until %(deadline)s, Bishkek time") % {"deadline": formats.instant(one.deadline_at)}
        feed.add_item(
            title=in_language(one.title),
            link=address,
            unique_id=address,
            description=f"{customer}. {until}.",
            author_name=customer,
            pubdate=one.announced_at,
            updateddate=one.announced_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


@public
def contest(request: Any, ref: str) -> HttpResponse:
    found: Any = contests.contest(ref, request.visitor)
    settlement = found.settlement
    accounts = transparency.account_of(found, request.visitor)
    ended = found.state in ("decided", "void")
    halts = contest_page.halts_by_lot(review.halts_of([one.lot for one in accounts if found.opened_at]))
    measures = treasury.trails_of("measure", [one.lot.measure_id for one in accounts])
    lots = [
        contest_page.lot_page(
            one, found.months, measures[one.lot.measure_id].allocated, halts.get(one.lot.pk, []), ended=ended
        )
        for one in accounts
    ]
    state, tone = words.contest_state(found.state, found.deadline_at, request.at)
    context = {
        "contest": found,
        "title": in_language(found.title),
        "state": str(state),
        "tone": tone,
        "takes": found.state == "announced" and request.at < found.deadline_at,
        "stages": contest_page.stages(found, accounts, request.at),
        "announcement": contest_page.announcement(found),
        "whom": contest_page.whom_and_where(found, [one.lot for one in accounts]),
        "documents": contest_page.documents(settlement),
        "how": contest_page.how_to_apply(settlement),
        "appeal": contest_page.appeal_route(settlement),
        "draft_contract": contest_page.draft_contract(settlement),
        **_after_the_announcement(found, request),
        "lots": lots,
        "superseded": [old for one in accounts for old in one.superseded],
        "appeals": contest_page.appeals_table(appeals) if (appeals := review.appeals_of(found)) else None,
        "eligibility": contest_page.eligibility(settlement),
        "criteria": contest_page.criteria(settlement),
        "pass_mark": contest_page.pass_mark(settlement),
        "deadline": contest_page.deadline(found.deadline_at),
        "derivation": contest_page.derivation(found),
        "opening": contest_page.opening_line(found),
        "assumed": contest_page.assumed_note(settlement),
        "edition_title": editions.title_of(found.edition),
        "applications": contests.opened_count(found),
        "applicants": contest_page.opening_table(opened, len(lots))
        if (opened := contests.opening_list(found)) is not None
        else None,
        "commission": contest_page.commission_table(found),
        "papers": documents.papers("contest", [found.pk], request.visitor),
        "breadcrumbs": _crumbs((_("Contests"), reverse("contests")), (found.number, "")),
    }
    return render(request, "public/contest.html", context)


def _after_the_announcement(contest: Any, request: Any) -> dict[str, Any]:
    """Questions, versions, errata, orders and moves of the deadline, as everybody may see them."""
    versions = contests.announcements(contest)
    repeated = contests.repetition(contest)
    return {
        "questions": contest_page.question_events(contests.questions(contest, request.visitor)),
        "may_ask": contest.state == "announced"
        and request.at < contest.deadline_at
        and contest.settlement.flag("ann.questions_allowed"),
        "versions": [(one, contest_page.changes_table(one) if one.changes else None) for one in versions],
        "errata": contest_page.errata_table(versions) if any(one.errata for one in versions) else None,
        "moves": contest_page.postponement_events(contest, contests.postponements(contest)),
        "orders": contest_page.order_events(contests.orders(contest)),
        "first": contest.repeats,
        "again": repeated if repeated and repeated.state != "draft" else None,
    }


@public
def contest_rules(request: Any, ref: str) -> HttpResponse:
    """Every rule the contest obeys, as it was stored at the announcement."""
    found = contests.contest(ref, request.visitor)
    settlement = found.settlement
    context = {
        "contest": found,
        "title": in_language(found.title),
        "groups": editions.groups(settlement.parameters),
        "sha256": settlement.sha256,
        "assumed": contest_page.assumed_note(settlement),
        "breadcrumbs": _crumbs(
            (_("Contests"), reverse("contests")),
            (found.number, reverse("contest", args=[ref])),
            (_("Rules"), ""),
        ),
    }
    return render(request, "public/contest_rules.html", context)


# --- programmes and studies ------------------------------------------------------------------------------------


@public
def programme_list(request: Any) -> HttpResponse:
    after = _cursor(request, lambda ref: planning.programme(ref, request.visitor))
    rows, more = lists.cut(planning.programmes(request.visitor, after=after, limit=lists.PAGE + 1))
    table = Table(
        _("Programmes"),
        [Column(_("Programme")), Column(_("Customer")), Column(_("Years")), Column(_("State"), "tag")],
        [
            [
                Cell(in_language(one.title), reverse("programme", args=[one.ref])),
                Cell(customer, note=today),
                formats.years(one.year_from, one.year_to),
                Cell(words.word(words.PROGRAMME, one.state), tone=words.tone(words.PROGRAMME, one.state)),
            ]
            for one, (customer, today) in zip(rows, programme_page.customers(rows), strict=True)
        ],
        empty=_("No programme is before a council or adopted yet."),
        hide_caption=True,
    )
    context = {
        "table": table,
        "pager": lists.pager(request, rows, more),
        "breadcrumbs": _crumbs((_("Programmes"), "")),
    }
    return render(request, "public/programmes.html", context)


@public
def programme(request: Any, ref: str) -> HttpResponse:
    found = planning.programme(ref, request.visitor)
    trail = treasury.trail_of_appropriations("programme", [found.pk])
    context = {
        "programme": found,
        "title": in_language(found.title),
        "goal": in_language(found.goal),
        "state": words.word(words.PROGRAMME, found.state),
        "tone": words.tone(words.PROGRAMME, found.state),
        "adoption": programme_page.facts(found),
        "discussion": planning.discussion_of(found),
        "comments": programme_page.comments(planning.comments_of(found)),
        "sections": programme_page.sections(planning.sections_of(found)),
        "course": programme_page.course(planning.course_of(found)),
        "comment_url": reverse("programme_comment", args=[ref]) if found.state == "discussion" else "",
        "versions": programme_page.versions(planning.revisions_of(found, request.visitor), _version_url),
        "measures": programme_page.measures(planning.measures_of([found.pk])),
        "formerly": programme_page.formerly(
            planning.struck_of(found, found.public_since), planning.former_heads(found, found.public_since)
        ),
        "appropriations": programme_page.appropriations(treasury.appropriations("programme", found.pk)),
        "trail": trail,
        "chart": _trail_chart(trail, _("som, this programme")),
        "missing": treasury.missing_of("programme", found.pk),
        **_under(found, request),
        "papers": documents.papers("programme", [found.pk], request.visitor),
        "breadcrumbs": _crumbs((_("Programmes"), reverse("programmes")), (in_language(found.title), "")),
    }
    return render(request, "public/programme.html", context)


def _under(programme: Any, request: Any) -> dict[str, Any]:
    """The newest contests of a programme, and a page of its contracts."""
    announced, older = lists.cut(contests.contests(request.visitor, programme_id=programme.pk, limit=lists.PAGE + 1))
    before = _cursor(request, lambda ref: contracts.contract(ref, request.visitor))
    signed, more = lists.cut(
        contracts.contracts(request.visitor, programme_id=programme.pk, before=before, limit=lists.PAGE + 1)
    )
    return {
        "contests": _contests_table(announced, request.at) if announced else None,
        "older_url": f"{reverse('contests')}?customer={programme.customer.ref}" if older else "",
        "contracts": _contracts_table(signed) if signed else None,
        "pager": lists.pager(request, signed, more),
    }


def _contests_table(rows: list[Any], at: Any) -> Table:
    columns = [Column(_("Contest")), Column(_("State"), "tag"), Column(_("Announced"), "date")]
    called = zip(rows, _announcers(rows), strict=True)
    lines = [[line[0], line[2], line[3]] for line in (_contest_row(one, name, at) for one, name in called)]
    return Table(_("Contests of this programme"), columns, lines)


def _contracts_table(rows: list[Any]) -> Table:
    lines = [
        [
            Cell(one.title, reverse("contract", args=[one.ref]), one.number or ""),
            in_language(one.executor.title),
            Cell(words.word(words.CONTRACT, one.state), tone=words.tone(words.CONTRACT, one.state)),
            one.amount,
        ]
        for one in rows
    ]
    columns = [Column(_("Contract")), Column(_("Executor")), Column(_("State"), "tag"), Column(_("Amount"), "money")]
    return Table(_("Contracts of this programme"), columns, lines)


def _version_url(revision: Any) -> str:
    return reverse("programme_version", args=[revision.ref])


@public
def programme_version(request: Any, ref: str) -> HttpResponse:
    """What a new version changes, beside what was in force before it."""
    found = planning.revision(ref, request.visitor)
    decisions = planning.course_of(found.programme).decisions
    title = in_language(found.programme.title)
    context = programme_page.version(found, planning.changes_of(found), decisions) | {
        "breadcrumbs": _crumbs(
            (_("Programmes"), reverse("programmes")),
            (title, reverse("programme", args=[found.programme.ref])),
            (_("Version %(number)s") % {"number": found.number}, ""),
        ),
    }
    return render(request, "public/version.html", context)


@public
def study(request: Any, ref: str) -> HttpResponse:
    found = planning.study(ref)
    context = {
        "study": found,
        "title": in_language(found.title),
        "facts": study_page.facts(found),
        "formula": study_page.formula(),
        "corrections": slips.table(planning.corrections_of(found)),
        "table": study_page.needs(planning.needs_of(found)),
        "breadcrumbs": _crumbs((_("Programmes"), reverse("programmes")), (in_language(found.title), "")),
    }
    return render(request, "public/study.html", context)


# --- documents and their hashes --------------------------------------------------------------------------------


class HashForm(Form):
    """Compare a fingerprint: a GET form, nothing is kept."""

    sha256 = TextField(
        gettext_lazy("Paste a fingerprint (SHA-256) to compare"),
        required=False,
        max_length=200,
        attrs={"spellcheck": "false"},
    )
    sha256.silent_optional = True  # type: ignore[attr-defined]


def compared(request: HttpRequest, sha256: str) -> str:
    """`same`, `differs` or "" when nothing was pasted. Spaces, colons and big letters do not matter."""
    pasted = re.sub(r"[^0-9a-f]", "", clean(request.GET.get("sha256", "")).lower())
    return "" if not pasted else "same" if pasted == sha256 else "differs"


def _published(request: Any, ref: str) -> Any:
    """A published protocol; before that the public sees none."""
    return review.protocol(ref, request.visitor)


@public
def protocol(request: Any, ref: str) -> HttpResponse:
    found = _published(request, ref)
    contest = found.proceeding.commission.contest
    context = protocol_context(found) | {
        "papers": documents.papers("protocol", [found.pk], request.visitor),
        "check": HashForm(request.GET),
        "compared": compared(request, found.content_sha256),
        "file": Download(
            _("The signed text as data"), reverse("protocol_file", args=[ref]), "JSON", len(bytes(found.content))
        ),
        "breadcrumbs": _crumbs(
            (_("Contests"), reverse("contests")),
            (contest.number, reverse("contest", args=[contest.ref])),
            (found.number, ""),
        ),
    }
    return render(request, "public/protocol.html", context)


def protocol_context(protocol: Any) -> dict[str, Any]:
    """What a protocol says, for the public page and for the member who signs it."""
    content = review.contents_read([protocol])[protocol.pk]
    contest = protocol.proceeding.commission.contest
    settlement = contest.settlement
    signed = signatures("protocol", protocol.pk, protocol.content_sha256)
    return {
        "protocol": protocol,
        "contest": contest,
        "contest_title": in_language(contest.title),
        "customer": _customer_then(contest, protocol.published_at),
        "ranking": contest_page.ranking(content),
        "points": contest_page.points_table(content, settlement),
        "members": contest_page.members_table(content),
        "rejected": contest_page.rejected_table(content, settlement),
        "vote": contest_page.vote_rows(content) + contest_page.approval_rows(protocol),
        "items": contest_page.items_table(content),
        "ties": contest_page.ties_table(content, settlement),
        "pass_mark": contest_page.pass_mark(settlement),
        "assumed": contest_page.assumed_note(settlement),
        "signed": [(one.person_name, str(words.SIDE.get(one.side, one.side)), one.at) for one in signed],
        "unsigned": review.signatures_missing(protocol),
        **protocol_history(protocol),
    }


def _customer_then(contest: Any, published_at: datetime | None) -> str:
    """The customer as it was called when the protocol was published; until then as it is called."""
    day = bishkek_day(published_at) if published_at else None
    [(name, _today)] = names.listed([(contest.customer, day)])
    return name


def protocol_history(protocol: Any) -> dict[str, Any]:
    """What a protocol's pages say beyond it: what it replaces, what replaced it, errata, appeals."""
    errata = []
    for one in review.errata_of(protocol):
        said = review.erratum_content(one)
        rows = [
            SummaryRow(_("What is corrected"), str(words.ERRATUM_PART[said["part"]])),
            SummaryRow(_("Reads"), said["reads"]),
            SummaryRow(_("Should read"), said["should_read"]),
        ]
        signed = [(s.person_name, str(words.SIDE.get(s.side, s.side)), s.at) for s in review.erratum_signatures(one)]
        errata.append((one, rows, signed))
    found = review.appeals_against(protocol)
    return {
        "successor": review.successor_of(protocol) if protocol.state == "superseded" else None,
        "predecessor": review.predecessor_of(protocol) if protocol.round > 1 else None,
        "errata": errata,
        "appeals": contest_page.appeals_table(found) if found else None,
    }


@public
def protocol_file(request: Any, ref: str) -> HttpResponse:
    """The very bytes that were hashed and signed."""
    found = _published(request, ref)
    return _bytes(found.content, f"protocol-{found.ref}.json")


@public
def contract_file(request: Any, ref: str) -> HttpResponse:
    found = contracts.contract(ref, request.visitor)
    return _bytes(found.content, f"contract-{found.ref}.json")


def _bytes(content: Any, name: str) -> HttpResponse:
    response = HttpResponse(bytes(content), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public
def contract(request: Any, ref: str) -> HttpResponse:
    found = contracts.contract(ref, request.visitor)
    rows = contracts.tranches(found)
    contest = contracts.contest_of(found)
    context = contract_context(found, rows) | {
        "papers": documents.papers("contract", [found.pk], request.visitor)
        + documents.papers("report", [row.report.pk for row in rows if row.report], request.visitor),
        "contest": contest,
        "check": HashForm(request.GET),
        "compared": compared(request, found.content_sha256),
        "file": Download(
            _("The signed text as data"), reverse("contract_file", args=[ref]), "JSON", len(bytes(found.content))
        ),
        "reports": [row.report for row in rows if row.report and row.report.state == "accepted"],
        **papers.public_papers(found, rows),
        "breadcrumbs": _crumbs(
            (_("Contests"), reverse("contests")),
            *([(contest.number, reverse("contest", args=[contest.ref]))] if contest else []),
            (found.number, ""),
        ),
    }
    return render(request, "public/contract.html", context)


def contract_context(contract: Any, rows: list[Any], url_of: Any = None) -> dict[str, Any]:
    """What a contract says and where its money stands, for the public page and, with `url_of` a report, for its
    parties."""
    paper = contracts.original(contract)
    ink = contracts.ink_signatures(contract)
    signed = signatures("contract", contract.pk, contract.content_sha256)
    facts = [
        *paper_rows(contract, paper, is_party=url_of is not None),
        *_sides(contract, signed),
        SummaryRow(_("Amount"), formats.som(contract.amount)),
        SummaryRow(_("Term"), term_words(contract)),
        *([SummaryRow(_("Why it was taken back"), contract.remark.splitlines())] if contract.remark else []),
    ]
    return {
        "contract": contract,
        "state": words.word(words.CONTRACT, contract.state),
        "tone": words.tone(words.CONTRACT, contract.state),
        "facts": facts,
        "trail": treasury.trail_of("contract", contract.pk),
        "ink": ink,
        "tranches": contest_page.tranche_table(rows, url_of),
        "signed": [
            *((one.person_name, str(words.SIDE.get(one.side, one.side)), one.at) for one in signed),
            *(
                (_("%(name)s, on paper") % {"name": one.signatory}, str(words.SIDE[one.side]), one.signed_on)
                for one in ink
                if one.state == "checked"
            ),
            *(
                (_("%(name)s, on paper") % {"name": name}, str(words.SIDE[side]), bishkek_day(contract.signed_at))
                for side, name in (paper.signatories if paper else ())
            ),
        ],
    }


def paper_rows(contract: Any, paper: Any, *, is_party: bool = False) -> list[SummaryRow]:
    """Of a contract recorded afterwards: the mark, its paper, and what pays for it; the scan for its parties only."""
    if paper is None:
        return []
    days = {"signed": formats.long_day(contract.signed_at), "recorded": formats.day(contract.recorded_at)}
    measure, programme = paper.measure, paper.measure.programme
    url = reverse("programme", args=[programme.ref])
    rows = [
        SummaryRow(_("Recorded afterwards"), _("signed on paper on %(signed)s, entered here on %(recorded)s") % days),
        SummaryRow(_("Number on the paper"), contract.paper_number),
        SummaryRow(_("Measure"), f"{in_language(measure.title)}, {measure.year}"),
        SummaryRow(_("Programme"), format_html('<a href="{}">{}</a>', url, in_language(programme.title))),
    ]
    if is_party:
        url = reverse("contract_paper_file", args=[paper.scan.ref])
        rows.append(SummaryRow(_("Paper"), format_html('<a href="{}">{}</a>', url, _("Scan of the signed contract"))))
    return rows


def term_words(contract: Any) -> str:
    """The first and the last day, or how they are counted while a signature is missing."""
    term = contracts.term_to_come(contract)
    if term is None:
        return f"{formats.day(contract.starts_on)} – {formats.day(contract.ends_on)}"
    told = {"n": formats.number(term.months)}
    said = _("%(n)s months from the day of the last signature") % told
    if term.not_before:
        told["day"] = formats.day(term.not_before)
        said = _("%(n)s months from %(day)s, or from the day of the last signature if that is later") % told
    return (
        _("%(term)s, not beyond %(until)s") % {"term": said, "until": formats.day(term.until)} if term.until else said
    )


def _sides(contract: Any, signed: list[Any]) -> list[SummaryRow]:
    """Customer and executor by their names on the day of the last signature; beside it the name of today."""
    sides = {_("Customer"): contract.customer, _("Executor"): contract.executor}
    last = signed[-1].at if signed else contract.signed_at if contract.recorded_at else None
    return names.then(sides, bishkek_day(last) if last else None)


class ReceiptForm(Form):
    ref = CodeField(gettext_lazy("Number of the receipt"), hint=gettext_lazy("Ten characters, as on the receipt."))


@public
def receipts(request: Any) -> HttpResponse:
    form = ReceiptForm(request.GET if "ref" in request.GET else None)
    if form.is_bound and form.is_valid():
        return HttpResponseRedirect(reverse("receipt", args=[form.cleaned_data["ref"]]))
    return render(request, "public/receipts.html", {"form": form, "breadcrumbs": _crumbs((_("Check a receipt"), ""))})


@public
def receipt(request: Any, ref: str) -> HttpResponse:
    """Number, time and fingerprint. Nothing of the applicant; the register number only after the opening."""
    version = contests.receipt(ref)
    contest = version.application.contest
    context = {
        "version": version,
        "contest": contest,
        "contest_title": in_language(contest.title),
        "seconds": formats.instant(version.at, seconds=True),
        "number": version.application.number,
        "check": HashForm(request.GET),
        "compared": compared(request, version.content_sha256),
        "breadcrumbs": _crumbs((_("Check a receipt"), reverse("receipts")), (ref, "")),
    }
    return render(request, "public/receipt.html", context)


# --- search, help and the like ---------------------------------------------------------------------------------


class SearchForm(Form):
    q = TextField(
        gettext_lazy("What do you look for?"),
        hint=gettext_lazy("Part of a name is enough. Ң, Ө, Ү may be typed as Н, О, У."),
        required=False,
    )
    q.widget.input_type = "search"
    q.silent_optional = True  # type: ignore[attr-defined]


FOUND = {
    "contest": (gettext_lazy("Contest"), "contest"),
    "programme": (gettext_lazy("Programme"), "programme"),
    "study": (gettext_lazy("Study of needs"), "study"),
    "organisation": (gettext_lazy("Organisation"), "organisation"),
    "protocol": (gettext_lazy("Protocol"), "protocol"),
    "contract": (gettext_lazy("Contract"), "contract"),
}


@public
def search(request: Any) -> HttpResponse:
    asked = clean(request.GET.get("q", ""))[:200]
    rows = transparency.found(asked) if asked else []
    results = [
        {
            "title": in_language(row.title),
            "kind": str(FOUND[row.kind][0]),
            "url": reverse(FOUND[row.kind][1], args=[row.ref]) if FOUND[row.kind][1] else "",
        }
        for row in rows
        if row.kind in FOUND
    ]
    count = ngettext("%(n)s found", "%(n)s found", len(results)) % {"n": formats.number(len(results))}
    context = {
        "form": SearchForm(request.GET if "q" in request.GET else None),
        "asked": asked,
        "results": results,
        "pager": Pager(count),
        "breadcrumbs": _crumbs((_("Search"), "")),
    }
    return render(request, "public/search.html", context)


@public
def help_page(request: Any) -> HttpResponse:
    return render(request, "public/help.html", {"breadcrumbs": _crumbs((_("How it works"), ""))})


@public
def rules(request: Any) -> HttpResponse:
    rows = [(rule.code, _(rule.title), _(rule.reason), rule.since) for rule in HOUSE.values()]
    return render(request, "public/rules.html", {"rules": rows, "breadcrumbs": _crumbs((_("House rules"), ""))})


@public
def styleguide(request: Any) -> HttpResponse:
    return render(request, "styleguide.html", {"breadcrumbs": _crumbs((_("How this site is made"), ""))})


@page("public")
def theme(request: Any) -> HttpResponse:
    """Keep the appearance in a cookie that says nothing else, and go back to where the reader was."""
    chosen = request.GET.get("theme", "")
    if chosen not in ("light", "dark", "auto"):
        raise Http404
    response = HttpResponseRedirect(safe_next(request, "home"))
    response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    response.headers["Cache-Control"] = "no-store"
    return response


@public
def edition_list(request: Any) -> HttpResponse:
    context = {"table": editions.table(), "breadcrumbs": _crumbs((_("Editions of the law"), ""))}
    context["compare"] = editions.CompareForm()
    return render(request, "public/editions.html", context)


@public
def edition(request: Any, key: str) -> HttpResponse:
    context = editions.one(key)
    context["breadcrumbs"] = _crumbs((_("Editions of the law"), reverse("editions")), (key, ""))
    return render(request, "public/edition.html", context)


@public
def editions_compare(request: Any) -> HttpResponse:
    context = editions.compared(request.GET)
    context["breadcrumbs"] = _crumbs((_("Editions of the law"), reverse("editions")), (_("Compare"), ""))
    return render(request, "public/editions_compare.html", context)


urlpatterns = [
    path("", home, name="home"),
    path("contests/", contest_list, name="contests"),
    path("contests.csv", contests_csv, name="contests_csv"),
    path("contests.atom", contests_feed, name="contests_feed"),
    path("contests/<str:ref>/", contest, name="contest"),
    path("contests/<str:ref>/rules/", contest_rules, name="contest_rules"),
    path("programmes/", programme_list, name="programmes"),
    path("programmes/<str:ref>/", programme, name="programme"),
    path("programmes/versions/<str:ref>/", programme_version, name="programme_version"),
    path("studies/<str:ref>/", study, name="study"),
    path("protocols/<str:ref>/", protocol, name="protocol"),
    path("protocols/<str:ref>/protocol.json", protocol_file, name="protocol_file"),
    path("contracts/<str:ref>/", contract, name="contract"),
    path("contracts/<str:ref>/contract.json", contract_file, name="contract_file"),
    path("receipts/", receipts, name="receipts"),
    path("receipts/<str:ref>/", receipt, name="receipt"),
    path("rules/", rules, name="rules"),
    path("editions/", edition_list, name="editions"),
    path("editions/compare/", editions_compare, name="editions_compare"),
    path("editions/<path:key>/", edition, name="edition"),
    path("search/", search, name="search"),
    path("help/", help_page, name="help"),
    path("styleguide/", styleguide, name="styleguide"),
    path("theme/", theme, name="theme"),
]
