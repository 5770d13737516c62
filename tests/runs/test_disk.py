import json
import os
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from filelock import FileLock
from support.full_disk import file_size_limit

from ammix_viz.datasets.point_set import Point
from ammix_viz.datasets.point_text import encode
from ammix_viz.metrics.functions import alignment, d_relative, neighborhood_uniformity, uniformity
from ammix_viz.runs import disk, history, reader
from ammix_viz.runs.format import feature_values, quantise
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.variants import Variant
from ammix_viz.training.loop import train

CE = Recipe(method="ce", epochs=2, imbalance=200)
AM = replace(CE, method="am_mixup")


def record_all(*recipes, **options):
    return list(record(recipes, **options))


def records_of(recipe):
    with reader.Run(recipe.key) as run:
        return run.header, run.records()


def test_a_run_file_contains_the_training_snapshots():
    record_all(CE, AM)
    snapshots = list(train([CE, AM]))
    for row, recipe in enumerate([CE, AM]):
        header, records = records_of(recipe)
        assert header["records"] == len(records) == len(snapshots)
        assert header["labels"][:3] == [0, 0, 0]
        assert records["step"].tolist() == [s.step for s in snapshots]
        features = torch.stack([s.features[row] for s in snapshots]).numpy()
        reach = np.abs(features).max((1, 2), keepdims=True)
        assert (np.abs(feature_values(records) - features) <= reach / 32767).all()
        np.testing.assert_array_equal(records["weight"][-1], snapshots[-1].weight[row])


def test_recorded_metrics_are_those_of_the_features():
    record_all(AM)
    header, records = records_of(AM)
    labels, cut = np.array(header["labels"]), header["train_points"]
    *_, last = train([AM])
    for split, rows in (("train", slice(0, cut)), ("test", slice(cut, None))):
        own, classes = last.features[0, rows].numpy(), labels[rows]
        expected = {
            "A": alignment(own, classes),
            "U": uniformity(own, classes),
            "U1": neighborhood_uniformity(own, classes),
            "U_raw": uniformity(own, classes, normalize=False),
            "D_relative": d_relative(own, classes),
        }
        for name, value in expected.items():
            assert records[-1][f"{split}.{name}"] == pytest.approx(value, rel=1e-4), name
    accuracy = records[-1]["train.accuracy"] / 100
    assert records[-1]["lam"] == pytest.approx(np.exp(-AM.beta * accuracy))


@pytest.mark.parametrize("overlap", [False, True])
def test_the_file_is_the_same_to_the_last_bit_alone_stacked_and_overlapped(overlap):
    record_all(CE, AM)
    together = disk.path(CE.key).read_bytes()
    assert disk.remove(CE.key)
    record_all(CE, replace(CE, method="mixup"), AM, overlap=overlap)
    assert disk.path(CE.key).read_bytes() == together


def test_a_finished_run_has_a_status_and_is_served_from_disk():
    assert reader.finished(CE.key) is None
    record_all(CE)
    end = reader.finished(CE.key)
    assert (end.state, end.why) == ("ended", "")
    assert disk.keys() == [CE.key]


def test_a_failed_run_keeps_its_records_and_its_reason():
    wild = replace(CE, lr=1, batch_size=16)
    record_all(wild)
    end = reader.finished(wild.key)
    assert end.state == "failed"
    assert "non-finite" in end.why
    header, records = records_of(wild)
    assert 0 < len(records) < header["records"]
    assert all(np.isfinite(records[name]).all() for name in records.dtype.names)


def test_an_incomplete_last_record_is_ignored():
    record_all(CE)
    _, whole = records_of(CE)
    size = disk.path(CE.key).stat().st_size
    os.truncate(disk.path(CE.key), size - 10)
    _, records = records_of(CE)
    assert len(records) == len(whole) - 1


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda b: b[:-1] + bytes([b[-1] ^ 1]), "its content has changed."),
        (lambda b: b[:-100], "its content has changed."),
        (lambda b: b"", "its content has changed."),
    ],
)
def test_a_damaged_run_is_refused(damage, sentence):
    record_all(CE)
    file = disk.path(CE.key)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(reader.DamagedRun) as error:
        reader.finished(CE.key)
    assert str(error.value) == f"The saved run {CE.key} cannot be used: {sentence}"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "its header is cut short."),
        (b"\x04\x00\x00\x00oops", "its header is no JSON."),
        (b"\x04\x00\x00\x00[1] ", "its header lacks something."),
        (b"\x0e\x00\x00\x00" + b'{"format": 99}', "its format is 99, this program reads 1."),
    ],
)
def test_a_foreign_file_is_refused(content, sentence, runs_folder):
    runs_folder.mkdir()
    disk.path(CE.key).write_bytes(content)
    with pytest.raises(reader.DamagedRun) as error:
        reader.Run(CE.key)
    assert str(error.value) == f"The saved run {CE.key} cannot be used: {sentence}"


