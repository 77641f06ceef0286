"""The command line: one door beside the pages. `main.py` holds the table of commands.

Each command is a module with `add_arguments(parser)` and `run(args) -> int` (0: done). A module imports what
it needs inside `run` when that is slow or needs Django, so that `jardam --help` answers at once. A fault that
a person can mend is a `LauncherError`, printed as one sentence; anything else is a bug and keeps its
traceback.
"""
