"""Mixed samples in the player, and the space of inputs beside that of features."""

import itertools
import re

import numpy as np
import pytest
from support.mixed_runs import GRID, LAM, MixedBehaviour, inputs_of, stretch
from support.player_browser import (
    PLAYER,
    hash_of,
    panel,
    paused_at,
    reading,
    run_script,
    text_is,
    until,
    wait_frames,
)

from ammix_viz.runs.format import feature_values

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]

AT = 12


@pytest.fixture
def behaviour():
    return MixedBehaviour()


def opened(open_page, *keys, press=("Mixing",)):
    """Open runs, paused at a record, with some switches on."""
    page = open_page(*keys)
    wait_frames(page, 24)
    paused_at(page, AT)
    for name in press:
        page.get_by_role("button", name=name, exact=True).click()
    return page


def record_of(behaviour, key):
    return behaviour.run(key).records[AT]


def labels_of_rows(behaviour, key):
    labels = np.array(behaviour.run(key).header["labels"])
    return [tuple(pair) for pair in labels[record_of(behaviour, key)["mixed.rows"]].tolist()]


def displayed_rows(behaviour, key, pair=(), most=22):
    """The rows that the player should display, by a plain loop."""
    labels = map(set, labels_of_rows(behaviour, key))
    fitting = [row for row, kind in enumerate(labels) if len(kind) == 2 and set(pair) <= kind]
    return fitting[:most]


def mixing_is(page, count):
    page.wait_for_selector(f'{PLAYER}[data-mixing="{count}"]', state="attached")


def inputs_canvas(page, key):
    """The canvas of input space, which comes once the inputs have come."""
    canvas = panel(page, key).locator("canvas[aria-label^=Inputs]")
    canvas.wait_for()
    return canvas


def page_offset(canvas, middle, half, place):
    """Where a place of a plane lies on the page."""
    box = canvas.bounding_box()
    unit = box["width"] / (2 * half)
    x = box["x"] + (place[0] - middle[0] + half) * unit
    return float(x), float(box["y"] + (middle[1] + half - place[1]) * unit)


def feature_range(behaviour, key):
    clouds = feature_values(behaviour.run(key).records[AT - 7 :])
    low, high = clouds.min((0, 1)), clouds.max((0, 1))
    return (low + high) / 2, (high - low).max() / 2 * 1.08


def lonely(rows, places):
    """The row whose place is the farthest from those of the others."""
    gaps = [min(np.linalg.norm(places[r] - places[o]) for o in rows if o != r) for r in rows]
    return rows[int(np.argmax(gaps))]


def loss_of(record, feature, labels, weight):
    logits = record["weight"].astype(float) @ feature + record["bias"]
    log = logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max()
    return -(weight * log[labels[0]] + (1 - weight) * log[labels[1]])


def test_mixed_samples_are_painted_at_the_press_of_a_switch_or_of_m(open_page, behaviour):
    page = opened(open_page, "feature-0", "input-0", "unmixed-0", press=())
    before = [hash_of(page, key) for key in ("feature-0", "input-0", "unmixed-0")]
    assert reading(page, "mixing") is None
    page.keyboard.press("m")
    wide = page.locator("canvas").first.bounding_box()["width"]
    most = min(max(round(wide / 22), 8), 24)
    count = sum(len(displayed_rows(behaviour, key, most=most)) for key in ("feature-0", "input-0"))
    mixing_is(page, count)
    after = [hash_of(page, key) for key in ("feature-0", "input-0", "unmixed-0")]
    assert [a == b for a, b in zip(before, after, strict=True)] == [False, False, True]
    button = page.get_by_role("button", name="Mixing", exact=True)
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    page.wait_for_selector(f"{PLAYER}:not([data-mixing])", state="attached")
    assert [hash_of(page, k) for k in ("feature-0", "input-0", "unmixed-0")] == before


