"""Whether more runs may be queued."""

from ammix_viz.settings.limits import current_limits
from ammix_viz.workers.job_queue import JobQueue


def check_limits(queue: JobQueue, more: int, session: str) -> None:
    """Check whether a session may have `more` runs queued.

    Parameters
    ----------
    queue : JobQueue
        The queue.
    more : int
        Number of runs.
    session : str
        The session; "" has no limit.

    Raises
    ------
    ValueError
        If more runs would wait, or belong to the session, than `settings.limits` allows.
    """
    allowed, waiting = current_limits(), queue.waiting_runs()
    if more and waiting + more > allowed.waiting_runs:
        raise ValueError(
            f"{waiting} runs wait to be trained and {more} more are asked for; at most "
            f"{allowed.waiting_runs} may wait."
        )
    live = queue.runs_of(session) if session else 0
    if more and live + more > allowed.session_runs:
        raise ValueError(
            f"{live} of your runs wait or are being trained and {more} more are asked for; at "
            f"most {allowed.session_runs} may at a time. Stop some, or wait for some to end."
        )
