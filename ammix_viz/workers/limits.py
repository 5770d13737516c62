"""Limits of the job queue and its workers: how many, how long, how often."""

MAX_QUEUE = 256
"""Runs that may wait for a worker at a time."""
