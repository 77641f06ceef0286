"""House rules are numbered in order, each has a reason, and none is ever law."""

from jardam.rulebook.house import HOUSE, LAW


def test_numbers_rise_and_are_never_used_twice():
    numbers = [int(code.removeprefix("H-")) for code in HOUSE]

    assert numbers == sorted(set(numbers))
    assert list(HOUSE) == [f"H-{n:02}" for n in numbers]


def test_a_house_rule_is_a_sentence_with_a_reason():
    for code, rule in HOUSE.items():
        assert rule.code == code
        assert rule.title.endswith(".") and rule.reason.endswith(".")


def test_a_house_rule_is_never_law():
    assert {rule.basis.kind for rule in HOUSE.values()} == {"house"}
    assert all(rule.basis.act == code for code, rule in HOUSE.items())


def test_titles_tell_rules_apart():
    assert len({rule.title for rule in HOUSE.values()}) == len(HOUSE)


def test_known_law_names_its_act_and_where_to_read_it():
    for basis in LAW.values():
        assert basis.kind == "law"
        assert basis.act and basis.url.startswith("http")
