"""Filling a demonstration: scenes that leave contests standing at different points of the road.

Every scene is one transaction with a key of its own, so a filling that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction

from jardam.journal.operations import consume, once
from jardam.journal.queries import result_of
from jardam.kernel.actor import system
from jardam.planning.models import Programme

from . import cast, progress
from .cast import Cast, year
from .road import Road, start_of
from .scenes import PLANNED, SCENES, Scene, Stage, last_year, measures_of, plan


def fill(today: date) -> Iterator[tuple[int, int]]:
    """Fill what is missing; yields (scenes done, scenes in all) as it goes."""
    places = year()["places"]
    state = progress.begin(today, 1 + len(places) + len(SCENES))
    anchor = date.fromisoformat(state.anchor)
    everybody = cast.found() or cast.register(start_of(date(last_year(anchor), 1, 12)), everybody=True)
    done = 1
    yield done, state.of
    programmes = {}
    for name in places:
        programmes[name] = _programme(name, everybody, anchor)
        done += 1
        progress.keep(progress.Progress(state.anchor, done, state.of))
        yield done, state.of
    for scene in SCENES:
        _play(scene, everybody, anchor, programmes[scene.place])
        done += 1
        progress.keep(progress.Progress(state.anchor, done, state.of))
        yield done, state.of
    while consume():
        pass


def _programme(place: str, everybody: Cast, anchor: date) -> Programme:
    """The programme of a customer; its contests go on from it."""
    text = year()["places"][place]
    begins = start_of(anchor - timedelta(days=PLANNED))
    road = Road(everybody.playing(text["parts"]), begins)
    ref = _once(f"programme:{place}", begins, lambda: plan(Stage(road, anchor, text), measures_of(place, anchor)).ref)
    return Programme.objects.get(ref=ref)


def _play(scene: Scene, everybody: Cast, anchor: date, programme: Programme) -> None:
    road = scene.road(everybody, anchor)

    def work() -> str:
        if scene.is_contest:
            road.join(programme)
        scene.play(Stage(road, anchor, year()["places"][scene.place]))
        return scene.name

    _once(scene.name, road.at, work)


def _once(name: str, begins: datetime, work: Callable[[], str]) -> str:
    key = f"demonstration:{name}"
    # Asked first: somebody may go on under another JARDAM_SECRET_KEY, to which the digest of a key no longer answers.
    if done := result_of(key, "demonstrate"):
        return done
    with transaction.atomic():
        result, _ = once(key, "demonstrate", name, system(begins), work)
    return result