def test_a_panel_says_what_is_mixed_and_an_older_run_can_be_trained_again(open_page):
    page = opened(open_page, "feature-0", "input-0", "unmixed-0", "full-0")
    texts = {
        "feature-0": "Mixes features · λ 0.75 in this step · label of the nearer parent only",
        "input-0": "Mixes inputs · λ 0.40 in this step · label mixed by λ",
        "unmixed-0": "This method mixes nothing.",
        "full-0": "This run was saved without mixed samples.",
    }
    for key, text in texts.items():
        text_is(page, panel(page, key).locator(".ammix-captions"), re.escape(text))
    again = page.get_by_role("button", name="Train again")
    assert again.count() == 1
    panel(page, "full-0").get_by_role("button", name="Train again").click()
    until(page, "asked.length === 1")
    assert page.evaluate("asked") == [["restart", ["full-0"]]]


@pytest.mark.parametrize("kind", ["feature", "input"])
def test_hovering_a_mixed_sample_names_parents_label_and_loss(open_page, behaviour, kind):
    key = f"{kind}-0"
    page = opened(open_page, key)
    record, rows = record_of(behaviour, key), displayed_rows(behaviour, key)
    mixing_is(page, len(rows))
    places = record["mixed.features"] * float(record["mixed.scale"])
    row = lonely(rows, places)
    labels, lam = labels_of_rows(behaviour, key)[row], LAM[kind]
    canvas = panel(page, key).locator("canvas")
    page.mouse.move(*page_offset(canvas, *feature_range(behaviour, key), places[row]))
    lines = page.get_by_role("tooltip").inner_text().split("\n")
    weight = 1 if kind == "feature" else lam
    words = (
        f"Class {labels[0]}" if weight == 1 else f"40 % Class {labels[0]}, 60 % Class {labels[1]}"
    )
    loss = loss_of(record, places[row], labels, weight)
    assert [line.strip() for line in lines if line.strip()] == [
        "Mixed sample",
        f"Class {labels[0]}",
        f"share {lam:.2f}",
        f"Class {labels[1]}",
        f"share {1 - lam:.2f}",
        f"Label: {words}",
        f"Loss {loss:.2f}",
    ]


def test_two_classes_of_the_legend_choose_whose_mixed_samples_are_displayed(open_page, behaviour):
    page = opened(open_page, "feature-0")
    classes = page.locator(".ammix-classes li")
    mixing_is(page, len(displayed_rows(behaviour, "feature-0")))
    classes.nth(0).click()
    mixing_is(page, len(displayed_rows(behaviour, "feature-0", (0,))))
    classes.nth(1).focus()
    page.keyboard.press("Enter")
    mixing_is(page, len(displayed_rows(behaviour, "feature-0", (0, 1))))
    until(page, "document.querySelectorAll('.ammix-classes li[aria-pressed=true]').length === 2")
    classes.nth(2).click()
    mixing_is(page, len(displayed_rows(behaviour, "feature-0", (2,))))
    classes.nth(2).click()
    mixing_is(page, len(displayed_rows(behaviour, "feature-0")))
    page.keyboard.press("m")
    page.wait_for_selector(".ammix-classes li:not([aria-pressed])", state="attached")
    classes.nth(0).click()
    assert classes.nth(0).get_attribute("aria-pressed") is None


def test_both_spaces_stand_in_a_panel_and_hover_links_them(open_page, behaviour):
    page = opened(open_page, "feature-0", press=("Both",))
    page.wait_for_selector(f'{PLAYER}[data-view="both"]', state="attached")
    canvas = inputs_canvas(page, "feature-0")
    other = panel(page, "feature-0").locator("canvas[aria-label^=Features]")
    until(page, "p => +document.querySelector('.ammix-player').dataset.painted > p", 0)
    picture = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.join()"
    before = other.evaluate(picture)
    point = 75
    labels = np.array(behaviour.run("feature-0").header["labels"])
    place = inputs_of(labels)[point]
    page.mouse.move(*page_offset(canvas, (0, 0), GRID["half"], place))
    tooltip = page.get_by_role("tooltip")
    tooltip.wait_for()
    assert f"Class {labels[point]}" in tooltip.inner_text()
    assert f"at ({place[0]:.2f}, {place[1]:.2f})".replace("-", "−") in tooltip.inner_text()
    until(page, f"([c, before]) => ({picture})(c) !== before", [other.element_handle(), before])


