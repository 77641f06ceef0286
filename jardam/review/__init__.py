"""From opened applications to a published protocol.

Words: a *commission* has *members* of the state or civil side, a chair, and a secretary, who has a vote only where the
rules give one; a *proceeding* is the review of one lot; a *candidacy* is one application in it; an *interest* is
declared by every member about every applicant before any file opens; a *score sheet* holds one member's sealed scores
of one candidacy; the *protocol* is generated from the records, signed by those who sat, published.

Invariants: a member with an interest neither sees nor scores; no score is visible to anybody before all are in; the
ranking is the same for the same scores, byte for byte; awards take effect by publication only; nobody is awarded more
than they asked for.

Start with `lifecycle.py`, then `operations/decision.py`.
"""
