"""CNN-Vis2D against a plain network of `torch.nn.functional` that autograd follows."""

import math

import pytest
import torch
from support.plain_cnn import features_of, logits_of, moments_of, parameters_of

from ammix_viz.networks.cnn_vis2d import Cnn
from ammix_viz.networks.mixing import Mixing

GREY, COLOUR = (1, 8, 8), (3, 32, 32)


def network_of(shape=GREY, heads=(4,), seed=0, init="uniform", feature_norm=False):
    """A network whose batch norms are not at their start: scales of both signs, any shift."""
    network = Cnn(shape, heads, seed, torch.float64, "cpu", init, feature_norm)
    chance = torch.Generator().manual_seed(seed + 1)
    for name, weight in network.weights.items():
        if name.startswith(("scale", "shift")):
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


def check_gradient(network, rows, sites, seed=5):
    """Compare a step's features, logits and gradient with autograd's."""
    chance = torch.Generator().manual_seed(seed)
    weights, moments = parameters_of(network), moments_of(network)
    mixings, mixed, count = {}, {}, len(rows)
    for site in sites:
        mixings[site], mixed[site] = pairs(count, count + 3, chance)
        count += 3
    features = network.encode(rows, mixings)
    logits = network.classify(features)
    expected, clean = features_of(weights, moments, rows, mixed)
    torch.testing.assert_close(features[0], expected.detach(), rtol=1e-9, atol=1e-10)
    torch.testing.assert_close(network.clean[0], clean.detach(), rtol=1e-9, atol=1e-10)
    plain = logits_of(weights, expected, network.head)
    torch.testing.assert_close(logits[0], plain.detach(), rtol=1e-9, atol=1e-10)
    at_logits = torch.randn(plain.shape, generator=chance, dtype=torch.float64)
    network.backward(at_logits[None])
    (plain * at_logits).sum().backward()
    for name, own in weights.items():
        if own.grad is not None:
            largest = float(own.grad.abs().max())
            torch.testing.assert_close(
                network.gradients[name],
                own.grad,
                rtol=1e-7,
                atol=1e-9 * (1 + largest),
                msg=lambda text, name=name: f"{name}: {text}",
            )
    return moments


@pytest.mark.parametrize("feature_norm", [False, True], ids=["plain", "normed"])
@pytest.mark.parametrize("init", ["uniform", "he"])
@pytest.mark.parametrize("sites", [(), (1,), (2,), (3,), (4,), (1, 3, 4)], ids=str)
def test_the_gradient_is_autograds_wherever_rows_are_mixed(sites, init, feature_norm):
    network = network_of(seed=len(sites), init=init, feature_norm=feature_norm)
    assert {bool(s) for s in (network.weights["scale0"] < 0)} == {True, False}
    check_gradient(network, images(12, GREY), sites)


@pytest.mark.parametrize("sites", [(), (2,)], ids=str)
def test_the_gradient_of_large_batches_in_colour_is_autograds(sites):
    network = network_of(COLOUR, heads=(2, 4), feature_norm=True)
    network.head = 1
    check_gradient(network, images(70, COLOUR), sites)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_the_gradient_is_autograds_where_all_scales_have_one_sign(sign):
    network = network_of()
    for level in range(3):
        network.weights[f"scale{level}"].abs_().mul_(sign)
    check_gradient(network, images(9, GREY), ())


def test_a_second_step_is_not_disturbed_by_the_first():
    network = network_of()
    check_gradient(network, images(9, GREY), (1,))
    network.flat.add_(0.1)
    check_gradient(network, images(9, GREY, seed=3), (2,), seed=8)
    check_gradient(network, images(4, GREY, seed=4), ())