def test_inputs_are_predicted_as_the_network_maps_them(open_page, behaviour):
    page = opened(open_page, "input-0", press=("Input",))
    canvas = inputs_canvas(page, "input-0")
    page.wait_for_selector(f'{PLAYER}[data-view="input"]', state="attached")
    record = record_of(behaviour, "input-0")
    for place in itertools.product((-5.5, 0.8, 5.5), (-5.2, 4.9)):
        page.mouse.move(*page_offset(canvas, (0, 0), GRID["half"], place))
        feature = np.array(place) * stretch(float(record["epoch"]))
        winner = int(np.argmax(record["weight"] @ feature + record["bias"]))
        text_is(page, page.get_by_role("tooltip"), f"Predicted here: Class {winner}")


def test_mixed_inputs_lie_between_their_parents_in_the_space_of_inputs(open_page, behaviour):
    page = opened(open_page, "input-0", "feature-0", press=("Mixing", "Input"))
    text_is(page, panel(page, "feature-0").locator(".ammix-captions"), "not visible in input space")
    canvas = inputs_canvas(page, "input-0")
    most = min(max(round(canvas.bounding_box()["width"] / 22), 8), 24)
    rows = displayed_rows(behaviour, "input-0", most=most)
    mixing_is(page, len(rows))
    inputs = inputs_of(np.array(behaviour.run("input-0").header["labels"]))
    parents = record_of(behaviour, "input-0")["mixed.rows"]
    places = 0.4 * inputs[parents[:, 0]] + 0.6 * inputs[parents[:, 1]]
    row = lonely(rows, places)
    page.mouse.move(*page_offset(canvas, (0, 0), GRID["half"], places[row]))
    text_is(page, page.get_by_role("tooltip"), "Mixed sample")
    words = page.get_by_role("tooltip").inner_text()
    first, second = labels_of_rows(behaviour, "input-0")[row]
    assert f"40 % Class {first}, 60 % Class {second}" in words


def test_a_run_without_inputs_keeps_to_feature_space(open_page):
    page = opened(open_page, "full-0", press=())
    assert page.get_by_role("button", name="Both").is_hidden()
    assert panel(page, "full-0").locator("canvas").count() == 1


def test_mixed_samples_stay_for_a_while_during_playback_and_are_exact_on_a_pause(open_page):
    script = """() => {
      const hold = new Hold();
      const [changes, strengths] = [[], []];
      for (let frame = 0, last = null; frame < 300; frame++) {
        const now = frame / 60;
        hold.advance({ position: 3 + 12 * now, playing: true, still: false }, now);
        if (hold.position !== last) changes.push([now, hold.position - (3 + 12 * now)]);
        last = hold.position;
        strengths.push(hold.strength);
      }
      hold.advance({ position: 40.4, playing: false, still: false }, 5);
      return { changes, strengths, paused: [hold.position, hold.strength] };
    }"""
    answer = run_script(open_page("feature-0"), "Hold", script)
    times, behind = zip(*answer["changes"], strict=True)
    assert len(times) == 5
    assert np.diff(times).min() > 1.1
    assert max(behind) <= 0
    assert min(behind) > -1
    assert max(answer["strengths"]) == 1
    assert min(answer["strengths"]) < 0.15
    assert answer["paused"] == [40.4, 1]


