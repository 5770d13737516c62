"""The words and panels that a player displays of a comparison."""

import pytest

from ammix_viz.player.cards import heading_of, note_of, panels_of, settings_text
from ammix_viz.settings.axis import Axis
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.presets import PRESETS
from ammix_viz.settings.recipe import Recipe

BETA = Axis("beta", (0, 1))
SAME = "the seeds of data, initial weights and batches are the same."
ALIKE = "Same points, initial weights and batches in every panel."
COARSE = Comparison(("ce", "mixup"), Recipe(data="digits_coarse"))


@pytest.mark.parametrize(
    ("comparison", "note"),
    [
        (PRESETS["ama_fig2"].comparison, PRESETS["ama_fig2"].note),
        (
            Comparison(("ce",), Recipe(epochs=7)),
            f"{ALIKE} The bar in each panel is the same distance.",
        ),
        (Comparison(("ama",), vary=BETA), f"The panels differ in β; {SAME}"),
        (Comparison(("ce", "ama"), vary=BETA), f"The panels differ in method and β; {SAME}"),
    ],
)
def test_the_note_is_the_presets_or_says_what_the_panels_have_alike(comparison, note):
    assert note_of(comparison) == note


def test_runs_from_coarse_to_fine_have_a_panel_for_each_kind_of_class():
    kinds = [(card["title"], card.get("view", "fine")) for card in panels_of(COARSE)]
    assert kinds == [
        ("Cross entropy", "coarse"),
        ("Mixup", "coarse"),
        ("Cross entropy", "fine"),
        ("Mixup", "fine"),
    ]
    assert heading_of(COARSE) == "Can features learned from coarse classes separate fine ones?"


def test_the_settings_name_the_seed_on_display():
    shared = Recipe(data_seed=3, init_seed=3, batch_seed=3)
    words = settings_text(Comparison(("ce",), shared, seeds=5, displayed=2))
    assert words.endswith(" · seed 5")
