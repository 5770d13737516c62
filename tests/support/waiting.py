"""Waiting for what other processes do."""

import time


def wait_for(what, seconds=60.0):
    end = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
    return answer
