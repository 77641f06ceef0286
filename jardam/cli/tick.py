"""`jardam tick`: the only timer. Puts on record what the rules say follows from the mere passing of a term (H-50),
and makes prints that failed before (H-61).

Every term is stored with the thing or follows from its rules, and every act asks it again: a clock that stands still
moves no deadline, and a tick that comes twice finds nothing left to do. What a person has to weigh is never done here.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

log = logging.getLogger(__name__)


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """None: the clock has no opinion."""


def run(_args: argparse.Namespace) -> int:
    import django

    django.setup()
    print(tick(datetime.now(UTC)))
    return 0


def tick(at: datetime) -> int:
    """Do what is due at `at`, each act in its own transaction; how many were done. An act that is refused meanwhile
    (somebody was quicker, an appeal came in) is left to the next tick and to people; so is one whose sealed content
    does not open, and the operator is told (H-60)."""
    from django.db import transaction

    from jardam.documents.damage import Damaged
    from jardam.documents.operations import report_incident
    from jardam.kernel.actor import system
    from jardam.kernel.refusal import Refused

    done = 0
    for name, act in _due(at):
        try:
            with transaction.atomic():
                act()
        except Refused as refused:
            log.info("the clock was refused: %s, %s", name, ", ".join(refused.codes))
        except Damaged as fault:
            log.exception("the clock met damage: %s", name)
            with transaction.atomic():
                report_incident(fault=fault, actor=system(at))
        else:
            done += 1
    return done


def _due(at: datetime) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every act by its name, read kind by kind: what one kind did is seen by the next."""
    from jardam.contracts import operations as contracts
    from jardam.contracts import queries as contracts_due
    from jardam.documents import operations as documents
    from jardam.documents import queries as documents_due
    from jardam.kernel.actor import system
    from jardam.review import operations as review
    from jardam.review import queries as review_due

    clock = system(at)
    for proceeding in review_due.mendings_over(at):
        yield "close_mending", partial(review.close_mending, actor=clock, proceeding=proceeding)
    for cut in review_due.cuts_over(at):
        yield "lapse_cut", partial(review.lapse_cut, actor=clock, cut=cut)
    for candidacy in review_due.reserves_over(at):
        yield "give_back", partial(review.give_back, actor=clock, candidacy=candidacy)
    for contract in contracts_due.executors_silent(at):
        yield "miss_signing_term", partial(contracts.miss_signing_term, actor=clock, contract=contract)
    for contract in contracts_due.contracts_overdue(at):
        yield "record_overdue", partial(contracts.record_overdue, actor=clock, contract=contract)
    for document in documents_due.prints_due(at):
        yield "print_document", partial(documents.print_now, document)
