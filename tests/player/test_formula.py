"""Formulas with the numbers of the moment, and the pictures of what they measure."""

import base64
import json
import math
import re

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from support.player_browser import (
    hash_of,
    panel,
    run_script,
    until,
    value,
    wait_frames,
    wait_state,
)
from support.real_run import RealBehaviour, train_run
from support.waiting import wait_for

from ammix_viz import metrics

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]

FUNCTIONS = {
    "A": metrics.alignment,
    "U": metrics.uniformity,
    "U1": metrics.neighborhood_uniformity,
    "D_relative": metrics.d_relative,
    "D_centroid": metrics.d_centroid,
    "D_max": lambda features, labels: metrics.d_max(features),
}
PARTS = (
    "RunStore, lensOf, Moment, workingOf, measureParts, FORMULAS, mixKindOf, mixedRows, "
    "chooseRows, Working"
)


@pytest.fixture(scope="module", name="run")
def run_fixture(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMMIX_RUNS", str(tmp_path_factory.mktemp("runs")))
        return train_run(method="am_mixup", epochs=6, imbalance=20)


@pytest.fixture
def behaviour(run):
    return RealBehaviour(run)


def script_on(run, body):
    """A script with the run's last record at hand."""
    content = base64.b64encode(run.records.tobytes()).decode()
    return f"""() => {{
      const bytes = Uint8Array.from(atob("{content}"), (c) => c.charCodeAt(0));
      const header = {json.dumps(run.header)};
      const store = new RunStore("real");
      store.accept(header);
      const last = bytes.length / header.record_size - 1;
      store.put(bytes.buffer, [...Array(last + 1).keys()], header.record_size);
      const [lens, record] = [lensOf(store, false), new Moment()];
      record.move(lens, {{ position: last, playing: false }});
      const rows = mixedRows(store, last);
      const mix = {{ kind: mixKindOf(store), rows, chosen: chooseRows(rows, lens, [], 8) }};
      const found = (name, split) => workingOf(name, {{ record, lens, index: last, split, mix }});
      const lineOf = (working) => working.map((part) => part.text ?? part.name ?? part).join("");
      {body}
    }}"""


def result_of(line):
    """What a formula with numbers yields: the text is arithmetic but for its signs."""
    return eval(line.replace("·", "*").replace("−", "-"), {"exp": math.exp})


def test_numbers_of_formulas_are_the_metrics(open_page, run):
    names = json.dumps([*FUNCTIONS, "margin"])
    body = f"""return ["train", "test"].map((split) => {names}.map((name) => {{
      const {{ value, line }} = found(name, split);
      return [name, value, lineOf(line)];
    }}));"""
    answer = run_script(open_page("real-0"), PARTS, script_on(run, body))
    for split, found in zip(("train", "test"), answer, strict=True):
        for name, number, line in found:
            metric = "margin_balance" if name == "margin" else name
            recorded = run.records[f"{split}.{metric}"][-1]
            assert number == pytest.approx(recorded, rel=1e-3)  # of features before rounding
            assert result_of(line) == pytest.approx(recorded, rel=0.02)
            if name in FUNCTIONS:
                assert number == pytest.approx(FUNCTIONS[name](*run.points(split)), rel=1e-6)


def test_numbers_of_mixing_are_those_of_the_step(open_page, run):
    body = """const whole = (name) => lineOf(found(name, "train").whole);
      const lines = ["lam", "mix", "label"].map(whole);
      const parts = measureParts("mix", { moment: record, split: "train", texts: new Map(), mix });
      return [...lines, parts.filter(({ shape }) => shape === "line")];"""
    lam, mix, label, lines = run_script(open_page("real-0"), PARTS, script_on(run, body))
    last = run.records[-1]
    share, accuracy = float(last["lam"]), float(last["train.accuracy"]) / 100
    assert lam == f"λ = exp(−0.34 · {accuracy:.3f}) = {share:.3f}"
    assert result_of(lam.split(" = ")[1]) == pytest.approx(share, abs=1e-3)
    features, labels = run.points("train")
    pairs = last["mixed.rows"][: last["mixed.count"]]
    pair = next(pair for pair in pairs if labels[pair[0]] != labels[pair[1]])
    of_step = float(last["mixed.lam"])
    places = [*features[pair], of_step * features[pair[0]] + (1 - of_step) * features[pair[1]]]
    first, second, mixed = (f"({x:.1f}, {y:.1f})".replace("-", "−") for x, y in places)
    assert mix == f"z̃ = {of_step:.2f} · {first} + {1 - of_step:.2f} · {second} = {mixed}"
    assert label == f"c̃ = Class {labels[pair[0]]} since λ = {of_step:.2f} ≥ 0.5"
    lengths = [np.hypot(*np.subtract(each["to"], each["from"])) for each in lines]
    assert lengths[0] / sum(lengths) == pytest.approx(of_step, rel=1e-2)  # from the second sample


def test_each_share_stands_at_its_parent(open_page, run):
    body = """const texts = new Map([["lam", "0.71"], ["rest", "0.29"]]);
      const parts = measureParts("label", { moment: record, split: "train", texts, mix });
      return parts.filter(({ text }) => text).map(({ from, text }) => [text, from]);"""
    found = dict(run_script(open_page("real-0"), PARTS, script_on(run, body)))
    features, labels = run.points("train")
    pairs = run.records[-1]["mixed.rows"]
    first, second = next(pair for pair in pairs if labels[pair[0]] != labels[pair[1]])
    np.testing.assert_allclose(found["0.71"], features[first], rtol=1e-6)
    np.testing.assert_allclose(found["0.29"], features[second], rtol=1e-6)


def test_the_balance_with_a_negative_margin_is_negative(open_page, run):
    body = """const bias = record.classifier.bias.map((each, k) => (k ? each : each - 1e4));
      const classifier = { weight: record.classifier.weight, bias };
      const moved = { blank: "", classifier, centres: (split) => record.centres(split) };
      const given = { record: moved, lens, index: last, split: "train" };
      const { line, value } = workingOf("margin", given);
      return [lineOf(line), value, line[0].about];"""
    line, value, about = run_script(open_page("real-0"), PARTS, script_on(run, body))
    assert result_of(line.replace(",", "")) == pytest.approx(value, rel=0.02)
    assert value < 0
    assert about == "The margin of Class 0: its centre is on the wrong side"


def test_the_balance_of_margins_that_are_all_negative_is_negative(open_page, run):
    body = """const weight = record.classifier.weight.map((each) => -each);
      const classifier = { weight, bias: record.classifier.bias.map((each) => -each) };
      const moved = { blank: "", classifier, centres: (split) => record.centres(split) };
      const given = { record: moved, lens, index: last, split: "train" };
      const { line, value } = workingOf("margin", given);
      return [lineOf(line), value];"""
    line, value = run_script(open_page("real-0"), PARTS, script_on(run, body))
    smallest, largest = line.replace("|", "").split(" / ")
    assert result_of(smallest) < result_of(largest) < 0
    assert value == pytest.approx(-result_of(line.replace("|", "")), rel=0.02)


def test_pictures_have_the_distances_that_are_averaged(open_page, run):
    body = """const range = { x: 0, y: 0, half: 30 };
      const given = { moment: record, split: "test", range, texts: new Map(), mix };
      const counts = ({ to, shape, quiet }) => to && shape !== "ray" && !quiet;
      const lines = (name) => measureParts(name, given).filter(counts);
      return Object.fromEntries(Object.keys(FORMULAS).map((name) => [name, lines(name)]));"""
    lines = run_script(open_page("real-0"), PARTS, script_on(run, body))
    features, labels = run.points("test")
    centres = np.stack([features[labels == k].mean(0) for k in range(4)])
    unit = centres / np.linalg.norm(centres, axis=1, keepdims=True)

    def lengths(name):
        return sorted(np.hypot(*np.subtract(each["to"], each["from"])) for each in lines[name])

    radius = 0.8 * 30  # the largest circle, in a range of 30 around the origin
    np.testing.assert_allclose(lengths("U"), np.sort(pdist(unit)) * radius)
    apart = squareform(pdist(unit)) + 9 * np.eye(4)
    np.testing.assert_allclose(lengths("U1"), np.sort(apart.min(1)) * radius)
    np.testing.assert_allclose(lengths("D_centroid"), np.sort(pdist(centres)), rtol=1e-6)
    np.testing.assert_allclose(lengths("D_max"), [pdist(features).max()], rtol=1e-6)
    margins = np.sort(abs(run.records["test.margin"][-1]))
    np.testing.assert_allclose(lengths("margin"), margins, rtol=1e-3)
    assert lengths("D_relative") == sorted(lengths("D_centroid") + lengths("D_max"))
    ends = {tuple(np.round(point, 4)) for point in features[labels == 2]}
    of_class = [each for each in lines["A"] if each["label"] == 2]
    assert len(of_class) == 40
    assert all(tuple(np.round(each[end], 4)) in ends for each in of_class for end in ("from", "to"))


def test_a_formula_of_some_samples_says_so(open_page, run):
    body = """const totals = { train: [2000, 400, 200, 100], test: [200, 200, 200, 200] };
      store.accept({ ...header, totals, full_evals: [last] });
      const texts = ["train", "test"].map((split) => {
        const working = new Working();
        const display = { explain: "U1", split, view: "features" };
        working.show(display, { ...found("U1", split), index: last }, lens);
        return working.element.querySelector(".ammix-muted").parentElement.textContent;
      });
      return texts;"""
    some, every = run_script(open_page("real-0"), PARTS, script_on(run, body))
    features, labels = run.points("train")
    number = metrics.neighborhood_uniformity(features, labels)
    note = f"Of the {len(labels):,} displayed of 2,700 samples; of all: {number:.3f}."
    assert f"/ 4 ≈ {number:.3f} {note}" in some
    assert "≈" not in every
    assert "displayed" not in every


def open_paused(open_page, *keys):
    page = open_page(*keys)
    wait_frames(page, 11)
    page.keyboard.press("End")
    wait_state(page, "ended")
    return page


def lit(page, within):
    return page.locator(f"{within} .ammix-lit").all_inner_texts()


def test_show_me_sets_the_formula_and_terms_and_picture_light_up_together(open_page, run):
    page = open_paused(open_page, "real-0", "real-1&axes=each")
    before = hash_of(page, "real-0")
    button = page.get_by_role("button", name="Show what neighbour uniformity measures")
    assert button.first.get_attribute("aria-pressed") == "false"
    button.first.focus()
    page.keyboard.press("Enter")
    assert button.last.get_attribute("aria-pressed") == "true"
    until(page, "new URL(location).searchParams.get('explain') === 'U1'")
    working = panel(page, "real-1").locator(".ammix-working")
    assert working.inner_text().strip().endswith(f"/ 4 = {value(page, 'real-1', 'U1')}")
    assert page.get_by_role(
        "group", name=re.compile("U1 is the mean, over the C classes")
    ).is_visible()
    until(page, "!document.querySelector('.ammix-lit')")
    plain = hash_of(page, "real-1")
    chips = panel(page, "real-0").locator(".ammix-chip")
    assert chips.count() == 4
    chips.nth(2).focus()
    assert lit(page, ".ammix-working") == [chips.nth(2).inner_text()] * 2  # the same in both panels
    wait_for(lambda: hash_of(page, "real-1") != plain)
    page.keyboard.press("Escape")
    assert page.get_by_role("complementary", name="Formula").count() == 0
    wait_for(lambda: hash_of(page, "real-0") == before)


def test_pointing_at_a_distance_in_the_picture_lights_its_term(open_page, run):
    page = open_paused(open_page, "real-0&explain=D_max")
    features, _ = run.points("train")
    apart = squareform(pdist(features))
    first, second = np.unravel_index(apart.argmax(), apart.shape)
    at = np.mean([offset_of(page, features[point]) for point in (first, second)], axis=0)
    page.mouse.move(*at)
    number = f"{apart.max():.1f}"
    assert number in page.get_by_role("tooltip").inner_text()
    assert lit(page, ".ammix-working") == [number]
    assert lit(page, ".ammix-formula") != []


def offset_of(page, place):
    """Where a place of feature space lies on the page, by the ticks of the axes."""
    ticks = {}
    for axis in "xy":
        found = panel(page, "real-0").locator(f".ammix-ticks-{axis} span")
        spots = found.evaluate_all(
            "(all) => all.map((e) => [+e.textContent.replace('−', '-'), e.getBoundingClientRect()])"
        )
        side = "width" if axis == "x" else "height"
        known = [(number, rect[axis] + rect[side] / 2) for number, rect in spots]
        ticks[axis] = np.polyfit(*np.array(known).T, 1)
    return [
        np.polyval(ticks[axis], coordinate) for axis, coordinate in zip("xy", place, strict=True)
    ]


def test_parts_of_the_caption_of_mixing_set_their_formulas(open_page, run):
    page = open_paused(open_page, "real-0&mixing=on")
    label = page.get_by_role("button", name="label of the nearer parent only")
    label.focus()
    page.keyboard.press("Enter")
    assert label.get_attribute("aria-pressed") == "true"
    assert page.get_by_role("group", name="c tilde is c i if lambda is at least 0.5").is_visible()
    working = panel(page, "real-0").locator(".ammix-working")
    words = " ".join(working.inner_text().split())
    assert re.fullmatch(r"c̃ = Class \d since λ = 0\.\d\d ≥ 0\.5", words)
    before = hash_of(page, "real-0")
    page.locator(".ammix-formula [data-tag=second]").hover()
    assert hash_of(page, "real-0") != before
    page.get_by_role("button", name="Close the formula").click()
    assert not working.is_visible()
