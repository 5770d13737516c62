"""The lesson: eight steps from features to even pairs."""

from ammix_viz.ui.lesson import choose, show
from ammix_viz.ui.style import tighten

tighten()
show(*choose())
