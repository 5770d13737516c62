"""Trains one run of any encoder that is a `torch.nn.Module`, with autograd and torch's SGD."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from ammix_viz.networks.initial import WeightInit
from ammix_viz.networks.mixing import Mixing, mix_samples
from ammix_viz.networks.protocol import ALL, MOMENTUM, Classifier, Spec

MixAt = Callable[[int, Tensor], Tensor]
"""A function that an encoder calls at each mixing site, with the site and its samples (B, ...)."""


class ByAutograd:
    """An encoder with linear classifiers that implements `networks.protocol.Network`.

    Parameters
    ----------
    encoder : callable
        Makes the module from the spec and the generator of initial weights. The module maps
        samples (B, ...) and a `MixAt` to features (B, d). It passes each hidden block's output
        through `mix_at(site, rows)`, with sites counted from 1. This class mixes the feature.
    spec : Spec
        Specification of the network, for one run.
    """

    def __init__(self, encoder: Callable[[Spec, WeightInit], nn.Module], spec: Spec) -> None:
        (seed,) = spec.seeds
        weight_init = WeightInit(seed, spec.settings.get("init", "uniform"))
        self.site, self.head = spec.sites - 1, 0
        self._weight_decay = spec.weight_decay
        self._encoder = encoder(spec, weight_init)
        self._heads = [weight_init.linear(spec.width, classes) for classes in spec.heads]
        parts = {"encoder": self._encoder, "heads": nn.ModuleList(self._heads)}
        self.module = nn.ModuleDict(parts).to(spec.device, spec.dtype)
        self._velocity = {
            name: torch.zeros_like(each) for name, each in self.module.named_parameters()
        }

    def begin(self, learns: str, head: int, resume: bool = False) -> None:
        """Start training a part, with the given classifier in use."""
        self.head = head
        self.module.requires_grad_(False)
        self._encoder.requires_grad_(learns != "classifier")
        self._heads[head].requires_grad_(learns != "encoder")
        learned = {n: each for n, each in self.module.named_parameters() if each.requires_grad}
        self._sgd = torch.optim.SGD(
            learned.values(), momentum=MOMENTUM, weight_decay=self._weight_decay, fused=True
        )
        for name, parameter in learned.items():
            velocity = self._velocity[name]
            self._sgd.state[parameter]["momentum_buffer"] = velocity if resume else velocity.zero_()

    def encode(self, rows: Tensor, mixings: Mapping[int, Mixing]) -> tuple[Tensor, Tensor]:
        """Encode a batch (1, B, ...); return its mixed and its clean features."""
        clean = self._encoder(rows[0], partial(_mix_at, mixings))
        return _mix_at(mixings, self.site, clean)[None], clean[None]

    def classify(self, features: Tensor, runs: slice = ALL) -> Tensor:
        """Return the logits (1, N, K) of features (1, N, d)."""
        return self._heads[self.head](features)

    def backward(self, output: Tensor, gradient: Tensor) -> None:
        """Compute the gradients of the trained parameters from that of `output`."""
        self._sgd.zero_grad()
        output.backward(gradient)

    def step(self, rate: float) -> None:
        """Take one SGD step with a learning rate."""
        self._sgd.param_groups[0]["lr"] = rate
        self._sgd.step()

    @torch.no_grad()
    def evaluate(self, rows: Tensor, runs: slice = ALL) -> Tensor:
        """Return the features (1, N, d) of samples (1, N, ...), in evaluation mode."""
        self._encoder.eval()
        features = self._encoder(rows[0], partial(_mix_at, {}))
        self._encoder.train()
        return features[None]

    @property
    def classifiers(self) -> Sequence[Classifier]:
        """Weight (1, K, d) and bias (1, K) of each classifier."""
        return [(each.weight.detach()[None], each.bias.detach()[None]) for each in self._heads]

    def state(self) -> dict[str, Tensor]:
        """Return parameters, running moments of batch norm, and SGD's velocity."""
        velocity = {f"velocity.{name}": each for name, each in self._velocity.items()}
        return self.module.state_dict() | velocity

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Load a state."""
        for name, tensor in self.state().items():
            tensor.copy_(state[name])


def _mix_at(mixings: Mapping[int, Mixing], site: int, rows: Tensor) -> Tensor:
    if site not in mixings:
        return rows
    return mix_samples(rows.to(mixings[site].lam.dtype), mixings[site])  # bfloat16 is not mixed
