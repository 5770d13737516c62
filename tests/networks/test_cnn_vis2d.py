"""CNN-Vis2D against a plain network of `torch.nn.functional` and plain SGD."""

import math

import pytest
import torch
from support.plain_cnn import (
    build,
    features_of,
    logits_of,
    moments_of,
    parameters_of,
    views_of,
)

from ammix_viz.networks.mixing import Mixing

GREY, COLOUR = (1, 8, 8), (3, 32, 32)
CLOSE = {"rtol": 1e-9, "atol": 1e-10}


def network_of(shape=GREY, heads=(4,), seed=0, dtype=torch.float64, **settings):
    """A network whose batch norms are not at their start: scales of both signs, any shift."""
    network = build(shape, heads, seed, dtype, **settings)
    chance = torch.Generator().manual_seed(seed + 1)
    for name, weight in views_of(network).items():
        if name.startswith(("scale", "shift", "bias")):
            weight.copy_(torch.randn(weight.shape, generator=chance, dtype=torch.float64))
    return network


def pairs(rows, count, chance):
    """Any pairs of so many rows, some of a row with itself, at any share."""
    first, second = torch.randint(rows, (2, count), generator=chance)
    second[:2] = first[:2]
    lam = torch.rand(count, generator=chance, dtype=torch.float64)
    lam[1:3] = 1

    def plain(own):
        share = lam.view(-1, *(1 for _ in own.shape[1:]))
        return share * own[first] + (1 - share) * own[second]

    return Mixing(first, second, lam[None, :, None]), plain


def images(count, shape, seed=0):
    """Images with black corners, which a convolution maps to ties; the last is all black."""
    chance = torch.Generator().manual_seed(seed)
    rows = torch.rand(count, *shape, generator=chance, dtype=torch.float64)
    rows[: count // 2, :, : shape[1] // 2] = 0
    rows[:, :, :, -shape[2] // 4 :] = -0.7
    rows[-1] = 0
    return rows


def check_steps(network, batches, sites=(), head=0, pooled=True):
    """Take a step on each batch; compare features, logits and parameters with plain SGD's."""
    chance = torch.Generator().manual_seed(5)
    weights, moments = parameters_of(network), moments_of(network)
    sgd = torch.optim.SGD(weights.values(), 0.03, momentum=0.9, weight_decay=5e-4)
    for rows in batches:
        mixings, mixed, count = {}, {}, len(rows)
        for site in sites:
            mixings[site], mixed[site] = pairs(count, count + 3, chance)
            count += 3
        features, clean = network.encode(rows[None], mixings)
        expected, plain_clean = features_of(weights, moments, rows, mixed, pooled=pooled)
        torch.testing.assert_close(features[0], expected, **CLOSE)
        torch.testing.assert_close(clean[0], plain_clean, **CLOSE)
        logits, plain = network.classify(features), logits_of(weights, expected, head)
        torch.testing.assert_close(logits[0], plain, **CLOSE)
        at_logits = torch.randn(plain.shape, generator=chance, dtype=torch.float64)
        sgd.zero_grad()
        plain.backward(at_logits)
        sgd.step()
        network.backward(logits, at_logits[None])
        network.step(0.03)
        for name, own in views_of(network).items():
            torch.testing.assert_close(
                own, weights[name], rtol=1e-7, atol=1e-8, msg=lambda m, name=name: f"{name}: {m}"
            )


@pytest.mark.parametrize("feature_norm", ["off", "on"])
@pytest.mark.parametrize("init", ["uniform", "he"])
@pytest.mark.parametrize("sites", [(), (1,), (2,), (3,), (4,), (1, 3, 4)], ids=str)
def test_steps_are_those_of_plain_sgd_wherever_rows_are_mixed(sites, init, feature_norm):
    network = network_of(seed=len(sites), init=init, feature_norm=feature_norm)
    assert {bool(s) for s in (views_of(network)["scale0"] < 0)} == {True, False}
    check_steps(network, [images(12, GREY), images(4, GREY, 3)], sites)


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_norm": "off"},
        {"feature_layer": "flatten"},
        {"feature_layer": "hidden"},
        {"precision": "bfloat16"},  # which leaves float64 as it is, but not the way of computing
    ],
    ids=str,
)
@pytest.mark.parametrize("sites", [(), (2, 3)], ids=str)
def test_steps_of_other_layers_are_those_of_plain_sgd(settings, sites):
    network = network_of((3, 16, 16), **settings)
    pooled = "feature_layer" not in settings
    batches = [images(12, (3, 16, 16), seed) for seed in (0, 3)]
    check_steps(network, batches, sites, pooled=pooled)
    expected, _ = features_of(
        parameters_of(network), moments_of(network), batches[0], training=False, pooled=pooled
    )
    torch.testing.assert_close(network.evaluate(batches[0][None])[0], expected, **CLOSE)


