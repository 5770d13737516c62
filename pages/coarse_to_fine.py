"""Coarse to fine: separate fine classes with features learned from coarse labels."""

from ammix_viz.ui.coarse import show_table
from ammix_viz.ui.controls import draw_controls
from ammix_viz.ui.effort import agreed
from ammix_viz.ui.lab import can_train, show_heading, show_notes, show_player
from ammix_viz.ui.setup import COARSE_SETS, read_setup
from ammix_viz.ui.style import tighten

tighten()
comparison = read_setup(COARSE_SETS)
show_heading(comparison)
show_notes(comparison)
if can_train(comparison) and agreed(comparison):
    show_player(comparison)
    show_table(comparison)
draw_controls(COARSE_SETS)
