"""Files, signatures and seals.

Words: a *file* is bytes under their SHA-256, never overwritten, its original name never used as a path; a
*signature* binds a person under a mandate to the hash of a content, by a carrier (platform, ink, certificate);
a *seal* keeps content unreadable in the database: a data key per object, wrapped by a key file outside it; a *look*
is the record that somebody opened a sealed content, and why.

Invariants: a database dump without the key file reveals no sealed content; every opening of a seal by somebody
other than its owner leaves a look; files are written temporary → fsync → rename → fsync of the folder → commit.
"""
