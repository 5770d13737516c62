"""The papers' figures and tables, and sweeps: many runs, and what they say together."""
