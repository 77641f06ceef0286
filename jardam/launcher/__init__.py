"""Starts what Jardam runs on: a private PostgreSQL, the web processes, the worker. No Django here.

Words: *data folder* (`JARDAM_DATA`, everything an instance keeps), *server* (the private PostgreSQL of one
data folder), *binaries* (a folder with `postgres` and `initdb`), *account* (the system user the server runs
under), *lease* (a process's claim that the server must not stop yet), *supervisor* (the one process of `make
up`), *leftovers* (processes that a crash left behind).

Invariants: nothing here ever deletes or overwrites data, but for `make reset` after a typed word; one folder
is started by one process at a time; "running" means that a connection succeeds; the server never listens on a
network; no mode of a folder that is not ours is ever changed; every fault is a `LauncherError` of one
sentence that says what to do.

Start with `postgres.py`, then `supervise.py`.
"""