def test_layers_have_the_sizes_that_their_settings_name():
    shapes = {}
    for layer in ("flatten", "gap", "hidden"):
        weights = views_of(build(COLOUR, (4,), 0, feature_layer=layer))
        shapes[layer] = [tuple(weights[n].shape) for n in ("hidden", "feature") if n in weights]
    assert shapes == {"flatten": [(2, 2048)], "gap": [(2, 128)], "hidden": [(128, 2048), (2, 128)]}
    assert not {"scale0", "shift2"} & views_of(build(COLOUR, (4,), 0, batch_norm="off")).keys()


@pytest.mark.parametrize("sites", [(), (2,)], ids=str)
def test_steps_on_large_batches_in_colour_are_those_of_plain_sgd(sites):
    network = network_of(COLOUR, heads=(2, 4), feature_norm="on")
    network.begin("all", 1)
    check_steps(network, [images(70, COLOUR)], sites, head=1)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_steps_are_those_of_plain_sgd_where_all_scales_have_one_sign(sign):
    network = network_of()
    for level in range(3):
        views_of(network)[f"scale{level}"].abs_().mul_(sign)
    check_steps(network, [images(9, GREY)])


def test_in_bfloat16_only_the_blocks_lose_digits():
    rows = images(20, COLOUR).float()[None]
    full, half = (
        network_of(COLOUR, dtype=torch.float32, precision=own) for own in ("float32", "bfloat16")
    )
    for features, expected in (
        (half.encode(rows, {})[0], full.encode(rows, {})[0]),
        (half.evaluate(rows), full.evaluate(rows)),
    ):
        assert features.dtype == torch.float32
        assert 1e-5 < (features - expected).abs().max() / expected.abs().max() < 0.03
        assert torch.equal(half.classify(expected), full.classify(expected))
    features, _ = half.encode(rows, {})
    half.backward(features, torch.ones_like(features))
    half.step(0.1)
    for name, own in views_of(half).items():
        assert own.dtype == torch.float32
        assert torch.equal(own, views_of(full)[name]) == name.startswith("head")


@pytest.mark.parametrize(("shape", "count"), [(GREY, 12), (COLOUR, 40)], ids=["grey", "colour"])
def test_running_moments_are_those_of_torchs_batch_norm(shape, count):
    network = network_of(shape, feature_norm="on")
    moments, weights = moments_of(network), parameters_of(network)
    assert [pair.tolist()[0][:2] for pair in moments] == [[0, 0]] * 4
    assert [pair.tolist()[1][:2] for pair in moments] == [[1, 1]] * 4
    for seed in range(3):
        rows = images(count - seed, shape, seed)
        network.encode(rows[None], {})
        with torch.no_grad():
            features_of(weights, moments, rows)
    for own, expected in zip(moments_of(network), moments, strict=True):
        torch.testing.assert_close(own, expected, **CLOSE)


