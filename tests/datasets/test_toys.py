import numpy as np
import pytest

from ammix_viz.datasets.long_tail import profile
from ammix_viz.datasets.table import DATASETS
from ammix_viz.datasets.toys import CENTRES, gaussian, moons, rings, spiral

TOYS = {name: entry.load for name, entry in DATASETS.items() if "noise" in entry.reads}
every_toy = pytest.mark.parametrize("load", TOYS.values(), ids=TOYS)


@pytest.mark.parametrize(
    ("imbalance", "counts"),
    [
        ("paper", (1000, 500, 100, 10)),
        (1, (1000, 1000, 1000, 1000)),
        (8, (1000, 500, 250, 125)),
        (200, (1000, 170, 29, 5)),
    ],
)
def test_counts_follow_the_paper_or_the_exponential_profile(imbalance, counts):
    assert gaussian(imbalance).counts == counts


@pytest.mark.parametrize(
    ("name", "counts"),
    [("moons", (1000, 10)), ("rings", (1000, 100, 10)), ("spiral", (1000, 100, 10))],
)
def test_toys_of_no_paper_have_the_largest_and_smallest_class_of_the_papers_toy(name, counts):
    assert TOYS[name](DATASETS[name].factor("paper"), 1.0, 0).counts == counts
    assert TOYS[name](1, 1.0, 0).counts == (1000,) * len(counts)


def test_points_lie_around_their_centres_with_variance_one():
    data = gaussian(1, seed=5)
    for label, centre in enumerate(CENTRES):
        own = data.train[data.train_labels == label]
        np.testing.assert_allclose(own.mean(0), centre, atol=0.15)
        np.testing.assert_allclose(np.cov(own.T), np.eye(2), atol=0.15)


def test_moons_without_noise_are_an_upper_and_a_lower_half_circle():
    data = moons(1, noise=0)
    for label, (centre, side) in enumerate((((-1.5, -0.75), 1), ((1.5, 0.75), -1))):
        arm = data.train[data.train_labels == label] - centre
        np.testing.assert_allclose(np.linalg.norm(arm, axis=1), 3)
        assert (side * arm[:, 1] >= -1e-9).all()
        assert arm[:, 0].min() < -2.9
        assert arm[:, 0].max() > 2.9


def test_rings_without_noise_are_circles_around_the_middle():
    data = rings(1, noise=0)
    radius = np.array([1.5, 3, 4.5])[data.train_labels]
    np.testing.assert_allclose(np.linalg.norm(data.train, axis=1), radius)
    for label in range(3):
        np.testing.assert_allclose(data.train[data.train_labels == label].mean(0), 0, atol=0.35)


def test_an_arm_of_the_spiral_turns_by_half_a_turn_on_its_way_out():
    data = spiral(1, noise=0)
    radius = np.linalg.norm(data.train, axis=1)
    assert radius.min() == pytest.approx(0.5, abs=0.01)
    assert radius.max() == pytest.approx(4.5, abs=0.01)
    turns = data.train_labels / 3 + (radius - 0.5) / 8
    expected = radius * np.exp(2j * np.pi * turns)
    np.testing.assert_allclose(data.train, np.stack([expected.real, expected.imag], axis=1))


@every_toy
def test_noise_moves_every_point_in_proportion(load):
    clean, usual, strong = (load(2, noise, 3).train for noise in (0, 1, 2))
    np.testing.assert_allclose(strong - clean, 2 * (usual - clean), atol=1e-12)
    spread = (usual - clean).std(0)
    np.testing.assert_allclose(spread[0], spread[1], rtol=0.1)
    assert spread.min() > 0.2


@every_toy
def test_a_point_stays_when_the_imbalance_changes_and_moves_with_the_seed(load):
    few, many = load(200, 1.0, 1), load(1, 1.0, 1)
    last = len(few.class_names) - 1
    np.testing.assert_array_equal(few.train[-5:], many.train[1000 * last : 1000 * last + 5])
    np.testing.assert_array_equal(few.test, many.test)
    assert not np.array_equal(few.test, load(200, 1.0, 2).test)


@every_toy
def test_test_points_are_balanced_and_not_the_train_points(load):
    data = load(50, 1.0, 0)
    assert np.bincount(data.test_labels).tolist() == [200] * len(data.class_names)
    both = np.concatenate([data.train, data.test])
    assert len(np.unique(both, axis=0)) == len(both)


@every_toy
def test_toys_are_of_one_scale(load):
    reach = np.abs(load(1, 1.0, 0).test).max()
    assert 4 < reach < 7


def test_the_profile_of_mini_cifar_lt_is_the_papers():
    assert profile(5000, 200, 4) == (5000, 854, 146, 25)
    assert profile(5000, 1, 4) == (5000,) * 4
    assert profile(1000, 1000, 4) == (1000, 100, 10, 1)  # roots that are whole stay whole
    assert profile(7, 4, 3) == (7, 3, 1)