def test_a_run_under_another_name_is_refused():
    record_all(CE)
    disk.path(CE.key).rename(disk.path(AM.key))
    with pytest.raises(reader.DamagedRun, match="another recipe than its name says"):
        reader.Run(AM.key)


def test_an_abandoned_run_has_no_status_and_can_be_trained_again():
    generator = record([CE])
    next(generator)
    assert disk.being_written(CE.key)
    generator.close()
    assert not disk.being_written(CE.key)
    assert reader.finished(CE.key) is None
    record_all(CE)
    assert reader.finished(CE.key).state == "ended"


def test_a_run_that_another_writer_holds_is_left_to_it():
    generator = record([CE])
    next(generator)
    record_all(CE, AM)
    assert reader.finished(AM.key).state == "ended"
    assert disk.status(CE.key) is None
    generator.close()


def test_the_runs_unread_for_longest_go_first(runs_folder):
    recipes = [replace(CE, epochs=1, data_seed=seed) for seed in range(3)]
    for age, recipe in enumerate(recipes):
        record_all(recipe)
        os.utime(disk.path(recipe.key, ".json"), (1000 + age, 1000 + age))
    reader.finished(recipes[0].key)  # read just now
    size = disk.path(recipes[0].key).stat().st_size
    assert disk.prune(2 * size + 1000) == [recipes[1].key]
    assert sorted(disk.keys()) == sorted([recipes[0].key, recipes[2].key])


def age(key, suffix, seconds):
    then = time.time() - seconds
    os.utime(disk.path(key, suffix), (then, then))


def test_runs_in_use_stay_even_if_the_folder_is_too_large():
    old, used = [replace(CE, epochs=1, data_seed=seed) for seed in range(2)]
    record_all(old)
    record_all(used)
    for recipe in (old, used):
        age(recipe.key, ".json", disk.IN_USE_SECONDS + 60)
    disk.mark_used([used.key, "0" * 24])
    assert disk.prune(0) == [old.key]
    assert disk.keys() == [used.key]


def test_what_is_left_of_runs_that_are_gone_is_removed(runs_folder):
    runs_folder.mkdir(parents=True)
    lost, new, held = ("0" * 24, "1" * 24, "2" * 24)
    left = (".ckpt", ".ckpt.new", ".new", ".json.new", ".lock")
    for key in (lost, new, held):
        for suffix in left:
            disk.path(key, suffix).touch()
            age(key, suffix, 0 if key == new else disk.IN_USE_SECONDS + 60)
    (runs_folder / "notes.txt").touch()
    os.utime(runs_folder / "notes.txt", (0, 0))
    with FileLock(disk.path(held, ".lock")):
        assert disk.prune() == []
    names = {f"{key}{suffix}" for key in (new, held) for suffix in left}
    assert {file.name for file in runs_folder.iterdir()} == names | {"notes.txt"}


def test_a_run_that_is_written_is_not_removed():
    training = record([CE])
    next(training)
    age(CE.key, ".run", disk.IN_USE_SECONDS + 60)
    assert disk.prune(0) == []
    assert disk.remove(CE.key) is False
    training.close()
    age(CE.key, ".run", disk.IN_USE_SECONDS + 60)
    assert disk.prune(0) == [CE.key]
    assert list(disk.folder().iterdir()) == []


def test_a_status_that_cannot_be_written_leaves_the_older_one_and_no_file(monkeypatch, runs_folder):
    runs_folder.mkdir(parents=True)
    disk.write_status(CE.key, disk.Status("stopped", "Before."))
    with file_size_limit(10), pytest.raises(OSError, match="File too large"):
        disk.write_status(CE.key, disk.Status("ended"))
    assert disk.status(CE.key) == disk.Status("stopped", "Before.")
    assert [file.name for file in runs_folder.iterdir()] == [f"{CE.key}.json"]


def test_no_path_is_built_from_an_invalid_key():
    with pytest.raises(ValueError, match="24 hexadecimal digits"):
        disk.path("../../etc/passwd")


