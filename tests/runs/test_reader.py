"""Run files that describe themselves: older ones are read, damaged ones refused in a sentence."""

import contextlib
import copy
import io
import json
import os
import zlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ammix_viz.commands import runs as command
from ammix_viz.runs import disk, history, reader
from ammix_viz.runs.disk import Status, write_status
from ammix_viz.runs.format import describe, make_header, pack_header, record_dtype
from ammix_viz.runs.seed_stats import summarize, wins
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.variants import Variant

RECIPE = Recipe(method="ce", epochs=2)
NEWER = ("train.margin_balance", "test.margin_balance")
LABELS = np.array([0, 0, 1, 1, 0, 1])


def header_of(recipe=RECIPE, extras=None):
    stages = [{"name": "training", "epochs": 2, "last": 3}]
    return make_header(recipe, LABELS, 4, ("a", "b"), 16, stages, extras or {})


def records_of(dtype, count=4):
    """Records of different numbers in every field."""
    rng = np.random.default_rng(0)
    records = np.zeros(count, dtype)
    for name in dtype.names:
        records[name] = rng.integers(1, 100, records[name].shape)
    return records


def without(header, fields):
    """A header as a version wrote it that had no such fields, and its records' dtype."""
    names = [name for name in header["fields"] if name not in fields]
    full = record_dtype(2, len(LABELS))
    dtype = np.dtype([(name, full[name]) for name in names])
    return header | {"fields": describe(dtype), "record_size": dtype.itemsize}, dtype


def write(header, records=(), key=RECIPE.key):
    disk.folder().mkdir(parents=True, exist_ok=True)
    content = pack_header(header) + (records.tobytes() if len(records) else b"")
    disk.path(key).write_bytes(content)
    write_status(key, Status("ended", "", len(content), zlib.crc32(content)))


@pytest.fixture(name="older")
def older_fixture():
    header, dtype = without(header_of(), NEWER)
    records = records_of(dtype)
    write(header, records)
    return records


def test_a_run_without_a_newer_metric_is_read_and_lacks_only_that(older):
    assert reader.finished(RECIPE.key).state == "ended"
    numbers = history.numbers(RECIPE.key)
    for name in older.dtype.names:
        if name != "features":
            np.testing.assert_array_equal(numbers[name], older[name])
    assert all(np.isnan(numbers[name]).all() for name in NEWER)
    last = history.final(numbers[-1])
    assert last["train"]["margin_balance"] is None
    assert last["train"]["A"] == older["train.A"][-1]
    assert str(summarize(numbers["train.margin_balance"])) == "–"


def test_the_csv_has_an_empty_value_for_a_metric_that_a_run_lacks(older):
    table = history.table({Variant("ce"): [history.numbers(RECIPE.key)]}).to_csv(index=False)
    read = pd.read_csv(io.StringIO(table), dtype=str, keep_default_na=False)
    assert set(read["train.margin_balance"]) == {""}
    assert [float(value) for value in read["train.A"]] == older["train.A"].tolist()


def test_a_seed_without_the_value_does_not_count_for_who_is_best(older):
    lacking = history.numbers(RECIPE.key)[-1]
    having = lacking.copy()
    having["train.margin_balance"] = 0.5
    found = wins({"ce": [lacking, having], "ama": [having, having]}, "train.margin_balance", 1)
    assert found == ({"ce": 1, "ama": 1}, 1)


def test_fields_in_another_order_with_gaps_and_unknown_ones_are_read():
    full = record_dtype(2, len(LABELS))
    names = [*reversed(full.names), "later"]
    kinds = [full[name] for name in names[:-1]] + [np.dtype(("<f4", (3,)))]
    starts = 8 + np.cumsum([0, *(kind.itemsize + 4 for kind in kinds)])
    layout = {"names": names, "formats": kinds, "offsets": starts[:-1].tolist()}
    dtype = np.dtype(layout | {"itemsize": int(starts[-1]) + 12})
    records = records_of(dtype)
    write(header_of() | {"fields": describe(dtype), "record_size": dtype.itemsize}, records)
    with reader.Run(RECIPE.key) as run:
        for name in names:
            np.testing.assert_array_equal(run.records()[name], records[name])


def test_records_of_all_samples_are_found_under_their_former_name():
    header = header_of(extras={"totals": {"train": [9, 9], "test": [5, 5]}}) | {"whole": [0, 2]}
    records = records_of(record_dtype(2, len(LABELS)))
    write(header, records)
    assert history.numbers(RECIPE.key)["step"].tolist() == records["step"][[0, 2]].tolist()


