"""The stack of toy MLPs as a person would write it: batched products, autograd, torch's SGD."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

import torch
from torch import Tensor

from ammix_viz.networks import stacked_mlp
from ammix_viz.networks.mixing import Mixing, mix
from ammix_viz.networks.protocol import (
    ALL,
    MOMENTUM,
    NO_MIXING,
    WEIGHT_DECAY,
    Classifier,
    Spec,
)
from ammix_viz.networks.table import NETWORKS


@contextmanager
def by_autograd() -> Iterator[None]:
    """Have toy MLPs trained by autograd for a while."""
    entry = replace(NETWORKS["mlp"], build=AutogradStack)
    with patch.dict(NETWORKS, mlp=entry):
        yield


class AutogradStack:
    """R toy MLPs, as `networks.protocol.Network` describes them."""

    def __init__(self, spec: Spec) -> None:
        layers = stacked_mlp.init(spec.seeds, spec.heads[0], spec.dtype, spec.device)
        self.weight, self.bias = (
            [one.clone() for one in each] for each in (layers.weight, layers.bias)
        )

    def begin(self, learns: str, head: int, resume: bool = False) -> None:
        """Begin to learn a part."""
        part = {"encoder": slice(-1), "classifier": slice(-1, None)}.get(learns, slice(None))
        for each in (*self.weight, *self.bias):
            each.requires_grad_(False)
        learnt = [each.requires_grad_() for each in (*self.weight[part], *self.bias[part])]
        self.sgd = torch.optim.SGD(learnt, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY, fused=True)

    def encode(self, rows: Tensor, mixings: Mapping[int, Mixing]) -> tuple[Tensor, Tensor]:
        """Encode a batch (R, B, 2); return its features mixed and clean."""
        clean = rows
        for level, (weight, bias) in enumerate(zip(self.weight[:-1], self.bias[:-1], strict=True)):
            clean = torch.baddbmm(bias, rows, weight)
            if level < stacked_mlp.FEATURE_LEVEL:
                clean = torch.relu(clean)
            rows = mix(clean, mixings[level + 1]) if level + 1 in mixings else clean
        return rows, clean

    def classify(self, features: Tensor, runs: slice = ALL) -> Tensor:
        """Return the logits (R, N, K) of features (R, N, 2)."""
        return torch.baddbmm(self.bias[-1].mT, self.weight[-1].mT, features.mT).mT

    def backward(self, output: Tensor, gradient: Tensor) -> None:
        """Take the gradients of what is learnt."""
        self.sgd.zero_grad()
        output.backward(gradient)

    def step(self, rate: float) -> None:
        """Move what is learnt by one step of SGD."""
        self.sgd.param_groups[0]["lr"] = rate
        self.sgd.step()

    @torch.no_grad()
    def evaluate(self, rows: Tensor, runs: slice = ALL) -> Tensor:
        """Return the features (R, N, 2) of points (R, N, 2)."""
        return self.encode(rows, NO_MIXING)[0]

    @property
    def classifiers(self) -> Sequence[Classifier]:
        """Weight (R, K, 2) and bias (R, K)."""
        return [(self.weight[-1].detach().mT, self.bias[-1].detach()[:, 0])]

    def state(self) -> dict[str, Tensor]:
        """Return nothing: no run of a benchmark goes on from here."""
        return {}

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Take up nothing."""
