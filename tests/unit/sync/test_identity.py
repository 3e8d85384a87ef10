from afterview.sync.identity import Context, block_mark, event_key, follow_up_key, person_key, split_notes


def test_keys_are_derived_and_unambiguous() -> None:
    assert event_key("a", "b") == event_key("a", "b")
    assert event_key("ab", "") != event_key("a", "b")
    assert follow_up_key("thank_you", "x") != follow_up_key("feedback", "x")
    assert follow_up_key("thank_you", "x", generation=2) != follow_up_key("thank_you", "x")


def test_a_person_is_known_by_address_before_name() -> None:
    assert person_key("Ana", "ANA@corp.example", "Corp") == person_key("Ana Lima", "ana@corp.example", "")
    assert person_key("Ana Lima", "", "Corp") != person_key("Ana Lima", "", "Other")


def test_context_survives_the_round_trip_and_refuses_what_was_changed() -> None:
    context = Context("check_in", application="a-1", outcome="no", time="20260831T101500Z")
    assert Context.read(context.written()) == context
    assert Context.read("hello") is None
    assert Context.read("a:b:c:d:e:f:g h") is None


def test_the_users_words_are_found_around_our_block() -> None:
    block = "Say thanks.\nFor the talk."
    assert split_notes(block, block, "") == (True, "")
    assert split_notes("no\n\nSay thanks.  \r\nFor the talk.\nmine", block, "") == (True, "no\n\nmine")
    assert split_notes("mine\nSay thanks.\nFor the talk.", "", block_mark(block)) == (True, "mine")
    assert split_notes("Say hello.", block, "") == (False, "Say hello.")
