"""“Errors”: which points are painted."""

import numpy as np
import pytest
from support.player_browser import (
    hash_of,
    paused_at,
    pixel_of,
    text_is,
    wait_frames,
)

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


def test_only_points_that_are_classified_wrongly_stay(open_page, behaviour):
    run, at = behaviour.run("full-0"), 4
    features = run.records["features"][at] * run.records["scale"][at]
    logits = features @ run.records["weight"][at].T + run.records["bias"][at]
    labels = np.array(run.header["labels"])
    train = np.arange(len(labels)) < run.header["train_points"]
    right = logits.argmax(1) == labels
    assert 3 < (train & ~right).sum() < train.sum() / 2
    page = open_page("full-0")
    wait_frames(page, 24)
    paused_at(page, at)
    before = hash_of(page, "full-0")
    button = page.get_by_role("button", name="Errors")
    button.click()
    far = np.linalg.norm(features[:, None] - features[None], axis=2)
    alone = far[:, train & ~right].min(1)  # to the nearest point that stays
    seen = np.flatnonzero(train & right)
    hidden = seen[alone[seen].argmax()]
    page.mouse.move(*pixel_of(page, behaviour, "full-0", at, hidden))
    text_is(page, page.get_by_role("tooltip"), "^Predicted here")
    wrong = np.flatnonzero(train & ~right)[0]
    page.mouse.move(*pixel_of(page, behaviour, "full-0", at, wrong))
    text_is(page, page.get_by_role("tooltip"), "wrong")
    button.click()
    page.mouse.move(*pixel_of(page, behaviour, "full-0", at, hidden))
    text_is(page, page.get_by_role("tooltip"), "training sample")
    page.mouse.move(2, 2)
    page.get_by_role("tooltip").wait_for(state="hidden")
    assert hash_of(page, "full-0") == before
