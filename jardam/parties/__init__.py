"""People and organisations, and who may act for whom.

Words: an *organisation* is a customer, a kenesh, a non-profit or another body with dated *names*; a *person* is a
human who acts; a *mandate* lets a person act for an organisation in a *role* from one instant until another, granted
on a document; a *territory* is known by its code, never by its name; a *restriction* bars an organisation for a time
and is written from later stages; a *user* is a person's way to sign in.

Invariants: rights are derived from mandates valid at the moment and never copied; a person's last name in the journal
is the name of the day; duplicates are caught on the identifier (scheme, value); nobody verifies, or grants a first
mandate over, their own organisation.
"""
