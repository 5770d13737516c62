import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.decoder import decode

from ammix_viz.runs.format import feature_values, make_header, quantise, record_dtype
from ammix_viz.server.coding import (
    STREAM_END,
    Coder,
    coarse_first,
    deflated,
    in_order,
    rounded,
    stored,
)
from ammix_viz.settings.recipe import Recipe

LABELS = np.array([2, 0, 0, 1, 3, 3, 3, 0, 2, 1])
HEADER = make_header(
    Recipe(), LABELS, 6, tuple("abcd"), 16, [{"name": "training", "epochs": 4, "last": 8}]
)
DTYPE = record_dtype(4, len(LABELS))


def walk(count, seed=0):
    """Records whose points drift, away from zero at first and back again."""
    rng = np.random.default_rng(seed)
    drift = rng.normal(size=(count, len(LABELS), 2)).cumsum(0)
    records = np.zeros(count, DTYPE)
    swell = 1 + np.sin(np.arange(count))[:, None, None] ** 2
    records["features"], records["scale"] = quantise(drift * swell)
    records["lam"] = rng.random(count)
    records["weight"] = rng.normal(size=(count, 4, 2))
    return records


def inflated(piece):
    content = zlib.decompressobj(-15).decompress(piece.content)
    assert len(content) == piece.size
    return content


def decoded(plans, records):
    """The records that a reader of these pieces has in the end, by index."""
    exact, _ = rounded(records)
    coder, found = Coder(HEADER, DTYPE), {}
    for plan in plans:
        found |= decode(inflated(coder.piece(dict(enumerate(exact)), plan)), HEADER, found)
    return found, exact


@pytest.mark.parametrize("count", [1, 2, 8, 9, 10, 40, 130])
def test_a_finished_run_is_decoded_to_its_rounded_records(count):
    records = walk(count)
    found, exact = decoded(coarse_first(count), records)
    assert [found[index] for index in range(count)] == [record.tobytes() for record in exact]


def test_a_live_run_is_decoded_to_the_same_rounded_records():
    records = walk(20)
    found, exact = decoded([in_order(0, 1), in_order(1, 5), in_order(5, 20)], records)
    assert [found[index] for index in range(20)] == [record.tobytes() for record in exact]


def test_rounding_is_the_same_whether_records_come_together_or_one_by_one():
    records = walk(12)
    together, _ = rounded(records)
    largest, singly = 0.0, []
    for record in records:
        made, largest = rounded(np.array([record]), largest)
        singly.append(made.tobytes())
    assert b"".join(singly) == together.tobytes()


def test_features_are_off_by_half_a_2047th_of_the_largest_so_far_and_all_else_is_exact():
    records = walk(30)
    exact, _ = rounded(records)
    before, after = feature_values(records), feature_values(exact)
    largest = np.maximum.accumulate(np.abs(before).max((1, 2)))
    assert (np.abs(before - after).max((1, 2)) <= largest / 2047 * 0.501).all()
    assert np.abs(exact["features"]).max() == 2047
    for name in set(DTYPE.names) - {"features", "scale"}:
        assert (exact[name] == records[name]).all()


def test_features_that_jump_from_end_to_end_of_their_range_are_decoded():
    records = walk(10)
    records["features"] = np.where(np.arange(10) % 2, 32767, -32767)[:, None, None]
    records["features"][5] = 0
    found, exact = decoded(coarse_first(10), records)
    assert [found[index] for index in range(10)] == [record.tobytes() for record in exact]


def test_a_class_without_a_point_is_no_trouble():
    header = HEADER | {"class_names": [*"abcdefg"]}
    exact, _ = rounded(walk(3))
    piece = Coder(header, DTYPE).piece(dict(enumerate(exact)), in_order(0, 3))
    assert decode(inflated(piece), header, {})[2] == exact[2].tobytes()


@given(st.integers(0, 300))
def test_pieces_hold_every_record_once_and_refer_to_what_is_known(count):
    known = []
    for plan in coarse_first(count):
        assert len(plan) <= 16
        for item in plan:
            assert {item.first, item.second} <= {*known, item.record}
            known.append(item.record)
    assert sorted(known) == list(range(count))


def test_every_eighth_record_and_the_last_come_first():
    first, *others = coarse_first(20)
    assert [item.record for item in first] == [0, 8, 16, 19]
    assert [item.record for item in others[0]] == [4, 2, 6, 1, 3, 5, 7]
    assert [sorted(item.record for item in plan) for plan in others] == [
        [1, 2, 3, 4, 5, 6, 7],
        [9, 10, 11, 12, 13, 14, 15],
        [17, 18],
    ]


def test_parts_that_follow_each_other_are_one_deflated_stream():
    parts = [deflated(b"aaaa" * 9).content, stored(b"bc"), deflated(b"d").content, STREAM_END]
    assert zlib.decompress(b"".join(parts), -15) == b"aaaa" * 9 + b"bcd"
