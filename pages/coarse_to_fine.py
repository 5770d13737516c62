"""Coarse to fine: what is left of classes that an encoder was never told of."""

import streamlit as st

from ammix_viz.ui.coarse import cards_of_both, show_table
from ammix_viz.ui.controls import draw_controls
from ammix_viz.ui.lab import can_train, show_player
from ammix_viz.ui.setup import read_setup
from ammix_viz.ui.style import tighten

SETS = ("digits_coarse", "mini_cifar_coarse")
LOOK_AT = (
    "First the encoder learns two coarse classes (above); the same features below, by their fine "
    "classes. Then it is frozen, and a classifier learns the fine classes on what is left of them."
)

tighten()
comparison = read_setup(SETS)
st.markdown("#### What is left of the fine classes?")
if can_train(comparison):
    show_player(comparison, LOOK_AT, cards_of_both(comparison.recipes))
    show_table(comparison)
draw_controls(SETS)
