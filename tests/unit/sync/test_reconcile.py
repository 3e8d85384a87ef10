"""The table of field ownership, line by line."""

from afterview.sync.model import Fields, Link, RecordKind
from afterview.sync.reconcile import reconcile, same_fields


def link(base: Fields | None = None, given: Fields | None = None, theirs: tuple[str, ...] = ()) -> Link:
    return Link("book", RecordKind.PERSON, "p-1", "1", base=base or {}, given=given or {}, theirs=frozenset(theirs))


def test_what_is_theirs_is_filled_while_empty_and_each_value_once() -> None:
    assert reconcile(link(), {}, {"title": ("CTO",)}).fields == {"title": ("CTO",)}
    assert reconcile(link(), {"title": ("CEO",)}, {"title": ("CTO",)}).fields == {"title": ("CEO",)}
    cleared = link({"title": ("CTO",)}, {"title": ("CTO",)})
    assert reconcile(cleared, {}, {"title": ("CTO",)}).fields == {}
    assert reconcile(cleared, {}, {"title": ("CFO",)}).fields == {"title": ("CFO",)}


def test_what_we_filled_in_is_bettered_until_the_user_touches_it() -> None:
    first = reconcile(link(), {}, {"name": ("ada@x.example",)})
    held = link(first.fields, first.given)
    better = reconcile(held, first.fields, {"name": ("Ada Byron",)})
    assert better.fields == {"name": ("Ada Byron",)}
    again = link(better.fields, better.given)
    assert reconcile(again, {"name": ("Ada B.",)}, {"name": ("Ada King",)}).fields == {"name": ("Ada B.",)}
    assert reconcile(again, {}, {"name": ("Ada Byron",)}).fields == {}
    theirs = reconcile(link({"name": ("Ada",)}), {"name": ("Ada",)}, {"name": ("Ada",)})
    assert reconcile(link(theirs.fields, theirs.given), theirs.fields, {"name": ("Ada King",)}).fields == theirs.fields


def test_values_are_added_once_and_never_taken_away() -> None:
    theirs: Fields = {"phones": ("+49 (30) 1",), "emails": ("own@x.example",)}
    agreed = reconcile(link(), theirs, {"phones": ("+49301",), "emails": ("Own@x.example", "new@x.example")})
    assert agreed.fields == {"phones": ("+49 (30) 1",), "emails": ("own@x.example", "new@x.example")}
    removed = link(agreed.fields, agreed.given)
    assert reconcile(removed, theirs, {"emails": ("new@x.example",)}).fields == theirs


def test_our_text_is_ours_until_the_user_takes_it() -> None:
    first = reconcile(link(), {}, {"block": ("one",)})
    assert first.fields == {"block": ("one",)}
    held = link(first.fields, first.given)
    assert reconcile(held, {"block": ("one",)}, {"block": ("two",)}).fields == {"block": ("two",)}
    for theirs in ({"block": ("one, and mine",)}, {}):
        taken = reconcile(held, theirs, {"block": ("two",)})
        assert taken.fields == theirs
        assert taken.theirs == {"block"}
        later = link(theirs, taken.given, ("block",))
        assert reconcile(later, theirs, {"block": ("three",)}).fields == theirs


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    held = link({"block": ("one",)}, {"block": ("one",)})
    assert reconcile(held, {"block": ("two",)}, {"block": ("two",)}).theirs == frozenset()


def test_fields_that_nobody_knows_are_left_alone() -> None:
    assert reconcile(link(), {"birthday": ("1815-12-10",)}, {}).fields == {"birthday": ("1815-12-10",)}
    assert same_fields({"birthday": ("x",)}, {})
    assert not same_fields({"name": ("x",)}, {})
