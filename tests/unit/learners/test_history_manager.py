"""One class of manager for all histories, one manager for each record."""

from learners.models import Learner, Officer


def test_the_class_is_made_once_and_knows_its_record() -> None:
    first, second = Learner(pk=1), Learner(pk=2)
    assert type(first.history) is type(second.history) is type(Learner.history) is type(Officer.history)
    assert (first.history.instance, second.history.instance, Learner.history.instance) == (first, second, None)
    assert (first.history.model, Officer().history.model) == (Learner.history.model, Officer.history.model)
