"""What stands open at the workplace of a contest beside the road: in the draft, and after its announcement."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jardam.contests import queries

from .. import formats
from ..templatetags.ui import Link, Task

VERBS = {
    "amend": (gettext_lazy("Amend the announcement"), "desk_amend"),
    "rectify": (gettext_lazy("Correct a slip by an erratum"), "desk_rectify"),
    "suspend": (gettext_lazy("Suspend by order of a court or an appeal body"), "desk_suspend"),
    "resume": (gettext_lazy("Let the contest go on"), "desk_resume"),
    "discard_contest": (gettext_lazy("Discard the draft"), "desk_contest_discard"),
    "cancel": (gettext_lazy("Cancel the contest"), "desk_cancel"),
}
"""What may become necessary at any time; it stands aside from the road."""


def links(contest: Any, verbs: tuple[str, ...]) -> list[Link]:
    return [
        Link(str(label), reverse(name, args=[contest.ref])) for verb, (label, name) in VERBS.items() if verb in verbs
    ]


def tasks(contest: Any, verbs: tuple[str, ...], actor: Any) -> list[Task]:
    """Questions to be answered, and the way on from a contest without result."""
    waiting = [one for one in queries.questions(contest, actor) if one.state == "asked"]
    found = [
        Task(
            _("Answer the question of %(day)s") % {"day": formats.day(one.asked_at)},
            reverse("desk_question", args=[one.ref]),
        )
        for one in waiting
    ]
    ways = {
        "declare_void": (_("Declare the contest void"), "desk_void"),
        "reopen": (_("Take applications again: nobody applied"), "desk_reopen"),
    }
    found += [Task(label, reverse(name, args=[contest.ref])) for verb, (label, name) in ways.items() if verb in verbs]
    if queries.is_repeatable(contest):
        again = queries.repetition(contest)
        if again:
            found.append(Task(_("Repeat the contest"), reverse("desk_contest", args=[again.ref]), "done"))
        elif not queries.repeat_refusals(contest, actor):
            label = "" if queries.must_be_repeated(contest) else _("Optional")
            found.append(Task(_again(contest), reverse("desk_repeat", args=[contest.ref]), label=label))
    return found


def _again(contest: Any) -> str:
    return _("Repeat the lots without an award") if contest.state == "decided" else _("Repeat the contest")
