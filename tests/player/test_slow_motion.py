"""One training step on a pair of samples, in slow motion."""

import json

import numpy as np
import pytest
import torch
from support.mixed_runs import LAM, MixedBehaviour
from support.player_browser import (
    run_script,
    text_is,
)

from ammix_viz.player.bundle import slow_motion_bundle, slow_motion_stylesheet
from ammix_viz.runs.format import feature_values

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]

SLOW = "[data-testid=slow-motion]"
CLASSES = (0, 2)
STILL = {"reduced_motion": "reduce"}


@pytest.fixture
def behaviour():
    return MixedBehaviour()


def compute(page, names, script):
    return run_script(page, names, script, slow_motion_bundle)


def opened(open_page, *keys, name="SlowMotion", ready="phase", **options):
    """Put up the slow motion of a step of some runs."""
    page = open_page(**options)
    page.add_style_tag(content=slow_motion_stylesheet())
    runs = json.dumps([{"key": key, "title": key} for key in keys])
    script = f"""() => {{
      const picture = new {name}(document.querySelector("#here"), waysAt("/"));
      picture.update({{ runs: {runs}, epoch: 8, classes: {list(CLASSES)} }});
    }}"""
    page.evaluate("() => (document.querySelector('#here').innerHTML = '')")
    compute(page, f"{name}, waysAt", f"() => {{ ({script})(); return 1; }}")
    page.wait_for_selector(f"[data-{ready}]")
    return page


def lines(page, run):
    """The lines that stand under a run's picture; of a table, a line a row."""
    script = """(said) => [...said.querySelectorAll("p, tr")].map((line) => {
      const parts = line.tagName === "TR" ? [...line.children] : [line];
      return parts.map(({ textContent }) => textContent).join(" ");
    })"""
    return page.locator(".ammix-slow-lines").nth(run).evaluate(script)


def go_to(page, phase):
    page.locator(".ammix-phase-name").nth(phase - 1).click()
    page.wait_for_selector(f'{SLOW}[data-phase="{phase}"][data-state="paused"]')


def rows_of_pair(record, labels):
    """A row from the first class to the second and one back, which share a sample if any two do."""
    parents = record["mixed.rows"]
    kinds = [tuple(pair) for pair in labels[parents].tolist()]
    forth, back = (
        [row for row, kind in enumerate(kinds) if kind == wanted]
        for wanted in (CLASSES, CLASSES[::-1])
    )
    both = [
        (len(set(parents[x]) & set(parents[y])), -i, -j, x, y)
        for i, x in enumerate(forth)
        for j, y in enumerate(back)
    ]
    return max(both)[3:]


def record_with_both_sides(behaviour, key):
    """The record nearest to epoch 8 with both sides of the pair."""
    run = behaviour.run(key)
    labels = np.array(run.header["labels"])
    for record in sorted(run.records, key=lambda record: abs(float(record["epoch"]) - 8)):
        kinds = {tuple(pair) for pair in labels[record["mixed.rows"]].tolist()}
        if {CLASSES, CLASSES[::-1]} <= kinds:
            return record, rows_of_pair(record, labels)
    raise LookupError


