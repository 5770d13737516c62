"""Runs that join and leave a stack train as if each were alone, to the last bit."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.loop import train, train_stack
from ammix_viz.training.stack import Stack, may_join

EPOCHS = 3


def several(*settings, **shared):
    return [Recipe(epochs=EPOCHS, **shared, **each) for each in settings]


def mixed(snapshot, run):
    """The arrays of a run's mixed rows."""
    found = snapshot.mixed[run] if snapshot.mixed else None
    values = vars(found).values() if found else ()
    return [np.asarray(value) for value in values if value is not None]


def rows(snapshots):
    """Everything that is recorded of each run, by its key."""
    found = defaultdict(list)
    for snapshot in snapshots:
        for run, key in enumerate(snapshot.keys):
            arrays = (snapshot.features[run], snapshot.weight[run], snapshot.bias[run])
            arrays = (*arrays, snapshot.grid[run], *mixed(snapshot, run))
            values = (snapshot.step, snapshot.epoch, snapshot.lam[run], snapshot.loss[run])
            found[key].append((*values, run in snapshot.failures, *(a.tolist() for a in arrays)))
    return found


def alone(recipe):
    return rows(train([recipe]))[recipe.key]


def events(stack, changes):
    """Train a stack; before snapshot n is taken, make the changes of n."""
    for number, snapshot in enumerate(train_stack(stack)):
        yield snapshot
        for method, argument in changes.get(number, ()):
            getattr(stack, method)(argument)


@pytest.mark.parametrize(
    "shared",
    [{}, {"lam_update": "batch"}, {"v_acc": "validation"}, {"lam_per": "row"}],
    ids=["default", "λ by batch", "λ from test accuracy", "λ by row"],
)
def test_runs_that_join_later_train_as_if_alone(shared):
    first, second, third, fourth = several(
        {"method": "am_mixup", "beta": 0.3},
        {"method": "am_mixup", "beta": 0.7},
        {"method": "am_mixup", "init_seed": 5},
        {"method": "am_mixup", "beta": 1.2, "batch_seed": 3},
        **shared,
    )
    stack = Stack([first])
    found = rows(events(stack, {2: [("join", [second, third])], 9: [("join", [fourth])]}))
    for recipe in (first, second, third, fourth):
        assert found[recipe.key] == alone(recipe)


def test_a_run_that_leaves_is_dropped_after_its_epoch_and_the_others_are_unchanged():
    left, stays, joins = several({"method": "ce"}, {"method": "mixup"}, {"method": "manifold"})
    stack = Stack([left, stays])
    found = rows(events(stack, {5: [("leave", {left.key}), ("join", [joins])]}))
    assert found[stays.key] == alone(stays)
    assert found[joins.key] == alone(joins)
    whole = alone(left)
    assert found[left.key] == whole[: len(found[left.key])]
    assert len(found[left.key]) < len(whole)


def test_a_run_joins_while_the_last_of_the_others_end():
    first, second = several({"method": "ce"}, {"method": "mixup"})
    count = len(alone(first))
    for at in (count - 2, count - 1):
        found = rows(events(Stack([first]), {at: [("join", [second])]}))
        assert found[first.key] == alone(first)
        assert found[second.key] == alone(second)


def test_a_run_joins_a_stack_in_which_all_others_fail():
    wild = Recipe(method="am_mixup", lr=1.0, epochs=EPOCHS, batch_size=4)
    calm = replace(wild, method="ce", init_seed=7)
    (*_, last) = alone(wild)
    assert last[4], "the first run has to fail"
    found = rows(events(Stack([wild]), {1: [("join", [calm])]}))
    np.testing.assert_equal(found[wild.key], alone(wild))
    np.testing.assert_equal(found[calm.key], alone(calm))


def test_an_emptied_stack_ends_its_training():
    (recipe,) = several({"method": "ce"})
    stack = Stack([recipe])
    found = rows(events(stack, {0: [("leave", {recipe.key})]}))
    assert len(found[recipe.key]) == 5  # the early steps of the first epoch


def test_a_stage_ends_for_runs_that_stay_when_others_leave():
    left, stays = several({"init_seed": 1}, {"init_seed": 2}, method="supcon")
    found = rows(events(Stack([left, stays]), {6: [("leave", {left.key})]}))
    assert found[stays.key] == alone(stays)


@pytest.mark.parametrize(
    ("recipe", "allowed"),
    [
        (Recipe(method="am_mixup"), True),
        (Recipe(method="supcon"), False),
        (Recipe(method="ce", data="digits"), False),
    ],
)
def test_runs_of_one_stage_on_points_may_join(recipe, allowed):
    assert may_join(recipe) is allowed
    if not allowed:
        with pytest.raises(
            ValueError, match=r"^Runs of several stages, and runs on images, cannot"
        ):
            Stack([recipe]).join([replace(recipe, init_seed=1)])


def test_runs_that_differ_in_a_shared_setting_do_not_join():
    with pytest.raises(ValueError, match=r"^Runs in one stack share network, kind of step, data, "):
        Stack([Recipe(method="ce")]).join([Recipe(method="ce", epochs=7)])
