"""ResNet-32 against the usual modules of torch, by autograd and torch's SGD."""

import itertools
import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from ammix_viz.networks.mixing import Mixing
from ammix_viz.networks.protocol import NO_MIXING, Spec
from ammix_viz.networks.resnet32 import resnet32
from ammix_viz.networks.table import NETWORKS

SPEC = Spec((3, 8, 8), (10,), 4, (0,), torch.float64, weight_decay=2e-4, width=64)


class PlainBlock(nn.Module):
    """A basic block with the parameter-free shortcut of He et al. (2016)."""

    def __init__(self, into, out):
        super().__init__()
        self.conv1 = nn.Conv2d(into, out, 3, out // into, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.narrow = into != out

    def forward(self, rows):
        inner = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(rows)))))
        if self.narrow:
            zeros = torch.zeros_like(inner[:, : inner.shape[1] // 4])
            rows = torch.cat([zeros, rows[:, :, ::2, ::2], zeros], 1)
        return torch.relu(inner + rows)


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        widths = [16, *[16] * 5, *[32] * 5, *[64] * 5]
        ends = itertools.pairwise(widths)
        self.blocks = nn.ModuleList(PlainBlock(*end) for end in ends)
        self.linear = nn.Linear(64, 10)

    def forward(self, rows, mixed):
        """Logits; `mixed` is {site: what happens to the rows there}."""
        rows = torch.relu(self.bn(self.conv(rows)))
        for number, block in enumerate(self.blocks, 1):
            rows = block(rows)
            rows = mixed.get(number / 5, lambda same: same)(rows)
        rows = functional.adaptive_avg_pool2d(rows, 1).flatten(1)
        return self.linear(mixed.get("feature", lambda same: same)(rows))


def begun(spec=SPEC):
    network = resnet32(spec)
    network.begin("all", 0)
    return network


def paired(network, plain):
    """Parameters and moments of both, in the order of the layers."""
    ours = [tensor for name, tensor in network.module.state_dict().items() if "num" not in name]
    theirs = [tensor for name, tensor in plain.state_dict().items() if "num" not in name]
    return list(zip(ours, theirs, strict=True))


def images(count, seed):
    return torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(seed)).double()


def test_it_has_the_usual_layers_and_464154_parameters():
    network = begun(replace(SPEC, shape=(3, 32, 32), dtype=torch.float32))
    kernels = [tuple(p.shape) for p in network.module.parameters() if p.dim() == 4]
    assert kernels == [
        (16, 3, 3, 3),
        *[(16, 16, 3, 3)] * 10,
        (32, 16, 3, 3),
        *[(32, 32, 3, 3)] * 9,
        (64, 32, 3, 3),
        *[(64, 64, 3, 3)] * 9,
    ]
    assert sum(p.numel() for p in network.module.parameters()) == 464_154
    sizes = {}

    def note(site, rows):
        sizes[site] = tuple(rows.shape)
        return rows

    features = network.module["encoder"](torch.rand(2, 3, 32, 32), note)
    assert sizes == {1: (2, 16, 32, 32), 2: (2, 32, 16, 16)}
    assert features.shape == (2, 64)
    assert NETWORKS["resnet32"].sites == len(sizes) + 2  # the input and the feature
    assert NETWORKS["resnet32"].width == 64


@pytest.mark.parametrize("sites", [(), (1,), (2, 3)], ids=str)
def test_steps_are_those_of_the_usual_modules_and_plain_sgd(sites):
    network, plain = begun(), Plain().double()
    chance = torch.Generator().manual_seed(1)
    for own, theirs in paired(network, plain):
        if own.dim() == 1:
            own.copy_(0.5 + torch.rand(own.shape, generator=chance))
        theirs.copy_(own)
    sgd = torch.optim.SGD(plain.parameters(), 0.03, momentum=0.9, weight_decay=2e-4)
    for seed in (0, 1):
        rows, order = images(6, seed), torch.randperm(6, generator=chance)
        lam = torch.rand(6, generator=chance).double()

        def mix(rows, order=order, lam=lam):
            share = lam.view(-1, *[1] * (rows.dim() - 1))
            return share * rows + (1 - share) * rows[order]

        mixings = {site: Mixing(None, order, lam[None, :, None]) for site in sites}
        logits = network.classify(network.encode(rows[None], mixings)[0])
        expected = plain(rows, {site if site < 3 else "feature": mix for site in sites})
        torch.testing.assert_close(logits[0], expected, rtol=1e-9, atol=1e-10)
        at_logits = torch.randn(6, 10, generator=chance).double()
        sgd.zero_grad()
        expected.backward(at_logits)
        sgd.step()
        network.backward(logits, at_logits[None])
        network.step(0.03)
    for own, theirs in paired(network, plain):
        torch.testing.assert_close(own, theirs, rtol=1e-7, atol=1e-8)
    plain.eval()
    rows = images(5, 3)
    logits = network.classify(network.evaluate(rows[None]))[0]
    torch.testing.assert_close(logits, plain(rows, {}), rtol=1e-7, atol=1e-8)


def test_it_starts_with_hes_weights_whatever_the_setting_for_other_networks_says():
    network = begun()
    kernel = network.state()["encoder.stages.2.3.second.kernel"]
    assert float(kernel.std()) == pytest.approx(math.sqrt(2 / (9 * 64)), rel=0.02)
    assert float(network.state()["heads.0.weight"].std()) == pytest.approx(
        math.sqrt(2 / 64), rel=0.1
    )
    assert not network.state()["heads.0.bias"].any()
    torch.testing.assert_close(kernel, begun().state()["encoder.stages.2.3.second.kernel"])
    other = begun(replace(SPEC, seeds=(1,))).state()["encoder.stages.2.3.second.kernel"]
    assert not torch.equal(kernel, other)


@pytest.mark.parametrize("mixings", [NO_MIXING, "half way"], ids=["plain", "mixed"])
def test_in_bfloat16_features_are_nearly_the_same_and_are_float32(mixings):
    if mixings:
        order, lam = torch.arange(16).flip(0), torch.full((1, 16, 1), 0.3)
        mixings = {2: Mixing(None, order, lam)}
    spec = replace(SPEC, dtype=torch.float32)
    rows = images(16, 0).float()[None]
    exact, _ = begun(spec).encode(rows, mixings)
    short, _ = begun(replace(spec, settings={"precision": "bfloat16"})).encode(rows, mixings)
    assert short.dtype == torch.float32
    assert 0 < float((short - exact).detach().norm() / exact.detach().norm()) < 0.05