def test_a_step_is_what_autograd_makes_of_it(open_page):
    rng = np.random.default_rng(3)
    weight, bias = rng.standard_normal((4, 2)), rng.standard_normal(4)
    ends, lam, size = rng.standard_normal((3, 2, 2)) * 3, np.array([0.7, 0.4, 0.51]), 0.8
    target = rng.dirichlet(np.ones(4), 3)
    at = [torch.tensor(each, requires_grad=True) for each in (weight, bias, ends)]
    share = torch.tensor(lam)[:, None]
    mixed = share * at[2][:, 0] + (1 - share) * at[2][:, 1]
    mixed.retain_grad()
    log = torch.log_softmax(mixed @ at[0].T + at[1], 1)
    (-(torch.tensor(target) * log).sum()).backward()
    samples = [
        {"z": z, "target": t, "lam": share}
        for z, t, share in zip(mixed.tolist(), target.tolist(), lam, strict=True)
    ]
    classifier = {"weight": weight.ravel().tolist(), "bias": bias.tolist()}
    found = compute(
        open_page(),
        "afterStep, pushOn, pushParts",
        f"""() => {{
          const [classifier, samples] = [{json.dumps(classifier)}, {json.dumps(samples)}];
          const {{ weight, bias }} = afterStep(classifier, samples, {size});
          const pushes = samples.map((sample) => pushOn(classifier, sample));
          const parts = samples.map(({{ lam }}, i) => pushParts(pushes[i], lam));
          return {{ weight: [...weight], bias: [...bias], pushes, parts }};
        }}""",
    )
    np.testing.assert_allclose(
        np.reshape(found["weight"], (4, 2)), weight - size * at[0].grad.numpy()
    )
    np.testing.assert_allclose(found["bias"], bias - size * at[1].grad.numpy())
    np.testing.assert_allclose(found["pushes"], -mixed.grad.numpy())
    np.testing.assert_allclose(found["parts"], -at[2].grad.numpy())


def test_the_pair_is_taken_from_both_sides_and_by_its_samples(open_page):
    script = """() => {
      const rows = (parents, labels) => ({ parents, labels, count: parents.length / 2 });
      const first = rows([5, 1, 1, 7, 2, 6, 6, 2, 4, 1], [1, 0, 0, 1, 0, 1, 1, 0, 1, 0]);
      const shuffled = rows([6, 2, 9, 9, 2, 6], [1, 0, 0, 0, 0, 1]);
      const chosen = rowsFromBothSides(first, [0, 1]);
      return [
        chosen, sameRows(shuffled, first, chosen), sameRows(shuffled, first, [0]),
        rowsFromBothSides(rows([1, 5], [0, 1]), [0, 1]),
        rowsFromBothSides(rows([1, 2], [0, 0]), [0, 1]),
      ];
    }"""
    found = compute(open_page(), "rowsFromBothSides, sameRows", script)
    assert found == [[2, 3], [2, 0], None, [0], []]


def test_a_record_with_which_no_step_begins_is_not_chosen(open_page):
    script = """() => {
      const store = (last, names) => {
        const stages = names.map((name, i) => ({ name, epochs: 5, last: last[i] }));
        return { count: 11, value: (index) => index, header: { stages } };
      };
      const [one, two] = [store([10], ["training"]), store([4, 10], ["encoder", "classifier"])];
      return [[[one], 99], [[one], 3], [[one, two], 3], [[two], 8]].map((asked) => {
        return chooseRecord(...asked, [0, 1]);
      });
    }"""
    assert compute(open_page(), "chooseRecord", script) == [9, 3, 5, 8]