def test_numbers_are_read_even_where_todays_settings_do_not_say_the_recipe(capsys):
    records = records_of(record_dtype(2, len(LABELS)))
    write(header_of() | {"recipe": {"method": "ce", "rate": "beta", "pace": 3}}, records)
    with reader.Run(RECIPE.key) as run:
        assert run.recipe is None
        np.testing.assert_array_equal(run.numbers()["train.A"], records["train.A"])
    command.run(type("Chosen", (), {"json": True, "stop": None}))
    (listed,) = json.loads(capsys.readouterr().out)["runs"]
    assert (listed["status"], listed["records"]) == ("older format", 4)
    assert listed["recipe"] == {"method": "ce", "rate": "beta", "pace": 3}


def test_a_run_of_todays_settings_is_listed_by_how_it_ended(capsys):
    write(header_of(), records_of(record_dtype(2, len(LABELS))))
    command.run(type("Chosen", (), {"json": True, "stop": None}))
    (listed,) = json.loads(capsys.readouterr().out)["runs"]
    assert (listed["status"], listed["recipe"]["method"]) == ("ended", "ce")


def test_a_format_no_longer_supported_is_older_not_damaged(capsys):
    write(header_of() | {"format": 0})
    with pytest.raises(reader.OlderFormat) as error:
        reader.Run(RECIPE.key)
    assert str(error.value) == f"The saved run {RECIPE.key} has an older format."
    command.run(type("Chosen", (), {"json": True, "stop": None}))
    assert json.loads(capsys.readouterr().out)["runs"][0]["status"] == "older format"


def test_a_run_of_another_key_is_not_taken_for_this_one():
    write(header_of(replace(RECIPE, method="mixup")))
    with pytest.raises(reader.DamagedRun, match="it holds another recipe than its name says"):
        reader.Run(RECIPE.key)


def changed(*path, to, header=None):
    header = copy.deepcopy(header or header_of())
    place = header
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return header


TYPE = "the field lam of its records has an unknown type"
SIZE = "the field bias of its records has no size"
OVERLAP = "the fields of its records overlap, or lie outside"


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (changed("record_size", to=2**40), "its records have no size"),
        (changed("record_size", to=True), "its records have no size"),
        (changed("record_size", to=-4), "its records have no size"),
        (changed("record_size", to=16), OVERLAP),
        (changed("fields", to=[]), "its records have no size"),
        (changed("fields", "epoch", "offset", to=0), OVERLAP),
        (changed("fields", "features", "offset", to=10**6), OVERLAP),
        (
            changed("fields", "lam", "dtype", to="O"),
            "the field lam of its records has an unknown type",
        ),
        (
            changed("fields", "lam", "dtype", to="<U9"),
            "the field lam of its records has an unknown type",
        ),
        (changed("fields", "lam", "offset", to=-4), "the field lam of its records has no size"),
        (
            changed("fields", "bias", "shape", to=[2**60]),
            "the field bias of its records has no size",
        ),
        (
            changed("fields", "lam", "dtype", to="<u4"),
            "the field lam of its records has another layout",
        ),
        (
            changed("class_names", to=["a", "b", "c"]),
            "the field train.per_class_accuracy of its records has another layout",
        ),
        (changed("labels", to=[0, 1, 2, 0, 1, 1]), "its header has no valid labels"),
        (changed("labels", to=[[0], [1]]), "its header has no valid labels"),
        (changed("labels", to=["a"] * 6), "its header has no valid labels"),
        (changed("labels", to={}), "its header has no valid labels"),
        (changed("train_points", to=7), "its header has a count that cannot be"),
        (changed("records", to=1.5), "its header has a count that cannot be"),
        (changed("stages", to=[]), "its header has no stages"),
        (changed("stages", 0, to={}), "its header lacks something"),
        (changed("class_names", to=[]), "its header has no valid class_names"),
        (
            header_of() | {"coarse": {"class_names": ["x"], "of": [0]}},
            "its header has no valid coarse",
        ),
        ({k: v for k, v in header_of().items() if k != "fields"}, "its header lacks something"),
        (without(header_of(), ["weight"])[0], "its records have no weight"),
    ],
)
def test_an_invalid_header_is_refused_with_a_clear_message(header, sentence):
    write(header, np.zeros(1000, "u1"))
    with pytest.raises(reader.DamagedRun) as error:
        reader.Run(RECIPE.key)
    assert str(error.value) == f"The saved run {RECIPE.key} cannot be used: {sentence}."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xff\xff\xff{}", "its header is cut short"),
        (b"\x10\x00\x00\x00{}", "its header is cut short"),
        ((2**16).to_bytes(4, "little") + b"[" * 2**16, "its header is no JSON"),
        (b"\x04\x00\x00\x00\xff\xfe\xfd\xfc", "its header is no JSON"),
        (b"\x04\x00\x00\x00null", "its header lacks something"),
    ],
)
def test_bytes_that_are_not_a_header_are_refused_without_a_large_allocation(content, sentence):
    disk.folder().mkdir(parents=True, exist_ok=True)
    disk.path(RECIPE.key).write_bytes(content)
    with pytest.raises(reader.DamagedRun) as error:
        reader.Run(RECIPE.key)
    assert str(error.value) == f"The saved run {RECIPE.key} cannot be used: {sentence}."


