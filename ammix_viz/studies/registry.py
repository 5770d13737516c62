"""The studies by their names."""

from ammix_viz.studies import ama_fig2

STUDIES = {study.name: study for study in (ama_fig2.STUDY,)}
