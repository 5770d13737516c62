"""k of the neighbourhood uniformity, against the classes of a data set."""

import pytest

from ammix_viz.datasets.table import dataset_problem, load_dataset
from ammix_viz.settings.recipe import Recipe


def test_more_neighbours_than_other_classes_are_refused_in_a_sentence():
    sentence = (
        "neighbors is 4; it must be a whole number from 1 to 3, since gaussian has 4 classes."
    )
    assert dataset_problem(Recipe(neighbors=4)) == sentence
    assert dataset_problem(Recipe(neighbors=3)) == ""
    with pytest.raises(ValueError, match="since digits_coarse has 2 coarse classes"):
        load_dataset(Recipe(data="digits_coarse", neighbors=2))
