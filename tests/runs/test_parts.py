"""The optional parts of records: the input grid, and mixed rows."""

from copy import deepcopy
from types import SimpleNamespace

import numpy as np
import pytest

from ammix_viz.datasets.input_grid import input_grid
from ammix_viz.datasets.table import load_dataset
from ammix_viz.runs import disk, reader
from ammix_viz.runs.format import feature_values, pack_header, record_dtype
from ammix_viz.runs.part_records import PartsEncoder
from ammix_viz.runs.parts import part_fields
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.loop import train
from ammix_viz.training.mixed_rows import MixedRows

AM = Recipe(method="am_mixup", epochs=2)
DIGITS = Recipe(data="digits_lt", method="mixup", epochs=1, batch_size=64)


def written(recipe):
    list(record([recipe]))
    with reader.Run(recipe.key) as run:
        return run.header, run.records()


def rows_of(recipe):
    return [snapshot.mixed[0] for snapshot in train([recipe]) if snapshot]


@pytest.mark.parametrize(
    "settings",
    [
        {"method": "am_mixup"},
        {"method": "mixup", "lam_per": "row"},
        {"method": "ama_mixup"},
        {"method": "ama_mixup", "lam_per": "row"},
        {"method": "ama", "site": "random"},
    ],
    ids=str,
)
def test_a_run_file_contains_the_mixed_rows_of_the_snapshots(settings):
    recipe = Recipe(**settings, epochs=2)
    header, records = written(recipe)
    for saved, rows in zip(records, rows_of(recipe), strict=True):
        count = saved["mixed.count"]
        assert count == min(header["mixed"]["rows"], len(rows.lam))
        assert saved["mixed.site"] == rows.site
        np.testing.assert_array_equal(saved["mixed.rows"][:count], rows.parents[:count])
        near = {"rtol": 1e-6, "atol": 1e-7}
        for name in ("lam", "label_weight", "partner_lam"):
            if getattr(rows, name) is not None:
                expected = getattr(rows, name)[:count]
                held = saved[f"mixed.{name}"]
                held = held[:count] if held.ndim else np.full(expected.shape, held)
                np.testing.assert_allclose(held, expected, **near)
        if rows.partners is not None:
            np.testing.assert_array_equal(saved["mixed.partners"][:count], rows.partners[:count])
        for name, scale, step in (
            ("features", "scale", 32767),
            ("gradient", "gradient_scale", 127),
        ):
            exact = getattr(rows, name)[:count]
            values = saved[f"mixed.{name}"][:count] * saved[f"mixed.{scale}"]
            np.testing.assert_allclose(values, exact, atol=0.51 * np.abs(exact).max() / step)


def test_a_run_file_contains_the_features_of_the_grid():
    header, records = written(AM)
    grid = input_grid(load_dataset(AM))
    assert header["grid"] == {"x": grid.x, "y": grid.y, "half": grid.half, "side": grid.side}
    assert grid.nodes.shape == (grid.side**2, 2)
    for saved, snapshot in zip(records, train([AM]), strict=True):
        largest = np.abs(feature_values(saved)).max()
        exact = snapshot.grid[0].numpy().astype(float)
        length = np.abs(exact).max(axis=1, keepdims=True)
        nearer = exact * np.minimum(1, largest / length)
        values = saved["grid"] * saved["grid_scale"]
        np.testing.assert_allclose(values, nearer, atol=0.51 * largest / 127)


def test_mixed_rows_and_grid_take_at_most_a_tenth_of_a_record():
    for recipe in (AM, Recipe(method="ama_mixup"), Recipe(data="moons"), Recipe(data="rings")):
        for method in ("mixup", "ama"):
            header, _ = written(Recipe(data=recipe.data, method=method, epochs=1))
            size = min(begin for begin, _ in header["parts"].values())
            assert header["record_size"] <= 1.1 * size


def test_a_run_without_mixing_says_so_and_a_run_on_images_has_no_grid():
    header, records = written(Recipe(method="ce", epochs=1))
    assert header["mixed"]["rows"] == 0
    assert set(header["parts"]) == {"grid"}
    header, records = written(DIGITS)
    assert "grid" not in header
    assert records["mixed.count"].min() > 0


def test_parents_and_partners_that_are_not_displayed_have_features_and_classes():
    mixed = {"rows": 2, "sites": 3, "per_row": False, "parents": True, "partners": True}
    dataset = SimpleNamespace(
        train=np.zeros((5, 2)),
        train_labels=np.array([3, 1, 4, 1, 5]),
        displayed=np.array([1, 4, 5]),
        displayed_train=2,
    )
    ends = np.arange(8.0).reshape(2, 2, 2)
    rows = MixedRows(
        parents=np.array([[0, 4], [1, 2]]),
        lam=np.full(2, 0.5),
        label_weight=np.full(2, 0.5),
        site=2,
        features=ends.mean(axis=1),
        gradient=np.ones((2, 2)),
        partners=np.array([[1, 0], [2, 3]]),
        partner_lam=np.full((2, 2), 0.9),
        parent_features=ends,
    )
    header = {"mixed": mixed}
    snapshot = SimpleNamespace(grid=None, mixed=(rows,))
    content = PartsEncoder(header, dataset).encode(snapshot, 0, 1.0)
    saved = np.frombuffer(content, np.dtype(part_fields(header)))[0]
    np.testing.assert_array_equal(saved["mixed.rows"], [[65535, 1], [0, 65535]])
    np.testing.assert_array_equal(saved["mixed.partners"], [[0, 65535], [65535, 65535]])
    np.testing.assert_array_equal(saved["mixed.labels"], [[3, 5, 1, 3], [1, 4, 4, 1]])
    held = saved["mixed.parents"] * saved["mixed.scale"]
    np.testing.assert_allclose(held.reshape(2, 2, 2), ends, atol=1e-3)


def test_a_file_without_parts_is_read_as_before(runs_folder):
    header, records = written(AM)
    for name in ("mixed", "grid", "parts"):
        del header[name]
    size = record_dtype(4, len(header["labels"])).itemsize
    header["fields"] = {n: f for n, f in header["fields"].items() if f["offset"] < size}
    header["record_size"] = size
    content = b"".join(row.tobytes()[:size] for row in records)
    disk.path(AM.key).write_bytes(pack_header(header) + content)
    with reader.Run(AM.key) as run:
        assert run.count() == len(records)
        np.testing.assert_array_equal(run.records()["features"], records["features"])


@pytest.mark.parametrize(
    "change",
    [
        {"mixed": {"rows": 2}},
        {"mixed": {"rows": 2**20}},
        {"mixed": {"per_row": "no"}},
        {"grid": {"side": 10**6}},
        {"grid": {"half": "1e400"}},
        {"parts": {"grid": [0, 4]}},
        {"parts": {"other": [0, 4]}},
    ],
    ids=str,
)
def test_a_header_that_misdescribes_its_parts_is_refused(change):
    header, records = written(AM)
    changed = deepcopy(header)
    for name, values in change.items():
        changed[name] |= values
    disk.path(AM.key).write_bytes(pack_header(changed) + records.tobytes())
    with pytest.raises(reader.DamagedRun, match="cannot be used"):
        reader.Run(AM.key)
