"""What is measured on which images of a run, and recorded."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from support.small_image_runs import COLOUR, GREY, ends_of, snapshots_of

from ammix_viz.datasets import image_set
from ammix_viz.datasets.table import load_dataset
from ammix_viz.metrics import (
    alignment,
    d_max,
    d_relative,
    neighborhood_uniformity,
    uniformity,
)
from ammix_viz.runs import reader
from ammix_viz.runs.recording import record

pytestmark = pytest.mark.usefixtures("small_sets")


def test_all_images_are_evaluated_after_one_epoch_after_each_fifth_and_at_a_stages_end(monkeypatch):
    monkeypatch.setattr(image_set, "DISPLAYED_TRAIN", 20)
    recipe = replace(COLOUR, data="mini_cifar_coarse", epochs=7)
    snapshots = snapshots_of(recipe, torch.float32)
    assert [s.epoch for s in snapshots if s.full_eval] == [1, 5, 7, 10, 14]
    sizes = {len(s.features[0]) for s in snapshots if s.full_eval}
    assert sizes == {len(load_dataset(recipe).labels)}
    assert {len(s.features[0]) for s in snapshots if not s.full_eval} == {
        len(load_dataset(recipe).displayed)
    }


def test_where_no_batch_is_clean_training_accuracy_is_that_of_the_displayed_images(monkeypatch):
    monkeypatch.setattr(image_set, "DISPLAYED_TRAIN", 20)
    recipe = replace(COLOUR, method="ama_mixup", epochs=3)
    own, snapshots = load_dataset(recipe), ends_of(snapshots_of(recipe, torch.float32))
    assert own.counts == (20, 11, 6, 3)
    assert [snapshot.full_eval for snapshot in snapshots] == [True, False, True]
    for snapshot in snapshots:
        labels = own.train_labels if snapshot.full_eval else own.train_labels[own.sampled[0]]
        features = snapshot.features[0, : len(labels)]
        right = (features @ snapshot.weight[0].T + snapshot.bias[0]).argmax(1).numpy() == labels
        by_class = [right[labels == k].mean() * own.counts[k] for k in range(4)]
        v_acc = sum(by_class) / 40
        assert v_acc > 0
        if snapshot.epoch < 3:
            assert snapshot.lam[0] == pytest.approx(math.exp(-recipe.beta * v_acc))


def recorded(recipe):
    """Header and records of a run, and the snapshots that they are of."""
    list(record([recipe]))
    with reader.Run(recipe.key) as run:
        return run.header, run.records(), snapshots_of(recipe, torch.float32)


def check_split(own, features, labels, weight, bias, totals=None):
    """Compare the metrics `own`, by name, with those of the features."""
    features, weight, bias = (each.double().numpy() for each in (features, weight, bias))
    right = (features @ weight.T + bias).argmax(1) == labels
    classes = [right[labels == k].mean() for k in range(len(bias))]
    accuracy = right.mean()
    if totals is not None:
        accuracy = sum(c * n for c, n in zip(classes, totals, strict=True)) / sum(totals)
    expected = {
        "accuracy": 100 * accuracy,
        "A": alignment(features, labels),
        "U": uniformity(features, labels),
        "U1": neighborhood_uniformity(features, labels),
        "U_raw": uniformity(features, labels, normalize=False),
        "D_max": d_max(features),
        "D_relative": d_relative(features, labels),
    }
    for name, value in expected.items():
        assert own[name] == pytest.approx(value, rel=1e-3, abs=1e-4), name
    assert own["per_class_accuracy"] == pytest.approx(100 * np.array(classes))


def test_full_evaluations_measure_all_images_and_others_estimate_them(monkeypatch):
    monkeypatch.setattr(image_set, "DISPLAYED_TRAIN", 30)
    monkeypatch.setattr(image_set, "DISPLAYED_TEST", 10)
    recipe = replace(COLOUR, data="mini_cifar_coarse", method="am_mixup", epochs=2, lr=0.02)
    header, records, snapshots = recorded(recipe)
    own = load_dataset(recipe)
    assert own.counts == (20, 11, 6, 3)
    assert header["totals"] == {"train": [20, 11, 6, 3], "test": [4, 4, 4, 4]}
    assert header["images"] == [32, 32]
    assert header["coarse"] == {"class_names": ["vehicles", "animals"], "of": [0, 0, 1, 1]}
    assert header["labels"] == own.labels[own.displayed].tolist()
    assert header["train_points"] == own.displayed_train
    assert [s["name"] for s in header["stages"]] == ["coarse", "fine"]
    assert header["records"] == len(records) == len(snapshots)
    assert header["full_evals"] == [i for i, s in enumerate(snapshots) if s.full_eval]
    assert 0 < len(header["full_evals"]) < len(records)
    of = np.array(own.coarse_of)
    for index, (row, snapshot) in enumerate(zip(records, snapshots, strict=True)):
        whole = index in header["full_evals"]
        labels = own.labels if whole else own.labels[own.displayed]
        cut = len(own.train) if whole else own.displayed_train
        heads = {"": (snapshot.weight, snapshot.bias), "coarse.": snapshot.coarse}
        for before, (weight, bias) in heads.items():
            np.testing.assert_array_equal(row[f"{before}weight"], weight[0])
            np.testing.assert_array_equal(row[f"{before}bias"], bias[0])
            for split, rows in (("train", slice(0, cut)), ("test", slice(cut, None))):
                prefix = f"{before}{split}."
                values = {n[len(prefix) :]: row[n] for n in row.dtype.names if n.startswith(prefix)}
                totals = np.array(header["totals"][split])
                if before:
                    totals = [totals[of == 0].sum(), totals[of == 1].sum()]
                classes = of[labels[rows]] if before else labels[rows]
                check_split(
                    values,
                    snapshot.features[0, rows],
                    classes,
                    weight[0],
                    bias[0],
                    None if whole else totals,
                )
        seen = snapshot.features[0][own.displayed] if whole else snapshot.features[0]
        np.testing.assert_allclose(
            row["features"] * row["scale"], seen, atol=float(seen.abs().max()) / 32767
        )


def test_a_run_that_displays_all_images_has_no_totals():
    header, records, snapshots = recorded(replace(GREY, epochs=1))
    assert header["images"] == [8, 8]
    assert not {"totals", "full_evals", "coarse"} & header.keys()
    assert not any(name.startswith("coarse.") for name in records.dtype.names)
    assert len(header["labels"]) == len(snapshots[0].features[0])