def test_each_phase_says_its_numbers(open_page, behaviour):
    page = opened(open_page, "feature-0", "input-0", "unmixed-0", **STILL)
    record, rows = record_with_both_sides(behaviour, "feature-0")
    weight, bias = record["weight"].astype(float), record["bias"].astype(float)
    features = feature_values(record)
    first, second = CLASSES

    def gap(place):
        return (weight[first] - weight[second]) @ place + bias[first] - bias[second]

    ways = [features[record["mixed.rows"][row]] for row in rows]
    ways = [ways[0], ways[1][::-1]]
    crossed = [f"{100 * gap(a) / (gap(a) - gap(b)):.0f}\N{NO-BREAK SPACE}%" for a, b in ways]
    go_to(page, 1)
    assert f"in pair 1 at {crossed[0]}, in pair 2 at {crossed[1]}." in lines(page, 0)[0]
    assert lines(page, 2)[0].startswith("Takes no pairs. ")
    go_to(page, 2)
    accuracy = -np.log(LAM["feature"]) / 0.34
    assert lines(page, 0) == [
        "Mixes features.",
        f"λ = exp(−0.34 · accuracy {accuracy:.2f}) = 0.75.",
    ]
    assert lines(page, 1)[0] == "Mixes inputs."
    assert lines(page, 2) == ["Nothing is mixed: this method trains on the samples as they are."]
    go_to(page, 3)
    names = [f"Class {k}" for k in CLASSES]
    assert lines(page, 0)[1:] == [
        f"pair {k} {a} 75, {b} 25 {a} 100" for k, (a, b) in enumerate((names, names[::-1]), 1)
    ]
    assert lines(page, 1)[1] == f"pair 1 {names[0]} 40, {names[1]} 60 {names[0]} 40, {names[1]} 60"
    text_is(
        page, page.locator(".ammix-slow-sentence"), "input-0: both labels, λ and 1 − λ. feature-0: "
    )
    go_to(page, 4)
    z = record["mixed.features"][rows[0]] * float(record["mixed.scale"])
    logits = weight @ z + bias
    confidence = np.exp(logits) / np.exp(logits).sum()
    push = np.linalg.norm((np.eye(len(bias))[first] - confidence) @ weight)
    sure = [100 * confidence[k] for k in (*CLASSES, *set(range(len(bias))) - set(CLASSES))]
    others = f", others {sum(sure[2:]):.0f}" if sum(sure[2:]) >= 0.5 else ""
    assert lines(page, 0)[1] == (
        f"pair 1 {names[0]} {sure[0]:.0f}, {names[1]} {sure[1]:.0f}{others} "
        f"{names[0]} 100 {push:.2f}"
    )
    label = page.locator("canvas").first.get_attribute("aria-label")
    assert label.startswith("feature-0, Push: , confidence, %, label, %, push. pair 1, Class 0")


def crossings_after(behaviour, key, share, times):
    """Where the line crosses both pairs after a step; `share`: weight of the first label."""
    record, rows = record_with_both_sides(behaviour, key)
    header, features = behaviour.run(key).header, feature_values(record)
    at = [
        torch.tensor(record[name].astype(float), requires_grad=True) for name in ("weight", "bias")
    ]
    z = torch.tensor(record["mixed.features"][list(rows)] * float(record["mixed.scale"]))
    eye = torch.eye(len(at[1]), dtype=float)
    one, two = eye[list(CLASSES)], eye[list(CLASSES[::-1])]
    target = share * one + (1 - share) * two
    torch.nn.functional.cross_entropy(z @ at[0].T + at[1], target, reduction="sum").backward()
    size = (
        times * header["recipe"]["lr"] / min(header["recipe"]["batch_size"], header["train_points"])
    )
    weight, bias = ((each - size * each.grad).detach().numpy() for each in at)
    u = weight[CLASSES[0]] - weight[CLASSES[1]]
    ways = [features[record["mixed.rows"][row]] for row in rows]
    gaps = [way @ u + bias[CLASSES[0]] - bias[CLASSES[1]] for way in (ways[0], ways[1][::-1])]
    return [f"→ {100 * a / (a - b):.1f} %" for a, b in gaps]


def test_lines_move_by_the_samples_of_the_pairs_all_magnified_alike(open_page, behaviour):
    page = opened(open_page, "feature-0", "input-0", "unmixed-0", **STILL)
    go_to(page, 5)
    sentence = page.locator(".ammix-slow-sentence").text_content()
    times = int(sentence.split(" times")[0].split()[-1].replace(",", ""))
    for i, (key, share) in enumerate((("feature-0", 1), ("input-0", 0.4))):
        _, *table = lines(page, i)
        both = crossings_after(behaviour, key, share, times)
        assert [part in table[-1] for part in both] == [True, True]
        assert [line.split(" →")[0].rsplit(" ", 1)[0] for line in map(first_half, table)] == (
            [f"Class {CLASSES[i]} pair 1", f"Class {CLASSES[1 - i]} pair 2", "both"]
        )


