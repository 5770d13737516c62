"""The benchmark of images times the parts of a run by their names."""

from ammix_viz.bench import images
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe


def test_every_part_of_a_run_that_is_timed_takes_its_time():
    with images.timed() as spent:
        list(record([Recipe(data="digits", method="ce", imbalance=140, epochs=1)]))
    assert all(seconds > 0 for seconds in spent.values())
    assert set(spent) == {name for *_, name in images.PARTS} | {images.FULL}
