"""Training that takes minutes, which a person agrees to first."""

import re

from support.page_scripts import EmptyDisk, press, query_of

from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers.run_state import RunState


def test_training_that_takes_minutes_says_so_first_and_offers_less(open_page):
    page, pool = open_page({"seeds": "32", "epochs": "1000"}, pool=EmptyDisk())
    # 4 methods × 32 seeds × 1000 epochs of 1,610 points, at 10 µs each, on one or two cores.
    said = page.markdown[1].value
    assert said.startswith("Training **128 runs** of 1000 epochs on Gaussian toy takes **about ")
    assert 17 <= int(re.search(r"about (\d+) min", said)[1]) <= 34
    assert pool.asked == []
    fewer = next(button for button in page.button if "only" in button.label)
    fewer.click().run()
    assert pool.asked
    assert 25 <= int(query_of(page)["epochs"]) <= 60


def test_training_begins_once_a_person_has_agreed_or_if_it_goes_on_already(open_page):
    page, pool = open_page({"epochs": "2000", "seeds": "9"}, pool=EmptyDisk())
    assert pool.asked == []
    press(page, "Train")
    assert pool.asked
    other = EmptyDisk()
    other.live = {Comparison(shared=Recipe(epochs=2000)).recipes[0].key: RunState("training")}
    _, pool = open_page({"epochs": "2000", "seeds": "9"}, pool=other)
    assert pool.asked
