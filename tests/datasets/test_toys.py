import numpy as np
import pytest

from ammix_viz.datasets.long_tail import profile
from ammix_viz.datasets.toys import CENTRES, gaussian, gaussian_counts


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
    assert gaussian_counts(imbalance) == counts
    assert gaussian(imbalance).counts == counts


def test_points_lie_around_their_centres_with_variance_one():
    data = gaussian(1, seed=5)
    for label, centre in enumerate(CENTRES):
        own = data.train[data.train_labels == label]
        np.testing.assert_allclose(own.mean(0), centre, atol=0.15)
        np.testing.assert_allclose(np.cov(own.T), np.eye(2), atol=0.15)


def test_a_point_stays_when_the_imbalance_changes_and_moves_with_the_seed():
    few, many = gaussian(200, seed=1), gaussian(1, seed=1)
    np.testing.assert_array_equal(few.train[-5:], many.train[3000:3005])
    np.testing.assert_array_equal(few.test, many.test)
    assert not np.array_equal(few.test, gaussian(200, seed=2).test)


def test_test_points_are_balanced_and_not_the_train_points():
    data = gaussian()
    assert np.bincount(data.test_labels).tolist() == [200] * 4
    assert len(np.unique(np.concatenate([data.train, data.test]), axis=0)) == 1610 + 800


def test_the_profile_of_mini_cifar_lt_is_the_papers():
    assert profile(5000, 200, 4) == (5000, 854, 146, 25)
    assert profile(5000, 1, 4) == (5000,) * 4
    assert profile(1000, 1000, 4) == (1000, 100, 10, 1)  # roots that are whole stay whole
    assert profile(7, 4, 3) == (7, 3, 1)
