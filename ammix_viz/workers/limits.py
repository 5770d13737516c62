"""Sizes and times of the job queue and the worker processes that nobody needs to set.

What the operator of a server may set is in `ammix_viz.settings.limits`.
"""

MIN_STACK, MAX_STACK = 4, 16
"""Smallest and largest number of runs per part when a stack is split over the workers."""

MAX_JOINED = 128
"""The most runs of different people that are trained in one stack."""

MAX_STACKS, MAX_IMAGE_RUNS = 8, 8
"""The most stacks of points, and the most runs on images, that take turns in one worker."""

EXPECTED_SECONDS = 20.0
"""Seconds for which a run that was just asked for counts as read: a busy server is slow to ask."""

UNREAD_SECONDS = 2.0
"""Seconds after which an unread run makes way for runs that wait."""

GRACE_SECONDS = 0.25
"""The same after its last reader has left."""

IDLE_SECONDS = 60.0
"""Seconds after which an unread run is given up, unless it is kept."""

STUCK_SECONDS = 30.0
"""Seconds after which a worker that has not answered a cancel is killed."""

SILENT_SECONDS = 300.0
"""Seconds after which a worker is killed that has jobs, or warms up, but sends no message. It sends
one every second, except while it evaluates all samples, which takes long for many images."""

MAX_DEATHS, MAX_DEATHS_ON_IMAGES = 2, 3
"""Number of worker deaths after which a run is not begun, or on images resumed, again."""

MAX_QUICK_DEATHS, QUICK_SECONDS = 3, 10.0
"""No more workers are started after this many in a row died idle within this time of starting."""