def test_a_bead_is_cut_where_the_shares_of_its_label_are(open_page):
    shares = [0.05, 0.25, 0.5, 0.71, 1]
    script = f"() => {shares}.map(chordAt)"
    chords = run_script(open_page("feature-0"), "chordAt", script)
    across = np.linspace(-1, 1, 2001)
    x, y = np.meshgrid(across, across)
    inside = x**2 + y**2 <= 1
    beyond = [((x >= chord) & inside).sum() / inside.sum() for chord in chords]
    np.testing.assert_allclose(beyond, shares, atol=2e-3)


def test_regions_of_inputs_are_those_of_features_if_the_network_changes_nothing(open_page):
    script = """() => {
      const random = (n) => Array.from({ length: n }, (_, i) => Math.sin(7.3 * i * i + i));
      const grid = { x: 0.3, y: -0.2, half: 2, side: 2 };
      const triangles = Uint16Array.of(0, 1, 2, 0, 1, 3, 0, 3, 4, 0, 2, 4);
      const inputs = { points: Float32Array.of(0.1, 0.4), triangles };
      const space = new InputSpace({ grid, labels: [0] }, inputs);
      const classifier = { weight: random(8), bias: random(4) };
      const corners = [-1.7, -2.2, 2.3, -2.2, -1.7, 1.8, 2.3, 1.8];
      const moment = {
        classifier, features: inputs.points,
        read: (name, scale, target) => (target.set(corners), name === "grid"),
      };
      const cells = 40;
      const shades = Uint32Array.from({ length: 4 * 256 }, (_, i) => i);
      const [found, expected] = [0, 0].map(() => new Uint32Array((cells + 1) ** 2));
      space.shade(found, cells, moment, grid, shades);
      shadeNodes(expected, cells, classifier, grid, shades);
      const logits = ([x, y]) => classifier.bias.map((b, k) => {
        return b + classifier.weight[2 * k] * x + classifier.weight[2 * k + 1] * y;
      }).sort((a, b) => b - a);
      const gaps = space.borders(moment).flatMap((line) => [line.slice(0, 2), line.slice(2)])
        .map(logits).map(([first, second]) => first - second);
      const exact = decisionSegments(classifier, grid);
      const length = (lines) => {
        return lines.reduce((sum, [a, b, c, d]) => sum + Math.hypot(c - a, d - b), 0);
      };
      return {
        off: Math.max(...found.map((shade, i) => Math.abs(shade - expected[i]))),
        winners: new Set(found.map((shade) => shade >> 8)).size,
        gaps: gaps.sort((a, b) => a - b), lengths: [length(space.borders(moment)), length(exact)],
      };
    }"""
    names = "InputSpace, shadeNodes, decisionSegments"
    answer = run_script(open_page("feature-0"), names, script)
    assert answer["off"] <= 1
    assert answer["winners"] > 2
    gaps = np.array(answer["gaps"])
    assert np.quantile(gaps, 0.95) < 1e-5
    found, exact = answer["lengths"]
    assert found == pytest.approx(exact, rel=0.05)


def test_between_two_snapshots_a_mixed_sample_moves_with_its_parents(open_page):
    script = """() => {
      const then = { features: Int16Array.of(10, 20, -30, 0), scale: 0.1 };
      const store = { view: (_, name) => then[name], value: (_, name) => then[name], header: {} };
      const lens = { store, labels: [0, 1], classes: { of: [0, 1] } };
      const rows = {
        index: 0, parents: [0, 1], labels: [0, 1], lam: [0.75], labelWeight: [1],
        features: [0.5, 2], push: [1, -2],
      };
      const moment = { lens, features: Float32Array.of(2, 2, -3, 4) };
      return featureBeads(rows, 0, moment);
    }"""
    (bead,) = run_script(open_page("feature-0"), "featureBeads", script)
    assert (bead["x"], bead["y"]) == pytest.approx((0.5 + 0.75 * 1, 2 + 0.25 * 4))
    assert bead["ends"] == [[2, 2, 0], [-3, 4, 1]]
    assert (bead["weights"], bead["push"]) == ([[0, 1]], [1, -2])