def first_half(line):
    return line.split(" %")[0]


def test_keys_step_through_the_phases_and_another_pair_can_be_chosen(open_page):
    page = opened(open_page, "feature-0", "input-0", **STILL)
    page.get_by_role("slider").focus()
    for key, phase in (("ArrowRight", 2), ("End", 5), ("ArrowLeft", 4), ("Home", 1)):
        page.keyboard.press(key)
        page.wait_for_selector(f'{SLOW}[data-phase="{phase}"][data-state="paused"]')
    page.keyboard.press(" ")
    page.wait_for_selector(f'{SLOW}[data-state="playing"]')
    page.get_by_label("Pair of classes").select_option("0,1")
    text_is(page, page.locator(".ammix-slow-sentence"), "pairs of Class 0 and Class 1 in one")


def test_phases_play_to_the_end_and_a_step_comes_to_rest(open_page):
    script = """() => {
      const clock = new PhaseClock(false);
      const play = (seconds) => {
        for (let now = 0; now < seconds && clock.moving; now += 0.02) clock.advance(0.02);
        return [clock.phase, Number(clock.position.toFixed(2)), clock.playing];
      };
      clock.begin(true);
      const [early, end] = [play(2.2), play(60)];
      clock.step(-1);
      const back = play(2);
      clock.seek(0.2);
      clock.step(1);
      clock.step(1);
      const on = play(9);
      clock.toggle();
      return { early, end, back, on, playing: clock.playing };
    }"""
    found = compute(open_page(), "PhaseClock", script)
    assert found == {
        "early": [0, 0.5, True],
        "end": [4, 5, False],
        "back": [3, 3.75, False],
        "on": [2, 2.75, False],
        "playing": True,
    }


def test_with_reduced_motion_phases_switch_and_nothing_plays_by_itself(open_page):
    page = opened(open_page, "feature-0", **STILL)
    position = f"+document.querySelector('{SLOW}').dataset.position"
    assert page.locator(SLOW).get_attribute("data-state") == "paused"
    found = []
    for phase in range(1, 6):
        page.wait_for_selector(f'{SLOW}[data-phase="{phase}"]')
        found.append(page.evaluate(position))
        page.get_by_role("button", name="One phase forward").click()
    assert found == [0.75, 1.75, 2.75, 3.75, 5]


def test_the_way_of_mixed_inputs_is_bent_as_the_network_bends_it(open_page):
    script = """() => {
      const header = { labels: [0, 1], grid: { x: 0, y: 0, half: 1, side: 2 } };
      const inputs = {
        points: Float32Array.of(-0.5, 0, 0.5, 0), triangles: Uint16Array.of(2, 3, 4, 3, 5, 4),
      };
      const moment = {
        features: Float32Array.of(0.5, 2, 2.5, 2.5),
        read: (name, scale, target) => target.set([0, 0, 2, 0, 0, 4, 6, 6]),
      };
      const sample = { lam: 0.5, z: [1.2, 2], ends: [[0, 0, 0, 0], [0, 0, 1, 1]] };
      bendWays({ lens: { store: { header } }, samples: [sample] }, inputs, moment);
      const { way } = sample;
      const part = partOfWay(way, 0.26).at(-1);
      const back = partOfWay(way, 0.98, true);
      return { way: [0, 10, 20, 40].map((i) => way[i]), part, back };
    }"""
    found = compute(open_page(), "bendWays, partOfWay", script)
    way = [[0.5, 2], [0.85, 2], [1.2, 2], [2.5, 2.5]]
    np.testing.assert_allclose(found["way"], way)
    np.testing.assert_allclose(found["part"], [0.864, 2])
    np.testing.assert_allclose(found["back"][0], way[-1])
    assert len(found["back"]) == 2


