"""Limits of the job queue and its workers: how many, how long, how often."""

MAX_QUEUE = 256
"""Runs that may wait for a worker at a time."""

MIN_STACK, MAX_STACK = 4, 16
"""A stack of runs is split over the workers, into parts of so many runs."""

MAX_WORKERS = 8
"""Worker processes started by default; each takes some hundred megabytes."""

MAX_JOBS_PER_WORKER = 8
"""Runs on images that take turns in one worker."""

UNREAD_SECONDS = 2.0
"""A run that nobody has read for so long makes way where others wait for the worker."""

GRACE_SECONDS = 0.25
"""The same, once its last reader has left."""

IDLE_SECONDS = 60.0
"""A run that nobody has read for so long is given up, unless it is kept."""

STUCK_SECONDS = 30.0
"""A worker that has not answered a cancel for so long is killed."""

MAX_TRIES = 3
"""Workers that may die over a run on images; until then it resumes from its checkpoint."""

MAX_QUICK_DEATHS, QUICK_SECONDS = 3, 10.0
"""After so many workers in a row that died idle, so soon after their start, no more start."""