@pytest.mark.parametrize(("shape", "count"), [(GREY, 12), (COLOUR, 40)], ids=["grey", "colour"])
def test_running_moments_are_those_of_torchs_batch_norm(shape, count):
    network = network_of(shape, feature_norm=True)
    moments, weights = moments_of(network), parameters_of(network)
    assert [pair.tolist()[0][:2] for pair in moments] == [[0, 0]] * 4
    assert [pair.tolist()[1][:2] for pair in moments] == [[1, 1]] * 4
    for seed in range(3):
        rows = images(count - seed, shape, seed)
        network.encode(rows, {})
        with torch.no_grad():
            features_of(weights, moments, rows)
    torch.testing.assert_close(network.running, torch.cat(moments, 1), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("feature_norm", [False, True], ids=["plain", "normed"])
@pytest.mark.parametrize(("shape", "count"), [(GREY, 12), (COLOUR, 40)], ids=["grey", "colour"])
def test_a_look_is_the_plain_network_in_evaluation_mode(shape, count, feature_norm):
    network, rows = network_of(shape, feature_norm=feature_norm), images(count, shape)
    network.running.uniform_(0.2, 1.5, generator=torch.Generator().manual_seed(0))
    before = network.running.clone()
    with torch.no_grad():
        expected, _ = features_of(parameters_of(network), moments_of(network), rows, training=False)
    torch.testing.assert_close(network.look(rows), expected, rtol=1e-9, atol=1e-10)
    assert torch.equal(network.running, before)


def test_a_look_at_an_image_does_not_depend_on_those_beside_it():
    network, rows = network_of(COLOUR), images(40, COLOUR)
    alone = torch.cat([network.look(rows[:1]), network.look(rows[1:])])
    torch.testing.assert_close(network.look(rows), alone, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("head", [0, 1])
def test_a_classifier_is_learnt_without_touching_the_other_or_the_encoder(head):
    network = network_of(heads=(2, 4))
    network.head = head
    network.gradient.fill_(7)
    features = torch.tensor([[[1.0, 2.0], [3.0, -1.0]]], dtype=torch.float64)
    at_logits = torch.zeros(1, 2, (2, 4)[head], dtype=torch.float64)
    at_logits[0, :, 0] = torch.tensor([10.0, 1.0])
    network.backward_classifier(features, at_logits)
    # Column 0: 10·(1, 2) + 1·(3, -1), and 10 + 1.
    assert network.gradients[f"head{head}"][0, :, 0].tolist() == [13, 19]
    assert network.gradients[f"head{head}"][0, :, 1:].abs().sum() == 0
    assert network.gradients[f"head_bias{head}"][0, 0].tolist() == [11, *[0] * (1 + 2 * head)]
    others = [g for name, g in network.gradients.items() if f"head{head}" not in name]
    others = [g for g in others if g is not network.gradients[f"head_bias{head}"]]
    assert all((own == 7).all() for own in others)
    assert (network.gradient[network.encoder] == 7).all()
    assert (network.gradient[network.classifier] != 7).all()
    assert (network.gradient != 7).sum() == (2 + 1) * (2, 4)[head]


def test_the_classifier_in_use_is_the_one_that_classifies():
    network = network_of(heads=(2, 4))
    features = torch.tensor([[[1.0, 2.0], [3.0, -1.0]]], dtype=torch.float64)
    for network.head in (0, 1):
        expected = logits_of(network.weights, features[0], network.head)
        torch.testing.assert_close(network.classify(features)[0], expected)


FAN_IN = {"kernel0": 27, "kernel1": 288, "kernel2": 576, "feature": 2048, "head0": 2}
"""Numbers that go into one, for colour images: 3·3 times the channels; 4·4·128; two features."""


def drawn(name, init, seeds=3):
    """The initial values of a weight, of a few seeds and 500 classes."""
    networks = (Cnn(COLOUR, (500,), seed, torch.float64, "cpu", init) for seed in range(seeds))
    return torch.cat([network.weights[name].flatten() for network in networks])


@pytest.mark.parametrize(("name", "fan_in"), FAN_IN.items())
def test_uniform_weights_are_spread_as_torchs_own_layers_spread_them(name, fan_in):
    values = drawn(name, "uniform") * math.sqrt(fan_in)
    assert values.abs().max() <= 1
    share = torch.histc(values, 4, -1, 1) / len(values)
    torch.testing.assert_close(share, torch.full((4,), 0.25).double(), atol=0.06, rtol=0)
    own = {"kernel0": torch.nn.Conv2d(3, 32, 3), "feature": torch.nn.Linear(2048, 2)}
    if name in own:
        torchs = own[name].weight.detach() * math.sqrt(fan_in)
        assert float(values.std()) == pytest.approx(float(torchs.std()), rel=0.1)
        assert float(values.abs().max()) == pytest.approx(float(torchs.abs().max()), rel=0.02)


def test_uniform_biases_have_the_bounds_of_their_layers_weights():
    feature, head = (drawn(name, "uniform", 20) for name in ("feature_bias", "head_bias0"))
    assert 0.8 < feature.abs().max() * math.sqrt(2048) <= 1
    assert 0.9 < head.abs().max() * math.sqrt(2) <= 1


@pytest.mark.parametrize(("name", "fan_in"), FAN_IN.items())
def test_he_weights_are_normal_with_variance_two_over_fan_in(name, fan_in):
    values = drawn(name, "he") * math.sqrt(fan_in / 2)
    assert float(values.mean()) == pytest.approx(0, abs=0.06)
    assert float(values.var()) == pytest.approx(1, rel=0.1)
    assert float((values.abs() < 1).double().mean()) == pytest.approx(0.683, abs=0.03)
    assert float(values.abs().max()) > 2.5


def test_batch_norm_and_he_biases_start_at_rest():
    network = Cnn(COLOUR, (2, 4), 0, torch.float64, "cpu", "he", True)
    for name, weight in network.weights.items():
        if name.startswith("scale"):
            assert (weight == 1).all()
        elif name.startswith("shift") or "bias" in name:
            assert (weight == 0).all()


def test_a_seed_gives_the_same_encoder_whatever_is_behind_it():
    one = Cnn(GREY, (10,), 3, torch.float64, "cpu")
    two = Cnn(GREY, (2, 10), 3, torch.float64, "cpu", feature_norm=True)
    other = Cnn(GREY, (10,), 4, torch.float64, "cpu")
    for name in ("kernel0", "kernel1", "kernel2", "feature", "feature_bias"):
        assert torch.equal(one.weights[name], two.weights[name])
        assert not torch.equal(one.weights[name], other.weights[name])
