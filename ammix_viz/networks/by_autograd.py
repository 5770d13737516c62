"""One run of any encoder that is a `torch.nn.Module`: gradients by autograd, SGD by torch."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from ammix_viz.networks.initial import Start
from ammix_viz.networks.mixing import Mixing, mix_samples
from ammix_viz.networks.protocol import MOMENTUM, WEIGHT_DECAY, Classifier, Spec

MixAt = Callable[[int, Tensor], Tensor]
"""What an encoder calls with a site and its rows, (B, ...), where they may be mixed."""


class ByAutograd:
    """An encoder with linear classifiers, as `networks.protocol.Network` describes it.

    Parameters
    ----------
    encoder : callable
        Makes the module from the spec and the start of its weights. Called with samples (B, ...)
        and a `MixAt`, the module returns features (B, 2); each hidden block's output goes through
        `mix_at(site, rows)`, its site counted from 1; the feature is mixed here.
    spec : Spec
        What it is built from; of one run.
    """

    def __init__(self, encoder: Callable[[Spec, Start], nn.Module], spec: Spec) -> None:
        (seed,) = spec.seeds
        start = Start(seed, spec.settings.get("init", "uniform"))
        self.site, self.head = spec.sites - 1, 0
        self._encoder = encoder(spec, start)
        self._heads = [start.linear(2, classes) for classes in spec.heads]
        parts = {"encoder": self._encoder, "heads": nn.ModuleList(self._heads)}
        self.module = nn.ModuleDict(parts).to(spec.device, spec.dtype)
        self._velocity = {
            name: torch.zeros_like(each) for name, each in self.module.named_parameters()
        }

    def begin(self, learns: str, head: int, resume: bool = False) -> None:
        """Begin to learn a part, with this classifier in use."""
        self.head = head
        self.module.requires_grad_(False)
        self._encoder.requires_grad_(learns != "classifier")
        self._heads[head].requires_grad_(learns != "encoder")
        learnt = {n: each for n, each in self.module.named_parameters() if each.requires_grad}
        self._sgd = torch.optim.SGD(
            learnt.values(), momentum=MOMENTUM, weight_decay=WEIGHT_DECAY, fused=True
        )
        for name, parameter in learnt.items():
            velocity = self._velocity[name]
            self._sgd.state[parameter]["momentum_buffer"] = velocity if resume else velocity.zero_()

    def encode(self, rows: Tensor, mixings: Mapping[int, Mixing]) -> tuple[Tensor, Tensor]:
        """Encode a batch (1, B, ...); return its features mixed and clean."""
        clean = self._encoder(rows[0], partial(_mix_at, mixings))
        return _mix_at(mixings, self.site, clean)[None], clean[None]

    def classify(self, features: Tensor) -> Tensor:
        """Return the logits (1, N, K) of features (1, N, 2)."""
        return self._heads[self.head](features)

    def backward(self, output: Tensor, gradient: Tensor) -> None:
        """Take the gradients of what is learnt, given the loss's for `output`."""
        self._sgd.zero_grad()
        output.backward(gradient)

    def step(self, rate: float) -> None:
        """Move what is learnt by one step of SGD."""
        self._sgd.param_groups[0]["lr"] = rate
        self._sgd.step()

    @torch.no_grad()
    def evaluate(self, rows: Tensor) -> Tensor:
        """Return the features (1, N, 2) of samples (1, N, ...), the module in evaluation mode."""
        self._encoder.eval()
        features = self._encoder(rows[0], partial(_mix_at, {}))
        self._encoder.train()
        return features[None]

    @property
    def classifiers(self) -> Sequence[Classifier]:
        """Weight (1, K, 2) and bias (1, K) of each classifier."""
        return [(each.weight.detach()[None], each.bias.detach()[None]) for each in self._heads]

    def state(self) -> dict[str, Tensor]:
        """Return parameters, batch norm's moments and SGD's velocity."""
        velocity = {f"velocity.{name}": each for name, each in self._velocity.items()}
        return self.module.state_dict() | velocity

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Take up a state."""
        for name, tensor in self.state().items():
            tensor.copy_(state[name])


def _mix_at(mixings: Mapping[int, Mixing], site: int, rows: Tensor) -> Tensor:
    return mix_samples(rows, mixings[site]) if site in mixings else rows