@pytest.mark.parametrize("feature_norm", ["off", "on"])
@pytest.mark.parametrize(("shape", "count"), [(GREY, 12), (COLOUR, 40)], ids=["grey", "colour"])
def test_evaluation_is_the_plain_networks_and_changes_nothing(shape, count, feature_norm):
    network, rows = network_of(shape, feature_norm=feature_norm), images(count, shape)
    chance = torch.Generator().manual_seed(0)
    for name, own in network.state().items():
        if name.endswith((".mean", ".variance")):
            own.uniform_(0.2, 1.5, generator=chance)
    before = {name: own.clone() for name, own in network.state().items()}
    with torch.no_grad():
        expected, _ = features_of(parameters_of(network), moments_of(network), rows, training=False)
    torch.testing.assert_close(network.evaluate(rows[None])[0], expected, **CLOSE)
    assert all(torch.equal(own, before[name]) for name, own in network.state().items())


def test_the_evaluation_of_an_image_does_not_depend_on_those_beside_it():
    network, rows = network_of(COLOUR), images(40, COLOUR)[None]
    alone = torch.cat([network.evaluate(rows[:, :1]), network.evaluate(rows[:, 1:])], dim=1)
    torch.testing.assert_close(network.evaluate(rows), alone, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("head", [0, 1])
def test_training_a_classifier_does_not_change_the_other_or_the_encoder(head):
    network = network_of(heads=(2, 4))
    network.begin("classifier", head)
    before = {name: own.clone() for name, own in views_of(network).items()}
    features = torch.tensor([[[1.0, 2.0], [3.0, -1.0]]], dtype=torch.float64)
    at_logits = torch.zeros(1, 2, (2, 4)[head], dtype=torch.float64)
    at_logits[0, :, 0] = torch.tensor([10.0, 1.0])
    network.backward(network.classify(features), at_logits)
    network.step(0.5)
    learnt = {f"head{head}", f"head_bias{head}"}
    for name, own in views_of(network).items():
        assert torch.equal(own, before[name]) == (name not in learnt)
    # Class 0: 10·(1, 2) + 1·(3, -1), and 10 + 1; every parameter decays.
    for name, gradient in ((f"head{head}", [13.0, 19.0]), (f"head_bias{head}", 11.0)):
        expected = before[name] - 0.5 * 5e-4 * before[name]
        expected[0] -= 0.5 * torch.tensor(gradient, dtype=torch.float64)
        torch.testing.assert_close(views_of(network)[name], expected)


def test_the_encoder_can_be_trained_alone():
    network, rows = network_of(heads=(2, 4)), images(6, GREY)[None]
    network.begin("encoder", 0)
    before = {name: own.clone() for name, own in views_of(network).items()}
    features, _ = network.encode(rows, {})
    network.backward(features, torch.ones_like(features))
    network.step(0.5)
    for name, own in views_of(network).items():
        assert torch.equal(own, before[name]) == name.startswith("head")


def test_the_classifier_in_use_is_the_one_that_classifies():
    network = network_of(heads=(2, 4))
    features = torch.tensor([[[1.0, 2.0], [3.0, -1.0]]], dtype=torch.float64)
    for head in (0, 1):
        network.begin("all", head)
        expected = logits_of(views_of(network), features[0], head)
        torch.testing.assert_close(network.classify(features)[0], expected)
        weight, bias = network.classifiers[head]
        assert torch.equal(weight[0], views_of(network)[f"head{head}"])
        assert torch.equal(bias[0], views_of(network)[f"head_bias{head}"])


def test_a_network_resumes_from_a_loaded_state_to_the_bit():
    def step(network, seed):
        features, _ = network.encode(images(9, GREY, seed)[None], {})
        network.backward(features, torch.ones_like(features))
        network.step(0.1)

    one, two = network_of(seed=1, feature_norm="on"), network_of(seed=2, feature_norm="on")
    step(one, 0)
    two.load_state({name: own.clone() for name, own in one.state().items()})
    two.begin("all", 0, resume=True)
    anew = network_of(seed=2, feature_norm="on")
    anew.load_state(one.state())
    anew.begin("all", 0)
    for network in (one, two, anew):
        step(network, 1)
    assert all(torch.equal(own, two.state()[name]) for name, own in one.state().items())
    assert not torch.equal(views_of(anew)["kernel0"], views_of(one)["kernel0"])


FAN_IN = {"kernel0": 27, "kernel1": 288, "kernel2": 576, "feature": 2048, "head0": 2}
"""Numbers that go into one, for colour images: 3·3 times the channels; 4·4·128; two features."""


def initial(name, init, seeds=3):
    """The initial values of a weight, of a few seeds and 500 classes."""
    networks = (
        build(COLOUR, (500,), seed, init=init, feature_layer="flatten") for seed in range(seeds)
    )
    return torch.cat([views_of(network)[name].flatten() for network in networks])


@pytest.mark.parametrize(("name", "fan_in"), FAN_IN.items())
def test_uniform_weights_are_spread_as_torchs_own_layers_spread_them(name, fan_in):
    values = initial(name, "uniform") * math.sqrt(fan_in)
    assert values.abs().max() <= 1
    share = torch.histc(values, 4, -1, 1) / len(values)
    torch.testing.assert_close(share, torch.full((4,), 0.25).double(), atol=0.06, rtol=0)
    own = {"kernel0": torch.nn.Conv2d(3, 32, 3), "feature": torch.nn.Linear(2048, 2)}
    if name in own:
        torchs = own[name].weight.detach() * math.sqrt(fan_in)
        assert float(values.std()) == pytest.approx(float(torchs.std()), rel=0.1)
        assert float(values.abs().max()) == pytest.approx(float(torchs.abs().max()), rel=0.02)


def test_uniform_biases_have_the_bounds_of_their_layers_weights():
    feature, head = (initial(name, "uniform", 20) for name in ("feature_bias", "head_bias0"))
    assert 0.8 < feature.abs().max() * math.sqrt(2048) <= 1
    assert 0.9 < head.abs().max() * math.sqrt(2) <= 1


@pytest.mark.parametrize(("name", "fan_in"), FAN_IN.items())
def test_he_weights_are_normal_with_variance_two_over_fan_in(name, fan_in):
    values = initial(name, "he") * math.sqrt(fan_in / 2)
    assert float(values.mean()) == pytest.approx(0, abs=0.06)
    assert float(values.var()) == pytest.approx(1, rel=0.1)
    assert float((values.abs() < 1).double().mean()) == pytest.approx(0.683, abs=0.03)
    assert float(values.abs().max()) > 2.5


@pytest.mark.parametrize("batch_norm", ["on", "off"])
def test_batch_norm_starts_as_identity_and_he_biases_at_zero(batch_norm):
    network = build(COLOUR, (2, 4), 0, init="he", feature_norm="on", batch_norm=batch_norm)
    for name, weight in views_of(network).items():
        if name.startswith("scale"):
            assert (weight == 1).all()
        elif name.startswith("shift") or "bias" in name:
            assert (weight == 0).all()


def test_a_seed_gives_the_same_encoder_whatever_is_behind_it():
    one, other = (views_of(build(GREY, (10,), seed)) for seed in (3, 4))
    two = views_of(build(GREY, (2, 10), 3, feature_norm="on"))
    for name in ("kernel0", "kernel1", "kernel2", "feature", "feature_bias"):
        assert torch.equal(one[name], two[name])
        assert not torch.equal(one[name], other[name])
    for settings in ({"batch_norm": "off"}, {"feature_layer": "hidden"}, {"feature_layer": "gap"}):
        assert torch.equal(one["kernel2"], views_of(build(GREY, (10,), 3, **settings))["kernel2"])
