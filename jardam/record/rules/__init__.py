"""Pure rules of the real record: the rows (`rows`), reading a file (`reading`), kinds of money (`money`),
aliases and open questions kept in the project (`aliases`)."""
