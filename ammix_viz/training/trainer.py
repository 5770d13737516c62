"""The `Trainer`: plans epochs, takes steps and evaluates a stack of runs."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from ammix_viz.datasets.table import load_dataset
from ammix_viz.metrics.distances import class_means
from ammix_viz.networks.protocol import Network, Spec
from ammix_viz.networks.table import NETWORKS
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.cross_entropy import cross_entropy, one_hot
from ammix_viz.training.devices import resolve
from ammix_viz.training.epoch import Epoch, lay_out, lay_out_again
from ammix_viz.training.plan import plan
from ammix_viz.training.samples import SAMPLES
from ammix_viz.training.schedule import (
    Stage,
    full_eval_steps,
    learning_rate,
    snapshot_steps,
    steps_per_epoch,
)
from ammix_viz.training.snapshot import Snapshot, State
from ammix_viz.training.steps import TAKE_STEP


class Trainer:
    """The state of a stack of R runs that are trained together."""

    def __init__(self, recipes: Sequence[Recipe], dtype: torch.dtype) -> None:
        device = resolve(recipes[0].device, recipes[0].on_images)
        datasets = [load_dataset(recipe) for recipe in recipes]
        self.recipes, self.dataset = recipes, datasets[0]
        self.samples = SAMPLES[recipes[0].kind](recipes, datasets, dtype, device)
        self.network = self._network(dtype, device)
        self.size = len(self.dataset.train)
        self.snapshot_steps = frozenset(snapshot_steps(recipes[0], self.size))
        self.full_eval_steps = full_eval_steps(recipes[0], self.size)
        self.per_epoch = steps_per_epoch(recipes[0], self.size)
        self.displayed = torch.from_numpy(self.dataset.displayed).to(device)
        self.step, self.last_sent = 0, -1
        self.v_acc = np.zeros(len(recipes))
        settings = recipes[0].canonical
        self.validates = settings.v_acc == "validation"
        self.update_by_batch = settings.lam_update == "batch"
        self.counts = not self.validates and (self.samples.slow_epochs or self.update_by_batch)
        self.outcomes: list[Tensor] = []
        self.failures: dict[int, str] = {}

    def _network(self, dtype: torch.dtype, device: str) -> Network:
        recipe, dataset = self.recipes[0], self.dataset
        entry = NETWORKS[recipe.network_name]
        heads = [len(names) for names in (dataset.coarse_names, dataset.class_names) if names]
        seeds = [each.init_seed for each in self.recipes]
        settings = {name: getattr(recipe, name) for name in entry.reads}
        spec = Spec(
            self.samples.shape,
            tuple(heads),
            entry.sites,
            tuple(seeds),
            dtype,
            device,
            settings,
            recipe.weight_decay,
            entry.width,
        )
        return entry.build(spec)

    def begin(self, stage: Stage, done: int = 0) -> None:
        """Begin a stage, or resume it after `done` epochs.

        SGD is reset and updates only the parameters that the stage learns.
        """
        dataset = self.dataset
        labels = np.array(dataset.coarse_of)[dataset.labels] if stage.coarse else dataset.labels
        self.train_labels = labels[: self.size]
        self.classes = len(dataset.coarse_names if stage.coarse else dataset.class_names)
        self.all_labels = torch.from_numpy(labels).to(self.displayed.device)
        self.labels = self.all_labels[: self.size]
        head = 1 if dataset.coarse_names and not stage.coarse else 0
        self.network.begin(stage.learns, head, resume=done > 0)
        self.stage, self.stage_began = stage, self.step - done * self.per_epoch
        learns_alone = stage.learns == "classifier"
        self.frozen_features = self.samples.evaluate(self.network) if learns_alone else None
        if self.step == 0:
            self._evaluate()
            self.loss = self._clean_loss()

    def plan_epoch(self) -> None:
        """Plan the next epoch, with λ_am from the accuracy (AMM Eq. 6)."""
        mixing = self.stage.learns != "classifier"
        number = self.step // self.per_epoch
        self.plan = plan(self.recipes, number, self.train_labels, self.v_acc, mixing)

    def _evaluate(self) -> None:
        self.full_eval = self.step in self.full_eval_steps
        index = None if self.full_eval else self.displayed
        if self.frozen_features is None:
            self.features = self.samples.evaluate(self.network, index)
        else:
            self.features = (
                self.frozen_features if index is None else self.frozen_features[:, index]
            )
        self._record_failures()

    def train_epoch(self) -> Iterator[Snapshot | None]:
        """Train an epoch; yield a snapshot before it and at the scheduled steps in it."""
        self.plan_epoch()
        if self.frozen_features is None:
            samples = self.samples.batches(self.plan, self.step // self.per_epoch)
        else:
            samples = self.frozen_features[:, : self.size]
        epoch = lay_out(self.plan, samples, self.labels, self.classes)
        self.outcomes, self.counted = [], np.zeros(len(self.recipes), int)
        self.correct = self.labels.new_zeros(len(self.recipes))
        if self.step in self.snapshot_steps and self.step > self.last_sent:
            yield self.snapshot()
        updates = self.update_by_batch and self.stage.learns == "all"
        for index in range(self.per_epoch):
            if updates and index:
                lay_out_again(epoch, index, self.plan, samples, self.labels, self.classes)
            self._take_step(epoch, index)
            if updates:
                self._update_lam()
            if self.step in self.snapshot_steps and index < self.per_epoch - 1:
                self._measure_loss(epoch)
                self._evaluate()
                yield self.snapshot()
            elif self.samples.slow_epochs:
                yield None
        self._measure_loss(epoch)
        self._evaluate()
        self._update_accuracy()

    def _take_step(self, epoch: Epoch, index: int) -> None:
        outcome, clean = TAKE_STEP[self.stage.learns](self.network, epoch, index)
        self.outcomes.append(outcome)
        if self.counts and clean is not None and (of_runs := self.plan.clean(index)).any():
            self._count_correct(clean, epoch.labels[index], of_runs)
        self.step += 1
        done = (self.step - self.stage_began) / self.per_epoch
        self.network.step(learning_rate(self.recipes[0], self.stage, done))

    def _count_correct(self, clean: Tensor, labels: Tensor, of_runs: np.ndarray) -> None:
        """Count the clean rows, which come first, that are classified correctly.

        `of_runs` (R,) says which runs have clean rows.
        """
        correct = self._classify(clean[:, : labels.shape[1]]).argmax(-1) == labels
        self.correct = self.correct + correct.sum(1) * torch.from_numpy(of_runs).to(correct.device)
        self.counted = self.counted + of_runs * correct.shape[1]

    @torch.no_grad()
    def _classify(self, features: Tensor) -> Tensor:
        return self.network.classify(features)

    def _counted_accuracy(self) -> np.ndarray:
        """Return the accuracy on the clean rows of this epoch so far, (R,); nan without any."""
        return (self.correct.cpu() / torch.from_numpy(self.counted)).double().numpy()

    def _update_lam(self) -> None:
        """Update λ_am after a batch (AMA, Algorithm 1, line 17)."""
        counted = self._counted_accuracy()
        self.v_acc = np.where(np.isnan(counted), self.v_acc, counted)
        for recipe, mix, accuracy in zip(self.recipes, self.plan.mixes, self.v_acc, strict=True):
            mix.update_lam(recipe, accuracy)

    def _update_accuracy(self) -> None:
        """Update the accuracy (R,) in [0, 1] at the end of an epoch, on clean features.

        Points are evaluated at the end of the epoch. Images are counted during its steps; if no
        step had clean features, the displayed images are evaluated at the end of the epoch.
        """
        counted = self._counted_accuracy()
        missing = np.isnan(counted)
        evaluated = self._evaluated_accuracy() if missing.any() else counted
        self.v_acc = np.where(missing, evaluated, counted)

    def _evaluated_accuracy(self) -> np.ndarray:
        """Return the accuracy on the training samples evaluated last, or on the test samples."""
        train = self.size if self.full_eval else self.dataset.displayed_train
        rows, split = (slice(n, None) if self.validates else slice(n) for n in (train, self.size))
        labels = (self.all_labels if self.full_eval else self.all_labels[self.displayed])[rows]
        logits = self._classify(self.features[:, rows])
        of_label = logits.mT.gather(1, labels.expand(len(logits), 1, -1))[:, 0]
        correct: Tensor = (of_label == logits.amax(-1)).double()
        if not self.full_eval:  # weight classes by their counts
            correct = class_means(correct[..., None], labels)[..., 0]
            counts = torch.bincount(self.all_labels[split])
            correct = correct * counts / counts.sum() * correct.shape[1]
        return correct.mean(1).cpu().numpy()

    def _clean_loss(self) -> np.ndarray:
        index = self.displayed[: self.dataset.displayed_train]
        logits = self._classify(self.features[:, : len(index)])
        targets = one_hot(self.labels[index], self.classes, logits.dtype)
        return cross_entropy(logits, targets).mean(-1).cpu().numpy()

    def _measure_loss(self, epoch: Epoch) -> None:
        """Update the mean loss of the epoch's steps so far."""
        steps_done = len(self.outcomes)
        if self.stage.learns == "encoder":
            sizes = self.labels.new_tensor(epoch.sizes[:steps_done])
            loss = torch.stack(self.outcomes, dim=-1) @ (sizes / sizes.sum()).to(self.features)
        else:
            logits = torch.cat([each.mT for each in self.outcomes], dim=2).mT
            targets = torch.cat([each.mT for each in epoch.targets[:steps_done]], dim=2).mT
            rows = sum(epoch.sizes[:steps_done])
            loss = cross_entropy(logits, targets).mean(-1) * (logits.shape[1] / rows)
        self.loss = loss.cpu().numpy()

    def _record_failures(self) -> None:
        """Record the runs whose features, or their squared distances, are not finite."""
        lengths = self.features.square().sum(-1) * 4
        finite = torch.isfinite(lengths).all(-1).tolist()
        for run, is_finite in enumerate(finite):
            if not is_finite and run not in self.failures:
                self.failures[run] = self._why_failed(run)

    def _why_failed(self, run: int) -> str:
        recipe, begun = self.recipes[run], (self.step - 1) // self.per_epoch * self.per_epoch
        finite_steps = [bool(torch.isfinite(outcome[run]).all()) for outcome in self.outcomes]
        step = begun + (finite_steps.index(False) if False in finite_steps else self.step - begun)
        return (
            f"Training went non-finite at step {step} (epoch {begun // self.per_epoch + 1}): "
            f"lr {recipe.lr:g} is too high for batch_size {recipe.batch_size} here. "
            "Try a smaller lr, such as 0.02, or a larger batch_size."
        )

    def snapshot(self) -> Snapshot:
        """Return a snapshot, with copies of what training changes."""
        heads = [(weight.clone(), bias.clone()) for weight, bias in self.network.classifiers]
        at_end = self.samples.slow_epochs and self.step % self.per_epoch == 0
        return Snapshot(
            self.step,
            self.step / self.per_epoch,
            self.plan.mean_lam,
            self.loss,
            self.features,
            self.full_eval,
            *heads[-1],
            dict(self.failures),
            heads[0] if len(heads) > 1 else None,
            self._state() if at_end else None,
        )

    def _state(self) -> State:
        tensors = self.network.state()
        state = {name: tensor.cpu().numpy().copy() for name, tensor in tensors.items()}
        return state | {"v_acc": self.v_acc.copy(), "step": np.array(self.step)}

    def restore(self, state: State) -> int:
        """Load a state; return the number of finished epochs."""
        tensors = {name: torch.from_numpy(state[name]) for name in self.network.state()}
        self.network.load_state(tensors)
        self.v_acc, self.step = state["v_acc"], int(state["step"])
        self.last_sent = self.step
        return self.step // self.per_epoch
