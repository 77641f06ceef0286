"""`jardam down`: stop the instance of this data folder, however much of it is left."""

from __future__ import annotations

import argparse
import os

from jardam.launcher import variables
from jardam.launcher.postgres import Server
from jardam.launcher.supervise import end_leftovers, end_supervisor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_: argparse.Namespace) -> int:
    data = variables.read(os.environ).data
    was_supervised = end_supervisor(data)
    was_left = end_leftovers(data) > 0
    was_served = Server(data).stop()
    if was_supervised or was_left or was_served:
        print("Jardam is stopped; its data is kept.")
    else:
        print("Nothing was running.")
    return 0
