from tongmai.config.postgres.outage import LOOK_AGAIN_SECONDS, Outage

PATIENCE = 5


def test_one_caller_waits_the_others_are_refused_and_every_second_one_looks_again():
    now = [0.0]
    outage = Outage(patience=PATIENCE, clock=lambda: now[0])
    assert not outage.refused()
    outage.begun()
    assert outage.refused() and outage.refused()
    now[0] += LOOK_AGAIN_SECONDS
    assert [outage.refused() for _ in range(3)] == [False, True, True]
    outage.begun()  # the one that looked found it still away
    assert outage.refused()
    now[0] += LOOK_AGAIN_SECONDS
    assert not outage.refused()
    outage.ended()
    assert not outage.refused() and not outage.refused()


def test_one_that_looks_and_never_comes_back_does_not_close_the_door_for_ever():
    now = [0.0]
    outage = Outage(patience=PATIENCE, clock=lambda: now[0])
    outage.begun()
    now[0] += LOOK_AGAIN_SECONDS
    assert not outage.refused()
    now[0] += PATIENCE
    assert not outage.refused()
