"""The note above the player."""

import pytest

from ammix_viz.settings.axis import Axis
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.presets import PRESETS
from ammix_viz.settings.recipe import Recipe
from ammix_viz.ui.lab import note_on

BETA = Axis("beta", (0, 1))
SAME = "the seeds of data, initial weights and batches are the same."


@pytest.mark.parametrize(
    ("comparison", "note"),
    [
        (PRESETS["ama_fig2"].comparison, PRESETS["ama_fig2"].note),
        (Comparison(("ce",), Recipe(epochs=7)), "otherwise"),
        (Comparison(("ama",), vary=BETA), f"The panels differ in β; {SAME}"),
        (Comparison(("ce", "ama"), vary=BETA), f"The panels differ in method and β; {SAME}"),
    ],
)
def test_the_note_is_the_presets_or_says_what_the_panels_differ_in(comparison, note):
    assert note_on(comparison, "otherwise") == note
