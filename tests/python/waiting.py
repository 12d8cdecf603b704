"""Waiting for what another process does."""

import time


def wait_until(what, question, seconds=30, pause=0.05, report=lambda: ""):
    """The first true answer of `question`; how long it took is not judged here. `report` explains a failure."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(pause)
    raise AssertionError(f"not within {seconds} s: {what}\n{report()}".rstrip())
