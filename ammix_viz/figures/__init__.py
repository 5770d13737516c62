"""Plotly figures of runs: what people read rather than watch."""
