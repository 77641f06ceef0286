"""Files, signatures, seals and official documents.

Words: a *file* is bytes under their SHA-256, never overwritten, its original name never used as a path; a
*signature* binds a person under a mandate to the hash of a content, by a carrier (platform, ink, certificate);
a *seal* keeps content unreadable in the database: a data key per object, wrapped by a key file outside it; a *look*
is the record that somebody opened a sealed content, and why; a *paper* is what an act says in one language, as blocks;
a *document* is an act's papers in all languages under one number and one hash, with its *print*, the PDF; an
*incident* is stored content that could not be given out, from the moment it is asked for until it is whole.

Invariants: a database dump without the key file reveals no sealed content; every opening of a seal by somebody
other than its owner leaves a look; an upload is what its name says, whole, open, and does nothing by itself (H-44);
a document is never changed and printed once, tried again until it is (H-61); what was damaged is given to
nobody and told to the operator (H-60); who reads file or document is asked of the room that owns its thing;
files are written temporary → fsync → rename → fsync of the folder → commit.
"""
