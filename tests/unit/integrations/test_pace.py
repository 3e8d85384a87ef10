from afterview.integrations.pace import Pace


def test_a_burst_goes_through_and_then_one_after_the_other() -> None:
    time, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        time[0] += seconds

    pace = Pace(20, 1.5, lambda: time[0], sleep)
    for _ in range(20):
        pace.wait()
    assert slept == []
    for _ in range(10):
        pace.wait()
    assert 6 < sum(slept) < 7
    time[0] += 60
    slept.clear()
    pace.wait()
    assert slept == []
