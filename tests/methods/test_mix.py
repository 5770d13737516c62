"""How each method mixes, against the rows of the papers' descriptions."""

import math

import numpy as np
import pytest

from ammix_viz.methods.lam import LAM_MODES, asymptotic_lam
from ammix_viz.methods.mix import INPUT, NOWHERE, mix
from ammix_viz.methods.sampling import Draws
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.recipe import Recipe

DRAWS = Draws(lam=np.array([0.2, 0.5, 0.9]), site=np.array([0, 3, 1]))
FEATURE = 3


def mixed(**settings):
    return mix(Recipe(**settings), DRAWS, v_acc=0.5)


@pytest.mark.parametrize("method", ["ce", "supcon"])
def test_methods_that_mix_nothing_leave_every_row_alone(method):
    found = mixed(method=method)
    assert (found.site == NOWHERE).all()
    assert (found.input_lam == 1).all()


def test_mixup_mixes_inputs_and_labels_by_a_random_share():
    found = mixed(method="mixup")
    assert (found.site == INPUT).all()
    np.testing.assert_array_equal(found.lam, DRAWS.lam)
    np.testing.assert_array_equal(found.label_weight, DRAWS.lam)


def test_manifold_mixup_mixes_at_the_feature_or_at_a_random_site():
    assert (mixed(method="manifold").site == FEATURE).all()
    np.testing.assert_array_equal(mixed(method="manifold", site="random").site, DRAWS.site)
    np.testing.assert_array_equal(mixed(method="manifold").label_weight, DRAWS.lam)


def test_am_mixup_gives_the_whole_label_to_the_larger_share():
    found = mixed(method="am_mixup", beta=0.34)
    np.testing.assert_allclose(found.lam, math.exp(-0.17))
    assert (found.label_weight == 1).all()
    assert found.pairs == "even"


def test_past_ln_2_the_label_flips_to_the_other_side():
    found = mixed(method="am_mixup", beta=1.5)
    assert (found.lam < 0.5).all()
    assert (found.label_weight == 0).all()


def test_at_exactly_one_half_the_first_row_keeps_its_label():
    assert mixed(method="am_mixup", lam_mode="random").label_weight.tolist() == [0, 1, 1]


def test_ama_mixes_even_pairs():
    found = mixed(method="ama")
    assert found.pairs == "even"
    assert (found.input_lam == 1).all()
    np.testing.assert_array_equal(mixed(method="ama_mixup").input_lam, DRAWS.lam)


@pytest.mark.parametrize(
    ("settings", "field", "value"),
    [
        ({"lam_mode": "fixed"}, "lam", [0.51] * 3),
        ({"lam_mode": "random"}, "lam", [0.2, 0.5, 0.9]),
        ({"lam_mode": "random", "one_sided": "off"}, "label_weight", [0.2, 0.5, 0.9]),
        ({"pairs": "even"}, "pairs", "even"),
        ({"site": "input"}, "site", [INPUT] * 3),
    ],
)
def test_an_ablation_replaces_one_part(settings, field, value):
    np.testing.assert_array_equal(getattr(mixed(method="am_mixup", **settings), field), value)


@pytest.mark.parametrize("method", ["mixup", "manifold", "am_mixup", "ama", "ama_mixup"])
def test_every_mixing_method_can_mix_even_pairs(method):
    for pairs in ("partner", "even", "even_any"):
        assert mixed(method=method, pairs=pairs).pairs == pairs


def test_lam_starts_at_one_and_falls_with_accuracy():
    assert asymptotic_lam(0.34, 0) == 1
    assert asymptotic_lam(math.log(2), 1) == pytest.approx(0.5)


def test_every_method_names_only_parts_that_it_has():
    for method in METHODS.values():
        assert set(method.replaceable) <= set(method.parts)


@pytest.mark.parametrize("name", list(LAM_MODES))
def test_a_mode_of_lam_depends_on_beta_only_where_it_says_so(name):
    low, high = (LAM_MODES[name].of_epoch(DRAWS, beta, 0.5) for beta in (0.1, 1.0))
    assert low.shape == DRAWS.lam.shape
    assert (low != high).any() == ("beta" in LAM_MODES[name].reads)
