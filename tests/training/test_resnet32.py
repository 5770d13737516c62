"""ResNet-32 on CIFAR10-LT: its schedule, and runs on a small archive, which record metrics only."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from support.small_cifar import write_cifar

from ammix_viz.__main__ import main
from ammix_viz.datasets import cifar10
from ammix_viz.datasets.long_tail import profile
from ammix_viz.datasets.table import DATASETS, load_dataset
from ammix_viz.metrics import d_max, uniformity
from ammix_viz.runs import checkpoints, disk, history, reader
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.loop import train
from ammix_viz.training.schedule import learning_rate, stages

TINY = Recipe(
    data="cifar10_lt",
    imbalance=10,
    epochs=2,
    batch_size=32,
    lr=0.01,
    weight_decay=2e-4,
    augment="on",
    method="am_mixup",
)
COUNTS = (20, 15, 11, 9, 7, 5, 4, 3, 2, 2)
"""floor(20 · 10^(-i/9))"""


@pytest.fixture(autouse=True)
def small_cifar(tmp_path, monkeypatch):
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path / "data"))
    write_cifar(tmp_path / "data", 4)


def test_the_rate_starts_at_a_fifth_and_falls_to_a_tenth_after_160_and_180_epochs():
    recipe = Recipe(data="cifar10_lt")
    (stage,) = stages(recipe)
    epochs = (0, 1, 2.5, 5, 6, 160, 160.01, 180, 180.01, 200)
    rates = [learning_rate(recipe, stage, epoch) for epoch in epochs]
    assert rates == pytest.approx(
        [0.02, 0.036, 0.06, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001], rel=1e-12
    )


def test_the_long_tail_has_the_usual_counts():
    hundred = profile(5000, DATASETS["cifar10_lt"].factor("paper"), 10)
    assert hundred == (5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50)
    assert sum(profile(5000, 10, 10)) == 20_431


def test_it_has_ten_classes_and_every_test_image():
    dataset = load_dataset(TINY)
    assert dataset.class_names == cifar10.CLASSES
    assert dataset.counts == COUNTS
    assert dataset.test_counts == (4,) * 10
    found = cifar10.read(10)
    assert (dataset.test[7, 3, 5] == found.test[7, :, 3, 5]).all()
    assert set(map(bytes, dataset.train)) <= {bytes(i.transpose(1, 2, 0)) for i in found.train}


def test_damage_to_a_class_of_the_ten_leaves_mini_cifar_usable(tmp_path):
    place = tmp_path / "data" / cifar10.NAME
    for name in (*cifar10.TRAIN, cifar10.TEST):
        rows = np.fromfile(place / name, np.uint8).reshape(-1, cifar10.RECORD_BYTES)
        rows[rows[:, 0] == 9, 0] = 8
        rows.tofile(place / name)
    with pytest.raises(ValueError, match="has no truck among its training images"):
        load_dataset(TINY)
    assert cifar10.problem() == ""
    assert len(load_dataset(Recipe(data="mini_cifar", imbalance=1)).class_names) == 4


@pytest.mark.parametrize("method", ["mixup", "am_mixup"])
def test_a_run_records_every_metric_but_those_of_the_plane(method):
    recipe = replace(TINY, method=method)
    list(record([recipe]))
    snapshots = list(filter(None, train([recipe])))
    with reader.Run(recipe.key) as run:
        header, records = run.header, run.records()
    assert reader.finished(recipe.key).state == "ended"
    assert [own.epoch for own in snapshots] == records["epoch"].tolist() == [0, 1, 2]
    assert header["feature_width"] == 64
    fields = set(records.dtype.names)
    assert not fields & {"features", "scale", "weight", "bias", "plane_share"}
    assert {"test.accuracy", "train.U1", "test.per_class_accuracy", "train.margin"} <= fields
    last, dataset = snapshots[-1], load_dataset(recipe)
    features, labels = last.features[0][sum(COUNTS) :], dataset.test_labels
    right = (features @ last.weight[0].T + last.bias[0]).argmax(1).numpy() == labels
    assert features.shape == (40, 64)
    assert records["test.accuracy"][-1] == pytest.approx(100 * right.mean())
    assert records["test.per_class_accuracy"][-1] == pytest.approx(
        [100 * right[labels == k].mean() for k in range(10)]
    )
    assert records["test.U"][-1] == pytest.approx(uniformity(features, labels), rel=1e-4)
    assert records["test.D_max"][-1] == pytest.approx(d_max(features), rel=1e-4)
    assert np.isnan(history.numbers(recipe.key)["plane_share"]).all()


def test_a_run_that_was_broken_off_goes_on_to_the_same_bits():
    list(record([TINY]))
    expected = disk.path(TINY.key).read_bytes()
    disk.path(TINY.key).unlink()
    disk.path(TINY.key, ".json").unlink()
    training = record([TINY])
    assert next(itertools.dropwhile(lambda epoch: epoch < 1, training)) == 1
    training.close()
    state, *_ = checkpoints.read(disk.path(TINY.key, ".ckpt"))
    assert int(state["step"]) == 3
    assert min(filter(None, record([TINY]))) == 2  # the first epoch is not trained again
    assert disk.path(TINY.key).read_bytes() == expected


def test_the_command_trains_it_and_prints_the_object_of_every_run(capsys):
    command = "train --data cifar10_lt --imbalance 10 --epochs 1 --batch-size 40 --lr 0.01"
    assert main([*command.split(), "--method", "mixup", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["status"], report["epochs"]) == ("ended", 1)
    assert report["plane_share"] == [None] * 10
    for split in ("train", "test"):
        assert len(report[split]["per_class_accuracy"]) == 10
        names = ["accuracy", "A", "U", "U1", "U_raw", "U1_raw", "D_max", "D_centroid", "D_relative"]
        assert all(np.isfinite(report[split][name]) for name in names)
    assert main(["runs"]) == 0
    assert f"{report['key']}  ended  2 records" in capsys.readouterr().out
