"""Filling a demonstration: scenes that leave contests standing at different points of the road.

Every scene is one transaction with a key of its own, so a filling that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.db import transaction

from jardam.journal.operations import consume, once
from jardam.kernel.actor import system

from . import cast, progress
from .cast import Cast
from .road import MEMBERS, Road, start_of

Scene = Callable[[Road], None]


def _accepted(road: Road) -> None:
    """A year's order, done: paid, reported, accepted."""
    road.to_accepted()


def _scored_in_part(road: Road) -> None:
    """In review: one member has handed in everything, the others have not."""
    road.to_scoring()
    for name in road.applications:
        road.score(MEMBERS[0][0], name)


def _taking_applications(road: Road) -> None:
    """Announced: one application is in, one is being written."""
    road.to_announced()
    road.write_application("birge")
    road.submit("birge")
    road.write_application("umut", "umut_editor")


def _before_the_council(road: Road) -> None:
    """A programme waits for the session."""
    road.publish_study()
    road.draft_programme()
    road.submit_to_council()


SCENES: tuple[tuple[str, str, int, Scene], ...] = (
    ("accepted", "elders", -260, _accepted),
    ("scoring", "children", -52, _scored_in_part),
    ("open", "migrants", -24, _taking_applications),
    ("council", "elders", -20, _before_the_council),
)
"""Name, theme of road.yaml, days from the anchor at which it begins, and how far it goes."""


def fill(today: date) -> Iterator[tuple[int, int]]:
    """Fill what is missing; yields (scenes done, scenes in all) as it goes."""
    state = progress.begin(today, len(SCENES) + 1)
    anchor = date.fromisoformat(state.anchor)
    everybody = cast.found() or cast.register(start_of(anchor - timedelta(days=300)))
    yield 1, state.of
    for number, (name, theme, days, scene) in enumerate(SCENES, start=2):
        _play(name, scene, everybody, anchor + timedelta(days=days), theme)
        progress.keep(progress.Progress(state.anchor, number, state.of))
        yield number, state.of
    while consume():
        pass


def _play(name: str, scene: Scene, everybody: Cast, begins: date, theme: str) -> None:
    road = Road(everybody, start_of(begins), theme)

    def work() -> str:
        scene(road)
        return name

    with transaction.atomic():
        once(f"demonstration:{name}", "demonstrate", name, system(start_of(begins)), work)