def places(value, path=()):
    """Every place inside nested JSON."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for step, part in inside:
        yield (*path, step)
        if isinstance(part, dict | list):
            yield from places(part, (*path, step))


WIDE = header_of(
    extras={
        "totals": {"train": [9, 9], "test": [5, 5]},
        "full_evals": [0, 3],
        "images": [8, 8],
        "coarse": {"class_names": ["both"], "of": [0, 0]},
    }
)

ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(list(places(WIDE))), ANY)
def test_any_change_of_a_header_is_read_or_refused(place, value):
    records = records_of(record_dtype(2, len(LABELS), 1))
    write(changed(*place, to=value, header=WIDE), records)
    try:
        with reader.Run(RECIPE.key) as run:
            assert len(run.records()) == run.count() == len(run.numbers())
            assert run.recipe in (RECIPE.canonical, None)
        numbers = history.numbers(RECIPE.key)
        history.final(numbers[-1]) if len(numbers) else None
    except reader.DamagedRun:
        assert len(history.numbers(RECIPE.key)) == 0


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


WRONG = [None, {}, [], "1", -1, 2**70, 1.5, float("nan"), nested(400), nested(900)]


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:8])
def test_a_wrong_value_anywhere_in_a_header_is_read_or_refused(value):
    first = [place for place in places(WIDE) if not isinstance(place[-1], int) or not place[-1]]
    records = records_of(record_dtype(2, len(LABELS), 1))
    for place in first[::5]:
        write(changed(*place, to=value, header=WIDE), records)
        try:
            with reader.Run(RECIPE.key) as run:
                assert len(run.numbers()) == 4
                json.dumps(run.header, allow_nan=False)
        except reader.DamagedRun:
            pass


def test_a_header_without_one_of_its_entries_is_read_or_refused():
    for place in places(WIDE):
        if len(place) < 3:
            header = copy.deepcopy(WIDE)
            inside = header[place[0]] if len(place) == 2 else header
            del inside[place[-1]]
            write(header)
            with contextlib.suppress(reader.DamagedRun):
                reader.Run(RECIPE.key).close()


@pytest.mark.parametrize("depth", [17, 400, 900])
def test_a_header_that_is_nested_deeply_is_refused(depth):
    write(header_of(extras={"later": nested(depth)}))
    with pytest.raises(reader.DamagedRun, match=r"nested too deeply|no JSON"):
        reader.Run(RECIPE.key)


def test_a_header_with_nan_is_refused_because_browsers_cannot_parse_it():
    write(header_of(extras={"later": float("nan")}))
    with pytest.raises(reader.DamagedRun, match=r"its header is no JSON\.$"):
        reader.Run(RECIPE.key)


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[" * 5000 + "]" * 5000,
        '{"state": "ended", "crc": []}',
        '{"state": "ended", "crc": null}',
        '{"state": "ended", "why": 5}',
        '{"state": "finished"}',
        '{"state": ["ended"]}',
    ],
)
def test_a_damaged_status_counts_as_none(text):
    write(header_of(), records_of(record_dtype(2, len(LABELS))))
    disk.path(RECIPE.key, ".json").write_text(text)
    assert disk.status(RECIPE.key) is None
    assert reader.finished(RECIPE.key) is None
    assert len(history.numbers(RECIPE.key)) == 4


def test_a_metric_that_is_there_for_one_split_only_is_read():
    names = [name for name in record_dtype(2, len(LABELS)).names if name != "train.U1"]
    header, dtype = without(header_of(), ["train.U1"])
    write(header, records_of(dtype))
    final = history.final(records_of(dtype)[-1])
    assert "train.U1" not in names
    assert "U1" not in final["train"]
    assert final["test"]["U1"] > 0


def test_a_run_that_the_system_does_not_let_be_read_is_not_called_damaged():
    disk.path(RECIPE.key).mkdir(parents=True)
    write_status(RECIPE.key, Status("ended"))
    why = f"The saved run {RECIPE.key} cannot be read: Is a directory."
    for read in (reader.Run, reader.finished):
        with pytest.raises(reader.UnreadableRun) as error:
            read(RECIPE.key)
        assert str(error.value) == why


def test_numbers_are_those_of_the_complete_records_that_are_left(monkeypatch):
    monkeypatch.setattr(reader, "BLOCK_BYTES", 1, raising=False)
    header, records = header_of(), records_of(record_dtype(2, len(LABELS)), 9)
    write(header, records)
    with reader.Run(RECIPE.key) as run:
        monkeypatch.setattr(run, "count", lambda: 9)
        os.truncate(disk.path(RECIPE.key), run.start + 5 * run.dtype.itemsize + 3)
        assert run.numbers()["step"].tolist() == records["step"][:5].tolist()
        assert len(run.read()) == 5 * run.dtype.itemsize
