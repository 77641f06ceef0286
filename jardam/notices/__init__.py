"""Acts told to those they concern, after commit: the inbox of each person, and e-mail.

Words: a *moment* is a verb of the procedure that somebody must hear of, with its texts; a *matter* is the thing an act
was about, as far as messages name it; a *message* is one moment for one person in one channel; the *subscription* says
in which language and how often a person wants e-mail.

Invariants: one message per record, person and channel, however often the journal hands the record over; the inbox is
exactly once, e-mail at least once under a fixed Message-ID; a message holds public facts and the reader's own matters,
never application content, scores or what somebody else wrote. Every verb of every room is either a moment or named
as silent, with the reason. Start with `rules.py`.
"""
