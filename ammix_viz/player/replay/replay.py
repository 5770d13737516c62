"""Makes a replay of finished runs."""

from collections.abc import Sequence
from datetime import date

from anyio import to_thread

from ammix_viz.player.replay.archive import archive_of
from ammix_viz.player.replay.contents import Contents
from ammix_viz.player.replay.page import replay_page
from ammix_viz.runs import verified
from ammix_viz.server.whole_run import Unfinished
from ammix_viz.settings.recipe import Recipe


async def make_replay(contents: Contents) -> str:
    """Return the HTML page that plays the runs of these contents without a server.

    Raises
    ------
    Unfinished
        If a run has not ended, or is not on disk.
    DamagedRun
        If the file of a run cannot be used.
    """
    await to_thread.run_sync(_check_finished, contents.recipes)
    archive = await archive_of(recipe.key for recipe in contents.recipes)
    return await to_thread.run_sync(replay_page, contents, archive, date.today())


def _check_finished(recipes: Sequence[Recipe]) -> None:
    count = sum(verified.finished(recipe.key) is None for recipe in recipes)
    if count:
        which = f"{count} of {len(recipes)} runs {'has' if count == 1 else 'have'}"
        which = which if len(recipes) > 1 else "The run has"
        raise Unfinished(f"{which} not finished training; a replay can be saved after that.")
