"""The `Trainer`: plans epochs, takes steps and evaluates a stack of runs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import torch
from torch import Tensor

from ammix_viz.datasets.table import load_dataset
from ammix_viz.networks.protocol import ALL, Network, Spec, StackedNetwork
from ammix_viz.networks.table import NETWORKS
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.accuracy import CountedAccuracy, accuracy_of
from ammix_viz.training.cross_entropy import cross_entropy, one_hot
from ammix_viz.training.devices import resolve
from ammix_viz.training.epoch import Epoch, lay_out, lay_out_again
from ammix_viz.training.mixed_rows import MixedRows, mixed_rows_of
from ammix_viz.training.plan import Plan, plan
from ammix_viz.training.samples import SAMPLES, Points
from ammix_viz.training.schedule import (
    Stage,
    full_eval_steps,
    learning_rate,
    snapshot_steps,
    steps_per_epoch,
)
from ammix_viz.training.snapshot import Snapshot, State
from ammix_viz.training.steps import TAKE_STEP, Outcome


class Trainer:
    """The state of a stack of R runs that are trained together.

    Runs may join and leave between epochs. Those that joined together are a cohort: consecutive
    runs, which have taken the same number of steps. `cohorts` are their slices.
    """

    def __init__(self, recipes: Sequence[Recipe], dtype: torch.dtype) -> None:
        device = resolve(recipes[0].device, recipes[0].on_images)
        datasets = [load_dataset(recipe) for recipe in recipes]
        self.recipes, self.dataset = list(recipes), datasets[0]
        self._dtype, self._device = dtype, device
        self.samples = SAMPLES[recipes[0].kind](recipes, datasets, dtype, device)
        self.network = self._network(dtype, device)
        self.size = len(self.dataset.train)
        self.snapshot_steps = frozenset(snapshot_steps(recipes[0], self.size))
        self.full_eval_steps = full_eval_steps(recipes[0], self.size)
        self.per_epoch = steps_per_epoch(recipes[0], self.size)
        self.displayed = torch.from_numpy(self.dataset.displayed).to(device)
        self.step, self.last_sent = 0, -1
        self.joined = np.zeros(len(recipes), int)
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
        self.head = head
        self.network.begin(stage.learns, head, resume=done > 0)
        self.stage, self.stage_began = stage, self.step - done * self.per_epoch
        learns_alone = stage.learns == "classifier"
        self.frozen_features = self.samples.evaluate(self.network) if learns_alone else None
        if self.step == 0:
            self.features = self._evaluate()
            self.loss = self._clean_loss(self.features)

    def regroup(self, recipes: Sequence[Recipe]) -> None:
        """Go on with exactly these runs, between two epochs: others leave, new ones begin."""
        wanted, here = {r.key for r in recipes}, {r.key for r in self.recipes}
        kept = [run for run, recipe in enumerate(self.recipes) if recipe.key in wanted]
        new = [recipe for recipe in recipes if recipe.key not in here]
        if not new and len(kept) == len(self.recipes):
            return
        self.recipes = [*(self.recipes[run] for run in kept), *new]
        datasets = [load_dataset(recipe) for recipe in self.recipes]
        self.samples = Points(self.recipes, datasets, self._dtype, self._device)
        network = cast(StackedNetwork, self.network)
        network.regroup(kept, [recipe.init_seed for recipe in new])
        self.failures = {at: self.failures[r] for at, r in enumerate(kept) if r in self.failures}
        self.joined = np.append(self.joined[kept], np.full(len(new), self.step))
        self.v_acc = np.append(self.v_acc[kept], np.zeros(len(new)))
        self.features, self.loss = self.features[kept], self.loss[kept]
        if self.frozen_features is not None:
            self.frozen_features = self.frozen_features[kept]
        if new:
            features = self._evaluate(slice(len(kept), len(self.recipes)))
            loss = self._clean_loss(features, slice(len(kept), len(self.recipes)))
            self.features = torch.cat([self.features, features])
            self.loss = np.append(self.loss, loss)

    @property
    def joined(self) -> np.ndarray:
        """The step at which each run joined, shape (R,)."""
        return self._joined

    @joined.setter
    def joined(self, steps: np.ndarray) -> None:
        ends = [*(np.flatnonzero(np.diff(steps)) + 1).tolist(), len(steps)]
        self._joined = steps
        self.cohorts = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]

    def _step_of(self, runs: slice) -> int:
        """Return the number of steps that the runs of a cohort have taken."""
        return self.step - int(self.joined[runs][0])

    def ended(self) -> slice:
        """Return the runs whose epochs of the stage are all trained; all runs if all failed."""
        if self.all_failed:
            return slice(len(self.recipes))
        done = self.step - np.maximum(self.joined, self.stage_began)
        return slice(int((done >= self.stage.epochs * self.per_epoch).sum()))

    @property
    def all_failed(self) -> bool:
        """Whether every run became non-finite."""
        return len(self.failures) == len(self.recipes)

    def plan_epoch(self) -> None:
        """Plan the next epoch, with λ_am from the accuracy (AMM Eq. 6)."""
        self.plan = self._planned()

    def _planned(self, runs: slice = ALL) -> Plan:
        numbers = (self.step - self.joined[runs]) // self.per_epoch
        mixing = self.stage.learns != "classifier"
        return plan(self.recipes[runs], numbers, self.train_labels, self.v_acc[runs], mixing)

    def _evaluate(self, runs: slice = ALL) -> Tensor:
        """Return the features (R, N, d) of a cohort, or of all runs between epochs."""
        self.full_eval = self._step_of(runs) in self.full_eval_steps
        index = None if self.full_eval else self.displayed
        if self.frozen_features is None:
            features = self.samples.evaluate(self.network, index, runs)
        else:
            features = self.frozen_features if index is None else self.frozen_features[:, index]
        self._record_failures(features, runs)
        return features

    def train_epoch(self) -> Iterator[Snapshot | None]:
        """Train an epoch; yield the snapshots due before it and in it, each after one more step.

        That step begins with the weights of the snapshot, which carries some of its mixed rows.
        """
        self.plan_epoch()
        if self.frozen_features is None:
            samples = self.samples.batches(self.plan, self.step // self.per_epoch)
        else:
            samples = self.frozen_features[:, : self.size]
        epoch = lay_out(self.plan, samples, self.labels, self.classes)
        self.outcomes = []
        self.counted = CountedAccuracy(len(self.recipes), self.labels.device)
        waiting = list(self._snapshots())
        updates = self.update_by_batch and self.stage.learns == "all"
        for index in range(self.per_epoch):
            if updates and index:
                lay_out_again(epoch, index, self.plan, samples, self.labels, self.classes)
            self._take_step(epoch, index, keep_rows=bool(waiting) or self._ends_with(index))
            yield from map(self._with_mixed_rows, waiting)
            if self.samples.slow_epochs and not waiting:
                yield None
            if updates:
                self._update_lam()
            waiting = []
            for runs in self._due() if index < self.per_epoch - 1 else ():
                features, loss = self._evaluate(runs), self._mean_loss(epoch, runs)
                waiting.append(self._snapshot(runs, features, loss, self.plan.mean_lam))
        self.features, self.loss = self._evaluate(), self._mean_loss(epoch)
        self._update_accuracy()

    def _take_step(self, epoch: Epoch, index: int, keep_rows: bool) -> None:
        outcome = TAKE_STEP[self.stage.learns](self.network, epoch, index)
        self.outcomes.append(outcome.result)
        if keep_rows:
            self.mixed = self._mixed_rows(outcome, epoch.targets[index], index)
        if self.counts and outcome.clean is not None:
            of_runs = self.plan.clean(index)
            if of_runs.any():
                labels = epoch.labels[index]  # clean rows come first
                logits = self._classify(outcome.clean[:, : labels.shape[1]])
                self.counted.add(logits, labels, of_runs)
        self.step += 1
        done = (self.step - self.stage_began) / self.per_epoch
        self.network.step(learning_rate(self.recipes[0], self.stage, done))

    def _ends_with(self, index: int) -> bool:
        """Return whether a run ends with this step of the epoch."""
        done = self.step + 1 - np.maximum(self.joined, self.stage_began)
        last = index == self.per_epoch - 1
        return last and bool((done >= self.stage.epochs * self.per_epoch).any())

    def _mixed_rows(self, outcome: Outcome, targets: Tensor, index: int) -> list[MixedRows | None]:
        """Return the mixed rows of a step for each run, before its weights are updated."""
        weight, _ = self.network.classifiers[self.head]
        if outcome.features is None or weight.shape[-1] != 2:
            return [None] * len(self.recipes)
        computed = outcome.features, outcome.result, targets
        rows = mixed_rows_of(self.plan, index, self.train_labels, *computed, weight)
        if self.dataset.sampled is None:
            return rows
        return [row and self._with_parents(row) for row in rows]

    def _with_parents(self, rows: MixedRows) -> MixedRows:
        """Return the mixed rows with the features of their parents, which may not be displayed."""
        index = torch.from_numpy(rows.parents.ravel()).to(self.displayed.device)
        features = self.samples.evaluate(self.network, index)[0].float().cpu().numpy()
        return replace(rows, parent_features=features.reshape(*rows.parents.shape, -1))

    def _with_mixed_rows(self, snapshot: Snapshot) -> Snapshot:
        of_run = {recipe.key: rows for recipe, rows in zip(self.recipes, self.mixed, strict=True)}
        return replace(snapshot, mixed=tuple(of_run[key] for key in snapshot.keys))

    @torch.no_grad()
    def _classify(self, features: Tensor, runs: slice = ALL) -> Tensor:
        return self.network.classify(features, runs)

    def _update_lam(self) -> None:
        """Update λ_am after a batch (AMA, Algorithm 1, line 17)."""
        counted = self.counted.value
        self.v_acc = np.where(np.isnan(counted), self.v_acc, counted)
        for recipe, mix, accuracy in zip(self.recipes, self.plan.mixes, self.v_acc, strict=True):
            mix.update_lam(recipe, accuracy)

    def _update_accuracy(self) -> None:
        """Update the accuracy (R,) in [0, 1] at the end of an epoch, on clean features.

        Points are evaluated at the end of the epoch. Images are counted during its steps; if no
        step had clean features, the displayed images are evaluated at the end of the epoch.
        """
        counted = self.counted.value
        missing = np.isnan(counted)
        evaluated = self._evaluated_accuracy() if missing.any() else counted
        self.v_acc = np.where(missing, evaluated, counted)

    def _evaluated_accuracy(self) -> np.ndarray:
        """Return the accuracy on the training samples evaluated last, or on the test samples."""
        train = self.size if self.full_eval else self.dataset.displayed_train
        rows, split = (slice(n, None) if self.validates else slice(n) for n in (train, self.size))
        labels = (self.all_labels if self.full_eval else self.all_labels[self.displayed])[rows]
        logits = self._classify(self.features[:, rows])
        totals = None if self.full_eval else torch.bincount(self.all_labels[split])
        return accuracy_of(logits, labels, totals)

    def _clean_loss(self, features: Tensor, runs: slice = ALL) -> np.ndarray:
        index = self.displayed[: self.dataset.displayed_train]
        logits = self._classify(features[:, : len(index)], runs)
        targets = one_hot(self.labels[index], self.classes, logits.dtype)
        return cross_entropy(logits, targets).mean(-1).cpu().numpy()

    def _mean_loss(self, epoch: Epoch, runs: slice = ALL) -> np.ndarray:
        """Return the mean loss (R,) of the epoch's steps so far."""
        steps_done = len(self.outcomes)
        if self.stage.learns == "encoder":
            sizes = self.labels.new_tensor(epoch.sizes[:steps_done])
            outcomes = torch.stack(self.outcomes, dim=-1)[runs]
            loss = outcomes @ (sizes / sizes.sum()).to(outcomes)
        else:
            logits = torch.cat([each[runs].mT for each in self.outcomes], dim=2).mT
            targets = torch.cat([each[runs].mT for each in epoch.targets[:steps_done]], dim=2).mT
            rows = sum(epoch.sizes[:steps_done])
            loss = cross_entropy(logits, targets).mean(-1) * (logits.shape[1] / rows)
        return loss.cpu().numpy()

    def _record_failures(self, features: Tensor, runs: slice) -> None:
        """Record the runs whose features, or their squared distances, are not finite."""
        lengths = features.square().sum(-1) * 4
        finite = torch.isfinite(lengths).all(-1).tolist()
        for run, is_finite in enumerate(finite, runs.start or 0):
            if not is_finite and run not in self.failures:
                self.failures[run] = self._why_failed(run)

    def _why_failed(self, run: int) -> str:
        recipe, steps = self.recipes[run], self.step - int(self.joined[run])
        begun = (steps - 1) // self.per_epoch * self.per_epoch
        finite_steps = [bool(torch.isfinite(outcome[run]).all()) for outcome in self.outcomes]
        step = begun + (finite_steps.index(False) if False in finite_steps else steps - begun)
        return (
            f"Training went non-finite at step {step} (epoch {begun // self.per_epoch + 1}): "
            f"lr {recipe.lr:g} is too high for batch_size {recipe.batch_size} here. "
            "Try a smaller lr, such as 0.02, or a larger batch_size."
        )

    def _due(self) -> list[slice]:
        """Return the cohorts of which a snapshot is due at this step."""
        return [runs for runs in self.cohorts if self._step_of(runs) in self.snapshot_steps]

    def _snapshots(self) -> Iterator[Snapshot]:
        """Yield the snapshots that are due between two epochs, once the next one is planned."""
        for runs in self._due() if self.step > self.last_sent else ():
            yield self._snapshot(runs, self.features[runs], self.loss[runs], self.plan.mean_lam)

    def last_snapshots(self, runs: slice) -> Iterator[Snapshot]:
        """Yield a snapshot of each cohort of some runs, which will not be trained any more.

        They carry mixed rows of the last step.
        """
        lam = self._planned(runs).mean_lam
        for cohort in self.cohorts:
            if cohort.stop <= runs.stop:
                last = self._snapshot(cohort, self.features[cohort], self.loss[cohort], lam)
                yield last if self.all_failed else self._with_mixed_rows(last)

    def _snapshot(
        self, runs: slice, features: Tensor, loss: np.ndarray, lam: np.ndarray
    ) -> Snapshot:
        """Return a snapshot of a cohort, with copies of what training changes.

        `lam` (R,) is that of all runs, the others are of the cohort.
        """
        pairs = self.network.classifiers
        heads = [(weight[runs].clone(), bias[runs].clone()) for weight, bias in pairs]
        step = self._step_of(runs)
        at_end = self.samples.slow_epochs and step % self.per_epoch == 0
        return Snapshot(
            tuple(recipe.key for recipe in self.recipes[runs]),
            step,
            step / self.per_epoch,
            lam[runs],
            loss,
            features,
            self.full_eval,
            *heads[-1],
            {
                r - runs.start: why
                for r, why in self.failures.items()
                if runs.start <= r < runs.stop
            },
            heads[0] if len(heads) > 1 else None,
            self._state() if at_end else None,
            grid=self.samples.evaluate_grid(self.network, runs),
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
