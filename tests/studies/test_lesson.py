"""What the lesson says is tested on the runs that it displays."""

import numpy as np
import pytest

from ammix_viz.lessons.library import built_in
from ammix_viz.studies.lesson import SAID, lost, rarest_is_lowest
from ammix_viz.studies.table import study_of


def test_every_row_is_a_run_of_the_lesson():
    displayed = {run.key for step in built_in().steps for run in step.comparison.recipes}
    (part,) = study_of("lesson").parts
    assert {runs[0].key for runs in part.recipes(1).values()} <= displayed


def test_every_sentence_names_a_step():
    steps = {sentence.split(":")[0] for sentence in (claim.sentence for claim in SAID)}
    assert steps <= {f"Step {n}" for n in range(1, 9)}


def test_the_rarest_class_is_compared_with_every_other():
    ends = {"ce": {"test.margin": np.array([5.0, 4.0, 1.0, 2.0])}}
    assert rarest_is_lowest("ce")(ends) == {"": -1}


@pytest.mark.parametrize(("accuracy", "margin"), [(0.0, 1.0), (0.5, 0.5), (40.0, -39.0)])
def test_a_class_is_lost_below_one_percent(accuracy, margin):
    record = {"test.per_class_accuracy": np.array([100, 100, 100, accuracy])}
    assert lost("partner")({"partner": record}) == {"": margin}
