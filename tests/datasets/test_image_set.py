"""The image sets: which images, of which classes, how many, and what pictures show of them."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.datasets import load_digits
from support.small_cifar import PER_FILE, write_cifar

from ammix_viz.datasets import cifar10, digits, image_set, mini_cifar
from ammix_viz.datasets.image_set import displayed, long_tailed
from ammix_viz.datasets.table import DATASETS, dataset_problem, load_dataset
from ammix_viz.settings.recipe import Recipe


@pytest.fixture(autouse=True)
def small_cifar(tmp_path, monkeypatch):
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path / "data"))
    write_cifar(tmp_path / "data")
    return tmp_path / "data"


def load(name, factor, seed=0, coarse=False):
    sets = {"digits": digits, "mini_cifar": mini_cifar}
    return long_tailed(sets[name].read(), factor, seed, coarse)


def rows_of(pixels):
    """Images as what can be put in a set."""
    return [own.tobytes() for own in pixels]


def test_digits_are_split_into_train_and_test_by_class_and_none_is_in_both():
    found, own = load_digits(), load("digits", 1)
    every = np.bincount(found.target)
    assert own.test_counts == tuple(int(count / 5) for count in every)
    assert own.counts == tuple(every - np.array(own.test_counts))
    assert own.train.shape == (sum(own.counts), 8, 8, 1)
    both = np.concatenate([own.train, own.test]).reshape(-1, 64)
    labels = np.concatenate([own.train_labels, own.test_labels])
    as_found = sorted(zip(found.target, found.data.astype(int).tolist(), strict=True))
    assert sorted(zip(labels, both.astype(int).tolist(), strict=True)) == as_found
    assert len(set(rows_of(found.images))) == len(found.images)  # so that none can be in both


def test_mini_cifar_is_the_files_images_channels_last_sorted_by_class():
    own, found = load("mini_cifar", 1), cifar10.read()
    assert own.class_names == ("airplane", "automobile", "bird", "cat")
    assert own.train.shape == (4 * 5 * PER_FILE, 32, 32, 3)
    assert own.counts == (5 * PER_FILE,) * 4
    assert own.test_counts == (PER_FILE,) * 4
    assert (own.train[7, 3, 5] == found.train[7, :, 3, 5]).all()
    assert (np.diff(own.train_labels) >= 0).all()


@pytest.mark.parametrize("name", ["digits", "mini_cifar"])
def test_images_are_standardised_by_the_whole_balanced_training_set_at_any_imbalance(name):
    whole, few = load(name, 1), load(name, 20)
    assert len(few.train) < len(whole.train)
    pixels = whole.train.astype(float)
    for own in (whole, few):
        np.testing.assert_allclose(own.mean, pixels.mean((0, 1, 2)))
        np.testing.assert_allclose(own.std, pixels.std((0, 1, 2)))


@pytest.mark.parametrize(
    ("name", "factor", "counts"),
    [
        ("mini_cifar", 1, (30, 30, 30, 30)),
        ("mini_cifar", 8, (30, 15, 7, 3)),
        ("mini_cifar", 30, (30, 9, 3, 1)),
        ("digits", 140, (140, 80, 46, 26, 15, 8, 5, 2, 1, 1)),
    ],
)
def test_counts_follow_the_profile_from_the_smallest_class_down(name, factor, counts):
    own = load(name, factor)
    smallest = min(load(name, 1).counts)
    classes = len(counts)
    by_hand = tuple(int(smallest / factor ** (i / (classes - 1)) + 1e-6) for i in range(classes))
    assert own.counts == by_hand
    assert own.counts[0] == counts[0]
    assert own.counts[-1] == counts[-1] == int(smallest / factor)
    assert own.test_counts == load(name, 1).test_counts
    if name == "mini_cifar":
        assert own.counts == counts


@pytest.mark.parametrize("name", ["digits", "mini_cifar"])
def test_a_class_keeps_an_image_that_it_has_at_a_larger_factor(name):
    kept = [set(rows_of(load(name, factor, 3).train)) for factor in (1, 2.5, 10, 25)]
    for more, fewer in pairwise(kept):
        assert fewer < more
    np.testing.assert_array_equal(load(name, 10).test, load(name, 1).test)


def test_the_seed_selects_images_except_in_the_balanced_set():
    one, two = (load("digits", 10, seed) for seed in (0, 1))
    assert one.counts == two.counts
    assert set(rows_of(one.train)) != set(rows_of(two.train))
    again = load("digits", 10, 0)
    np.testing.assert_array_equal(one.train, again.train)
    one, two = (load("digits", 1, seed) for seed in (0, 1))
    np.testing.assert_array_equal(one.train, two.train)


def test_displayed_images_are_as_balanced_over_the_classes_as_possible(monkeypatch):
    monkeypatch.setattr(image_set, "DISPLAYED_TRAIN", 30)
    monkeypatch.setattr(image_set, "DISPLAYED_TEST", 10)
    own = load("mini_cifar", 10)
    assert own.counts == (30, 13, 6, 3)
    # 10 + 10 + 6 + 3 = 29; 11 of the first two would be 31. Of four classes 2 each are 8.
    train, test = own.sampled
    assert np.bincount(own.train_labels[train]).tolist() == [10, 10, 6, 3]
    assert np.bincount(own.test_labels[test]).tolist() == [2, 2, 2, 2]
    assert (np.diff(train) > 0).all()
    assert (np.diff(test) > 0).all()
    assert own.displayed.tolist() == [*train, *(test + 52)]
    assert own.displayed_train == 29
    again = load("mini_cifar", 10).sampled
    assert all((a == b).all() for a, b in zip(own.sampled, again, strict=True))


def test_at_most_2000_and_400_images_are_displayed_and_all_digits():
    assert (image_set.DISPLAYED_TRAIN, image_set.DISPLAYED_TEST) == (2000, 400)
    counts = np.array([5000, 854, 146, 25])  # of Mini-CIFAR-LT: 975 + 854 + 146 + 25 = 2000
    labels = np.repeat(np.arange(4), counts)
    train, test = displayed(labels, np.arange(8).repeat(60), 0)
    assert np.bincount(labels[train]).tolist() == [975, 854, 146, 25]
    assert len(test) == 8 * 50
    own = load("digits", 1)
    assert own.sampled is None
    assert own.displayed_train == len(own.train)
    assert own.displayed.tolist() == list(range(1797))


@pytest.mark.parametrize(
    ("name", "factor", "most", "sentence"),
    [
        (
            "digits",
            160.5,
            140,
            "imbalance is 160.5; class 9 of digits would have no image. "
            "It must be at most 140, the images of the smallest class.",
        ),
        (
            "mini_cifar",
            30.5,
            30,
            "imbalance is 30.5; class cat of mini_cifar would have no image. "
            "It must be at most 30, the images of the smallest class.",
        ),
    ],
)
def test_a_class_without_an_image_is_refused_in_a_sentence(name, factor, most, sentence):
    for data_set in (name, f"{name}_lt", f"{name}_coarse"):
        with pytest.raises(ValueError, match="would have no image") as refused:
            load_dataset(Recipe(data=data_set, imbalance=factor))
        assert str(refused.value) == sentence
    assert min(load_dataset(Recipe(data=name, imbalance=most)).counts) == 1


def test_an_integer_factor_is_repeated_without_decimals():
    with pytest.raises(ValueError, match="would have no image") as refused:
        load_dataset(Recipe(data="digits", imbalance=200))
    assert str(refused.value).startswith("imbalance is 200; class 9 of digits")


def test_missing_images_are_reported(tmp_path, monkeypatch):
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path / "elsewhere"))
    sentence = (
        f"CIFAR-10 is not in {tmp_path / 'elsewhere'}; "
        "`python -m ammix_viz fetch-data cifar10` gets it. Digits need no download."
    )
    with pytest.raises(ValueError, match="is not in") as refused:
        load_dataset(Recipe(data="mini_cifar"))
    assert str(refused.value) == sentence
    for name, entry in DATASETS.items():
        if entry.kind == "images" and name != "custom":
            missing = dataset_problem(Recipe(data=name))
            assert missing == (sentence if "cifar" in name else "")
            if entry.stand_in:
                assert dataset_problem(Recipe(data=entry.stand_in)) == ""


def test_coarse_classes_have_names_and_each_class_has_a_coarse_class():
    numbers, cars = load("digits", 1, coarse=True), load("mini_cifar", 1, coarse=True)
    assert numbers.coarse_names == ("below 5", "5 and above")
    assert numbers.coarse_of == (0, 0, 0, 0, 0, 1, 1, 1, 1, 1)
    assert numbers.class_names == tuple("0123456789")
    assert cars.coarse_names == ("vehicles", "animals")
    assert cars.coarse_of == (0, 0, 1, 1)
    for name in ("digits", "mini_cifar"):
        plain, coarse = load(name, 5), load(name, 5, coarse=True)
        assert (plain.coarse_names, plain.coarse_of) == ((), ())
        np.testing.assert_array_equal(plain.train, coarse.train)
