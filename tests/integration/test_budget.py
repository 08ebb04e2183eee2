"""Four real processes, a real Valkey, calls that arrive at a random moment between sending and reply.

How much of the allowance is used is measured by `python -m tests.bench.budget`.
"""

import pytest

from onefile_integration.api.budget import Lane, Limits
from tests.bench.budget import Trial, run, say, told

pytestmark = pytest.mark.once

QUICK = Limits(limit=24, people_share=25, window=2, timeout=3, send_within=0.5)
PEOPLE, NIGHT = Lane.PEOPLE, Lane.NIGHT


@pytest.mark.parametrize(
    "trial",
    [
        pytest.param(Trial(QUICK, (PEOPLE, PEOPLE, NIGHT, NIGHT), 6), id="both lanes"),
        pytest.param(Trial(QUICK, (NIGHT,) * 4, 5), id="night alone"),
        pytest.param(Trial(QUICK, (PEOPLE,) * 4, 5, lost=10), id="replies lost"),
    ],
)
def test_never_more_than_the_limit_in_any_window(trial: Trial) -> None:
    outcome = run(trial)
    say(told(trial, outcome))
    assert trial.cap < len(outcome.arrivals)
    assert outcome.most_in(QUICK.window) <= trial.cap


def test_nor_when_the_store_is_emptied_in_between() -> None:
    """It comes back empty at once, and nobody calls until the last call is a window, a lease and a second ago."""
    trial = Trial(QUICK, (PEOPLE, PEOPLE, NIGHT, NIGHT), 13, restart_at=4)
    outcome = run(trial)
    say(told(trial, outcome))
    assert outcome.restarted
    before = [at for at in outcome.arrivals if at <= outcome.restarted]
    after = [at for at in outcome.arrivals if at > outcome.restarted + QUICK.window]
    assert len(before) >= QUICK.limit
    assert len(after) >= QUICK.limit
    assert outcome.most_in(QUICK.window) <= QUICK.limit


def test_a_person_does_not_wait_for_the_night() -> None:
    trial = Trial(QUICK, (NIGHT, NIGHT, NIGHT, PEOPLE), 5, people_threads=1)
    outcome = run(trial)
    say(told(trial, outcome))
    assert outcome.most_in(QUICK.window) <= QUICK.limit
    assert outcome.longest_wait_of_people < QUICK.window / 2
