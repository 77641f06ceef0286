"""The journal: the only writer of state, and the memory of every act.

Words: a *record* is one act (who, under which mandate, what, on which object, before → after, on what basis);
a *procedure* is a thing's lifecycle, permissions and facts together; the *outbox* hands records to consumers
after commit; an *act key* makes a repeated form harmless.

Invariants: a state never changes without a record that matches it (a trigger in the database sees to it); records
are never updated, deleted or truncated; what the public may see and what it may not are separate tables; nothing
reads the journal by an id cursor; locks are taken only by `lock` and `lock_shared`.

Start with `procedure.may` and `operations.perform`; `schema.py` holds the triggers.
"""
