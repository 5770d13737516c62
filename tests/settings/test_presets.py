"""Presets, and the pictures of the gallery."""

import pytest
from PIL import Image

from ammix_viz.settings.comparison import Comparison, read_query
from ammix_viz.settings.presets import PICTURES, PRESETS, preset_of
from ammix_viz.studies.preset_pictures import PANELS


def test_the_first_preset_is_what_the_live_lab_opens_with():
    assert preset_of(Comparison()) == next(iter(PRESETS)) == "four"


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_found_again_by_its_link(name):
    comparison, notes = read_query(PRESETS[name].comparison.query())
    assert (preset_of(comparison), notes) == (name, [])


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_a_picture_of_two_of_its_panels(name):
    titles = {variant.title for variant in PRESETS[name].comparison.variants}
    assert len(PANELS[name]) == 2
    assert set(PANELS[name]) <= titles
    with Image.open(PICTURES / f"{name}.webp") as picture:
        assert picture.width > 2 * picture.height
