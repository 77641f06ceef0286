"""Invented bodies and people, and the road they walk, made by the operations themselves.

Words: the *cast* are the people who sign in with one click on demonstration instances; the *road* is one contest from
study to acceptance, step by step, each step one operation by one of the cast at one instant; `jardam story` tells it,
`jardam demo` leaves it standing at different points, and the tests walk it.

Invariants: every body here bears an invented name and is marked so (`Organisation.is_invented`); the same anchor day
gives the same demonstration; nothing is written but through operations.
"""
