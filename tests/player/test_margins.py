import numpy as np
import pytest
import torch
from support.player_browser import (
    panel,
    paused_at,
    run_script,
    text_is,
    wait_frames,
)

from ammix_viz.metrics.distances import margins, plane_share
from ammix_viz.runs.format import feature_values

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]


@pytest.mark.parametrize("classes", [2, 4, 10])
def test_margins_and_sectors_agree_with_the_metrics(open_page, classes):
    rng = np.random.default_rng(classes)
    weight, bias, centres = (rng.standard_normal(s) for s in ((classes, 2), classes, (classes, 2)))
    given = {
        "weight": weight.ravel().tolist(),
        "bias": bias.tolist(),
        "centres": [[k, *centre] for k, centre in enumerate(centres.tolist())],
    }
    script = f"""() => {{
      const given = {given};
      return [marginsOf(given, given.centres), sectorWidths(given.weight)];
    }}"""
    found, sectors = run_script(open_page("full-0"), "marginsOf, sectorWidths", script)
    w, b, c = (torch.from_numpy(each) for each in (weight, bias, centres))
    expected = margins(c, w, b).numpy()
    np.testing.assert_allclose([each["margin"] for each in found], expected, atol=1e-9)
    np.testing.assert_allclose(sectors, 360 * plane_share(w).numpy(), atol=1e-9)
    feet = np.array([each["foot"] for each in found])
    np.testing.assert_allclose(np.linalg.norm(feet - centres, axis=1), abs(expected), atol=1e-9)
    logits = np.sort(feet @ weight.T + bias, axis=1)
    inside = expected > 0
    assert inside.any()
    np.testing.assert_allclose(logits[inside, -1], logits[inside, -2], atol=1e-9)


def test_the_caption_has_the_balance_of_the_samples_displayed(open_page, behaviour):
    page = open_page("full-1")
    wait_frames(page, 24)
    paused_at(page, 20)
    page.get_by_role("button", name="Margins").click()
    run = behaviour.run("full-1")
    record = run.records[20]
    points, labels = feature_values(record), np.array(run.header["labels"])
    for split, span in (("Train", slice(0, 107)), ("Test", slice(107, None))):
        page.get_by_role("button", name=split, exact=True).click()
        centres = np.stack([points[span][labels[span] == k].mean(0) for k in range(4)])
        logits = centres @ record["weight"].T + record["bias"]
        away = np.linalg.norm(record["weight"][:, None] - record["weight"], axis=2)
        lead = (np.diag(logits)[:, None] - logits)[~np.eye(4, dtype=bool)].reshape(4, 3)
        margin = (lead / away[~np.eye(4, dtype=bool)].reshape(4, 3)).min(axis=1)
        words = f"Margin balance {margin.min() / margin.max():.2f}: smallest {margin.min():.1f}"
        text_is(page, panel(page, "full-1").locator(".ammix-captions"), words)


def test_the_scale_says_which_confidence_is_dark(open_page):
    page = open_page("full-0")
    wait_frames(page, 24)
    scale = page.locator(".ammix-confidence")
    assert scale.inner_text().split("\n") == ["Confidence", "25 %", "100 %"]
    background = scale.locator(".ammix-confidence-bar").evaluate(
        "e => getComputedStyle(e).backgroundImage"
    )
    assert background == "linear-gradient(90deg, rgb(150, 157, 170), rgb(255, 255, 255))"
