"""The live lab: methods train side by side while you watch."""

from ammix_viz.ui.controls import draw_controls
from ammix_viz.ui.curves import show_curves
from ammix_viz.ui.editor import show_editor
from ammix_viz.ui.effort import agreed
from ammix_viz.ui.lab import can_train, show_heading, show_notes, show_player
from ammix_viz.ui.setup import FINE_SETS, read_setup
from ammix_viz.ui.style import tighten

tighten()
comparison = read_setup(FINE_SETS)
show_heading(comparison)
show_notes(comparison)
show_editor(comparison)
trains = can_train(comparison) and agreed(comparison)
if trains:
    played = show_player(comparison)
draw_controls(FINE_SETS)
if trains:
    show_curves(comparison, played)
