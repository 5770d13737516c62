"""The toy MLP for many runs at once: parameters, forward pass and hand-derived gradient.

R runs are stacked along a leading axis, so that a layer of all runs is one batched matrix product.
The parameters of all runs are one flat tensor, and the layers are views of it, so that an SGD step
is three operations.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from ammix_viz.networks.mixing import Mixing, mix, unmix
from ammix_viz.networks.protocol import (
    ALL,
    MOMENTUM,
    NO_MIXING,
    Classifier,
    Spec,
)

WIDTHS = (2, 128, 64, 2)
"""Input, two hidden layers, the 2-D feature (AMA 3.3); the linear classifier follows."""

relu_backward = torch.ops.aten.threshold_backward.grad_input

BLOCK = 256
"""Points that are evaluated at a time."""

FEATURE_LEVEL = len(WIDTHS) - 2
"""Index of the layer whose output is the feature; the layers before it end with a ReLU."""


@dataclass(frozen=True)
class Layers:
    """Views of a flat tensor: `weight[l]` is (R, in, out), `bias[l]` is (R, 1, out).

    `transposed[l]` is the weight's transpose, (R, out, in).
    """

    flat: Tensor
    weight: tuple[Tensor, ...]
    bias: tuple[Tensor, ...]
    transposed: tuple[Tensor, ...]

    @classmethod
    def over(cls, flat: Tensor, runs: int, classes: int) -> Self:
        """Return the layers of R toy MLPs as views of a flat tensor."""
        weight, bias, start = [], [], 0
        for rows, columns in layer_shapes(classes):
            middle, end = start + runs * rows * columns, start + runs * (rows + 1) * columns
            weight.append(flat[start:middle].view(runs, rows, columns))
            bias.append(flat[middle:end].view(runs, 1, columns))
            start = end
        return cls(flat, tuple(weight), tuple(bias), tuple(w.mT for w in weight))

    def part(self, runs: slice) -> Self:
        """Return the layers of consecutive runs; `flat` stays that of all runs."""
        parts = (self.weight, self.bias, self.transposed)
        weight, bias, transposed = (tuple(each[runs] for each in part) for part in parts)
        return type(self)(self.flat, weight, bias, transposed)

    @property
    def encoder(self) -> slice:
        """The range of the encoder's parameters in `flat`; the classifier's follow."""
        return slice(0, self.flat.numel() - self.weight[-1].numel() - self.bias[-1].numel())

    @classmethod
    def zeros(cls, runs: int, classes: int, dtype: torch.dtype, device: str) -> Self:
        """Return layers of R runs, all zero."""
        size = runs * sum((rows + 1) * columns for rows, columns in layer_shapes(classes))
        return cls.over(torch.zeros(size, dtype=dtype, device=device), runs, classes)


def _copy_runs(source: Layers, runs: Sequence[int], target: Layers, to: slice) -> None:
    pairs = zip((*source.weight, *source.bias), (*target.weight, *target.bias), strict=True)
    for theirs, ours in pairs:
        ours[to] = theirs[list(runs)]


def layer_shapes(classes: int) -> list[tuple[int, int]]:
    """Return (in, out) of each linear layer, the classifier last."""
    return list(itertools.pairwise((*WIDTHS, classes)))


def init(seeds: Sequence[int], classes: int, dtype: torch.dtype, device: str) -> Layers:
    """Return initial layers for one run per seed, distributed as in `torch.nn.Linear`.

    Weights and biases are uniform within ±1/√in. The papers do not specify the initialisation.
    """
    layers = Layers.zeros(len(seeds), classes, dtype, device)
    for run, seed in enumerate(seeds):
        generator = torch.Generator().manual_seed(seed)
        for weight, bias in zip(layers.weight, layers.bias, strict=True):
            rows, columns = weight.shape[1:]
            sample = torch.rand((rows + 1, columns), generator=generator, dtype=torch.float64)
            sample = (2 * sample - 1) * rows**-0.5
            weight[run], bias[run] = sample[:rows].to(weight), sample[rows:].to(bias)
    return layers


@dataclass(frozen=True)
class Workspace:
    """Memory for a forward and backward pass of B rows; reused, as allocation would dominate.

    Attributes
    ----------
    outputs : list of Tensor of shape (R, B, out)
        Output of each encoder layer.
    deltas : list of Tensor of shape (R, B, in)
        Gradient for the input of each layer; (R, M, in) for the classifier.
    """

    outputs: list[Tensor]
    deltas: list[Tensor]

    @classmethod
    def of(cls, layers: Layers, rows: int, classified: int | None = None) -> Self:
        """Allocate memory for B rows of each run, and for M (default B) at the classifier."""
        runs, new = len(layers.weight[0]), layers.flat.new_empty
        outputs = [new(runs, rows, weight.shape[2]) for weight in layers.weight[:-1]]
        deltas = [new(runs, rows, weight.shape[1]) for weight in layers.weight[:-1]]
        last = new(runs, classified or rows, layers.weight[-1].shape[1])
        return cls(outputs, [*deltas, last])


def encode_into(
    work: Workspace, layers: Layers, points: Tensor, mixings: Mapping[int, Mixing] = NO_MIXING
) -> list[Tensor]:
    """Encode points (R, B, 2), mixing rows at the sites after each layer.

    Returns
    -------
    inputs : list of Tensor
        Input of each layer, including the classifier; the outputs are in `work.outputs`.
    """
    inputs = [points]
    for level, out in enumerate(work.outputs):
        torch.baddbmm(layers.bias[level], inputs[level], layers.weight[level], out=out)
        if level < FEATURE_LEVEL:
            out.relu_()
        inputs.append(mix(out, mixings[level + 1]) if level + 1 in mixings else out)
    return inputs


def classify(layers: Layers, features: Tensor) -> Tensor:
    """Return the logits (R, N, K) of features (R, N, 2); in memory they are (R, K, N).

    A softmax over few classes is several times faster in that layout.
    """
    return torch.baddbmm(layers.bias[-1].mT, layers.transposed[-1], features.mT).mT


def backward(
    work: Workspace,
    layers: Layers,
    gradient: Layers,
    inputs: list[Tensor],
    at_output: Tensor,
    mixings: Mapping[int, Mixing] = NO_MIXING,
) -> None:
    """Write the loss's gradient to `gradient`, given that for the last layer's output.

    The last layer is the classifier, or the feature layer if `inputs` ends there.
    """
    delta = at_output
    for level in reversed(range(len(inputs))):
        torch.bmm(inputs[level].mT, delta, out=gradient.weight[level])
        torch.sum(delta, 1, keepdim=True, out=gradient.bias[level])
        if level == 0:
            return
        delta = torch.bmm(delta, layers.transposed[level], out=work.deltas[level])
        if level in mixings:
            delta = unmix(delta, mixings[level], work.outputs[level - 1].shape[1])
        if level - 1 < FEATURE_LEVEL:
            relu_backward(delta, work.outputs[level - 1], 0, grad_input=delta)


class Mlp:
    """R toy MLPs that implement `networks.protocol.Network`.

    Parameters
    ----------
    spec : Spec
        Specification with one classifier.

    Attributes
    ----------
    layers, gradients : Layers
        Parameters of all runs, and their gradients.
    """

    def __init__(self, spec: Spec) -> None:
        (classes,) = spec.heads
        runs, dtype, device = len(spec.seeds), spec.dtype, spec.device
        self._weight_decay = spec.weight_decay
        self.layers = init(spec.seeds, classes, dtype, device)
        self.gradients, self._velocity = (
            Layers.zeros(runs, classes, dtype, device) for _ in range(2)
        )
        self._work: dict[tuple[int, int], Workspace] = {}
        self._blocks: dict[tuple[int, int], dict[int, Workspace]] = {}

    def regroup(self, kept: Sequence[int], seeds: Sequence[int]) -> None:
        """Keep some runs, in this order, and begin one for each seed after them."""
        runs, classes = len(kept) + len(seeds), self.layers.weight[-1].shape[2]
        like = classes, self.layers.flat.dtype, str(self.layers.flat.device)
        layers, velocity, gradients = (Layers.zeros(runs, *like) for _ in range(3))
        for old, new in ((self.layers, layers), (self._velocity, velocity)):
            _copy_runs(old, kept, new, slice(len(kept)))
        if seeds:
            every = range(len(seeds))
            _copy_runs(init(seeds, *like), every, layers, slice(len(kept), runs))
        self.layers, self._velocity, self.gradients = layers, velocity, gradients
        self._work, self._blocks = {}, {}
        self.begin(self._trained_part, 0, resume=True)

    def begin(self, learns: str, head: int, resume: bool = False) -> None:
        """Start training a part."""
        encoder = self.layers.encoder
        parts = {"encoder": encoder, "classifier": slice(encoder.stop, None)}
        part = parts.get(learns, slice(None))
        flat, gradient, velocity = self.layers.flat, self.gradients.flat, self._velocity.flat
        self._trained_part, self._trained = learns, (flat[part], gradient[part], velocity[part])
        if not resume:
            velocity.zero_()

    def encode(self, rows: Tensor, mixings: Mapping[int, Mixing]) -> tuple[Tensor, Tensor]:
        """Encode a batch (R, B, 2); return its mixed and its clean features."""
        runs, count, _ = rows.shape
        last = mixings.get(FEATURE_LEVEL + 1)
        key = count, len(last.second) // runs if last else count
        if key not in self._work:
            self._work[key] = Workspace.of(self.layers, *key)
        self._mixings, work = mixings, self._work[key]
        self._step, self._inputs = work, encode_into(work, self.layers, rows, mixings)
        return self._inputs[-1], work.outputs[-1]

    def classify(self, features: Tensor, runs: slice = ALL) -> Tensor:
        """Return the logits (R, N, K) of features (R, N, 2)."""
        self._features = features
        return classify(self.layers.part(runs), features)

    def backward(self, output: Tensor, gradient: Tensor) -> None:
        """Compute the gradients of the trained parameters from that of `output`."""
        layers, gradients = self.layers, self.gradients
        if self._trained_part == "classifier":
            torch.bmm(self._features.mT, gradient, out=gradients.weight[-1])
            torch.sum(gradient, 1, keepdim=True, out=gradients.bias[-1])
        else:
            inputs = self._inputs[:-1] if self._trained_part == "encoder" else self._inputs
            backward(self._step, layers, gradients, inputs, gradient, self._mixings)

    def step(self, rate: float) -> None:
        """Take one SGD step with a learning rate."""
        parameters, gradient, velocity = self._trained
        gradient.add_(parameters, alpha=self._weight_decay)
        torch.add(gradient, velocity, alpha=MOMENTUM, out=velocity)
        parameters.add_(velocity, alpha=-rate)

    def evaluate(self, rows: Tensor, runs: slice = ALL) -> Tensor:
        """Return the features (R, N, 2) of points (R, N, 2)."""
        layers = self.layers.part(runs)
        size = len(rows), rows.shape[1]
        if size not in self._blocks:
            self._blocks[size] = block_workspaces(layers, size[1])
        return encode(layers, rows, self._blocks[size])

    @property
    def classifiers(self) -> Sequence[Classifier]:
        """Weight (R, K, 2) and bias (R, K)."""
        return [(self.layers.transposed[-1], self.layers.bias[-1][:, 0])]

    def state(self) -> dict[str, Tensor]:
        """Return the parameters and SGD's velocity."""
        return {"flat": self.layers.flat, "velocity": self._velocity.flat}

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Load a state."""
        for name, tensor in self.state().items():
            tensor.copy_(state[name])


def block_workspaces(layers: Layers, points: int) -> dict[int, Workspace]:
    """Return the workspaces that `encode` needs for a number of points, by block length."""
    lengths = {min(BLOCK, points), points % BLOCK or BLOCK}
    return {rows: Workspace.of(layers, rows) for rows in lengths}


def encode(layers: Layers, points: Tensor, blocks: Mapping[int, Workspace]) -> Tensor:
    """Return the 2-D features (R, N, 2) of points (R, N, 2), in blocks that fit in the cache."""
    features = torch.empty_like(points)
    for rows, out in zip(points.split(BLOCK, 1), features.split(BLOCK, 1), strict=True):
        out.copy_(encode_into(blocks[rows.shape[1]], layers, rows)[-1])
    return features