def test_the_sum_of_confidences_has_its_peak_at_the_midpoint_and_pushes_vanish(open_page):
    rng = np.random.default_rng(5)
    weight, bias, ends = rng.standard_normal((3, 2)), rng.standard_normal(3), [[-3.0, 1], [2, 0.5]]
    weight[0] -= [2, 0]
    lam, crossing, place = 0.7, 0.42, 0.3
    classifier = {"weight": weight.ravel().tolist(), "bias": bias.tolist()}
    found = compute(
        open_page(),
        "wayOf, confidenceSum, pushSize, leeway, nearerShare",
        f"""() => {{
          const way = wayOf({json.dumps(classifier)}, [0, 2], ...{json.dumps(ends)});
          const sums = Array.from({{ length: 101 }}, (_, i) => confidenceSum(way, {lam}, i / 100));
          const push = pushSize(way, 0, {place}, {crossing});
          const steep = {{ fall: 60, slope: 2 }};
          const wrong = {{ ...steep, fall: -60 }};
          const asked = [[steep, 0.7], [steep, 0.52], [wrong, 0.7]];
          const nearer = asked.map((each) => nearerShare(...each));
          return {{ way, sums, push, leeway: leeway(way, {lam}), nearer }};
        }}""",
    )
    first, second = np.array(ends)
    two = weight[[0, 2]]
    level = (two[0] - two[1]) @ (first + found["way"]["crossing"] * (second - first))
    assert level + bias[0] - bias[2] == pytest.approx(0)

    def confidences(at, line):
        """Of a feature at a place, if the bias is such that the line crosses there."""
        z = torch.tensor(first + at * (second - first), requires_grad=True)
        shift = (two[0] - two[1]) @ (first + line * (second - first))
        logits = torch.tensor(two) @ z - torch.tensor([shift, 0.0])
        return z, torch.log_softmax(logits, 0)

    expected = [
        float(confidences(1 - lam, line)[1][0].exp() + confidences(lam, line)[1][1].exp())
        for line in np.linspace(0, 1, 101)
    ]
    np.testing.assert_allclose(found["sums"], expected)
    assert int(np.argmax(found["sums"])) == 50
    assert found["nearer"] == [0.55, None, None]
    free = [abs(i - 50) / 100 for i, each in enumerate(expected) if each >= 0.99 * max(expected)]
    assert 0 <= found["leeway"] - max(free) < 0.01
    z, log = confidences(place, crossing)
    (-log[0]).backward()
    assert found["push"] == pytest.approx(float(z.grad.norm()))


def test_the_line_of_the_confidence_curve_is_dragged_and_moved_by_keys(open_page):
    kind = {"name": "ConfidenceCurve", "ready": "crossing"}
    page = opened(open_page, "unmixed-0", "input-0", "feature-0", **kind)
    curve = page.get_by_test_id("confidence-curve")
    assert page.get_by_role("group", name="Method").count() == 0
    line = page.get_by_role("slider", name="Where the line crosses")
    box = page.locator(".ammix-curve-chart").bounding_box()
    line.hover()
    page.mouse.down()
    page.mouse.move(box["x"] + 44 + 0.25 * (box["width"] - 62), box["y"] + 180)
    page.mouse.up()
    assert float(curve.get_attribute("data-crossing")) == pytest.approx(0.25, abs=0.005)
    page.keyboard.press("Tab")
    line.focus()
    page.keyboard.press("ArrowRight")
    assert float(curve.get_attribute("data-crossing")) == pytest.approx(0.26, abs=0.005)
    text_is(page, page.locator(".ammix-curve-words"), "crosses at 26\N{NO-BREAK SPACE}% of the way")
    page.get_by_role("slider", name="Where the mixed sample").focus()
    page.keyboard.press("ArrowRight")
    assert float(curve.get_attribute("data-lam")) == pytest.approx(LAM["feature"] - 0.01)
    page.get_by_role("group", name="λ").get_by_role("button").first.click()
    assert float(curve.get_attribute("data-lam")) == LAM["feature"]
