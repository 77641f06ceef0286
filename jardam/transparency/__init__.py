"""What everybody may see: the public account of contests and money, and the check that it all holds together.

Words: the *trail* is money from appropriation to acceptance; a *search entry* is a public thing one can look for,
filled from the journal after commit; to *verify* is to check the invariants of blueprint §6 on the live database.

Invariants: read-only towards the rooms below; nothing appears here that its room's policy does not show to a visitor.
"""
