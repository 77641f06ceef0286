"""Pages by workplace: public, customer, council, applicant, commission, treasury, operator, record.

Words: the *door* gives a request its instant and its actor and runs one operation in one durable transaction; a *page*
declares its audience; a *form* is one renderer with one anatomy; *components* are in templatetags/ui.py.

Invariants: a page is one query or one operation and a template; GET never writes; everything works without JavaScript;
nothing here decides: whether a button is there is asked of the journal's `may`.

Start with `door.act`, then `public.py`.
"""