def test_quantising_keeps_the_largest_and_a_point_at_the_origin():
    features = np.array([[[0.0, 0.0], [-5.0, 2.5]], [[0.0, 0.0], [0.0, 0.0]]])
    small, scale = quantise(features)
    assert small.min() == -32767
    np.testing.assert_allclose(small * scale[:, None, None], features, atol=1e-4)


def test_a_runs_numbers_are_its_records_without_the_features():
    record_all(CE)
    with reader.Run(CE.key) as run:
        whole, light = run.records(), run.numbers()
    left_out = {"features", "grid", "grid_scale"}
    assert set(whole.dtype.names) - set(light.dtype.names) == left_out
    assert light.nbytes < whole.nbytes / 10
    for name in light.dtype.names:
        np.testing.assert_array_equal(light[name], whole[name])


def test_a_growing_run_is_read_again_each_time():
    trained = record([CE])
    next(trained)
    before = len(history.numbers(CE.key))
    for _ in trained:
        pass
    assert len(history.numbers(CE.key)) > before > 0


def test_classifier_metrics_are_missing_while_only_the_encoder_is_trained():
    supcon = replace(CE, method="supcon", epochs=2, lr=0.02)
    record_all(supcon)
    records = history.numbers(supcon.key)
    untrained = records["epoch"] <= 12
    assert np.isnan(records["test.accuracy"]).tolist() == untrained.tolist()
    assert np.isnan(records["plane_share"]).any(1).tolist() == untrained.tolist()
    assert np.isfinite(records["train.A"]).all()


def test_the_table_has_a_row_a_record_and_the_last_is_the_final_one():
    record_all(CE, AM)
    asked = {Variant(run.method): [run] for run in (CE, replace(CE, method="mixup"), AM)}
    histories = history.read(asked)
    table = history.table(histories)
    assert [len(own[0]) > 0 for own in histories.values()] == [True, False, True]
    assert len(table) == sum(len(own[0]) for own in histories.values())
    last = history.final(histories[Variant("am_mixup")][0][-1])
    assert table.iloc[-1]["train.D_relative"] == pytest.approx(last["train"]["D_relative"])
    assert len(last["test"]["per_class_accuracy"]) == 4
    json.dumps(last)


def test_the_table_has_a_column_for_the_setting_that_varies():
    record_all(CE, AM)
    asked = {Variant("ce"): [CE], Variant("am_mixup", "beta", 0.34): [AM]}
    table = history.table(history.read(asked))
    assert table[table.method == "am_mixup"].beta.unique().tolist() == [0.34]
    assert table[table.method == "ce"].beta.isna().all()


def test_a_run_on_placed_points_names_the_marks_of_its_classes():
    points = [Point(0, 0, 0), Point(9, 0, 0), Point(400, 400, 2), Point(400, 409, 2)]
    recipe = Recipe(method="ce", data="points", points=encode(points), epochs=2)
    record_all(recipe)
    with reader.Run(recipe.key) as run:
        assert run.header["marks"] == [0, 2]
        assert run.header["class_names"] == ["Class 0", "Class 2"]
        assert run.header["labels"] == [0, 1, 0, 1]
        assert run.header["train_points"] == 2


def test_asking_whether_a_run_is_written_does_not_keep_its_writer_off(runs_folder):
    runs_folder.mkdir(parents=True)
    probe = FileLock(disk.path(CE.key, ".lock"), thread_local=False)
    probe.acquire()
    threading.Timer(0.1, probe.release).start()
    record_all(CE)
    assert reader.finished(CE.key).state == "ended"


def test_a_request_to_stop_is_taken_only_by_the_process_that_trains_the_run():
    here, elsewhere = "ab" * 12, "cd" * 12
    assert disk.stop_requests([here], []) == set()
    disk.stop_request(here).parent.mkdir(parents=True)
    for name in (here, elsewhere, disk.KEPT):
        disk.stop_request(name).touch()
    assert disk.stop_requests([here, "ef" * 12], []) == {here}
    assert disk.stop_requests([here], []) == set()
    assert disk.stop_requests(["ef" * 12], ["ef" * 12]) == {"ef" * 12}
    assert [file.name for file in disk.stop_request(here).parent.iterdir()] == [elsewhere]


def test_a_request_to_stop_names_a_run():
    with pytest.raises(ValueError, match="A run's key is 24 hexadecimal digits"):
        disk.stop_request("../../etc/passwd")
