"""What a worker process trains in turns: a stack of points that jobs join, or a run on images."""

import logging
from collections.abc import Collection, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ammix_viz.runs.disk import use_folder
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.stack import may_join

if TYPE_CHECKING:
    from ammix_viz.runs.recorder import Recorder

log = logging.getLogger(__name__)
Message = dict[str, Any]

OUT_OF_MEMORY = (
    "The device has not enough memory left for this run. Try a smaller batch_size, or another "
    "device."
)


class Task:
    """The training of one job, or of several whose runs share a stack.

    Parameters
    ----------
    message : dict
        The first job, as the pool sends it.

    Attributes
    ----------
    jobs : dict of int to set of str
        Keys of the runs of each job that has not been answered.
    """

    def __init__(self, message: Message) -> None:
        recipes = _recipes(message)
        self._shares = (message["folder"], message["batch"], recipes[0].stack)
        self._folder = Path(message["folder"])
        self._recorder: Recorder | None = None
        self._training: Generator[float] | None = None
        self._answers: list[Message] = []
        self.jobs: dict[int, set[str]] = {}
        self._begin(message, recipes)

    def takes(self, message: Message) -> bool:
        """Return whether the runs of a job can join this task."""
        recipes = _recipes(message)
        shares = (message["folder"], message["batch"], recipes[0].stack)
        return bool(self.jobs) and shares == self._shares and all(map(may_join, recipes))

    def join(self, message: Message) -> None:
        """Begin the runs of another job with the next epoch."""
        self._begin(message, _recipes(message))

    def step(self, cancelled: Collection[int]) -> bool:
        """Train for a moment; return whether there is more to train and nothing to answer."""
        for number in self.jobs.keys() & cancelled:
            self._leave(number)
        if not self.jobs or self._training is None:
            return False
        try:
            with use_folder(self._folder):  # only for this step: another task's may differ
                next(self._training)
        except StopIteration:
            self._answer_all()
        except Exception as error:
            self._answer_all(_reported(error, list(self.jobs)))
        else:
            self._answer_done()
        return bool(self.jobs) and not self._answers

    def results(self) -> list[Message]:
        """Return the answers to the pool since the last call."""
        answers, self._answers = self._answers, []
        return answers

    def _begin(self, message: Message, recipes: list[Recipe]) -> None:
        number = message["job"]
        try:
            with use_folder(self._folder):
                self._record(recipes)
        except Exception as error:
            self._answers.append({"error": number, "why": _reported(error, [number])})
            return
        self.jobs[number] = {recipe.key for recipe in recipes}

    def _record(self, recipes: list[Recipe]) -> None:
        from ammix_viz.runs.recorder import Recorder
        from ammix_viz.runs.recording import record

        if self._recorder:
            self._recorder.join(recipes)
        elif recipes[0].on_images:
            self._training = record(recipes)
        else:
            self._recorder = Recorder(recipes)
            self._training = self._recorder.train()

    def _leave(self, number: int) -> None:
        """Stop the runs of a cancelled job."""
        keys = self.jobs.pop(number)
        if self._recorder:
            self._recorder.leave(keys)
        if self._training and not self.jobs:
            self._training.close()
        self._answers.append({"done": number})

    def _answer_done(self) -> None:
        """Answer the jobs of which no run is being trained any more."""
        if self._recorder:
            for number, keys in list(self.jobs.items()):
                if not keys & self._recorder.keys:
                    del self.jobs[number]
                    self._answers.append({"done": number})

    def _answer_all(self, why: str = "") -> None:
        for number in self.jobs:
            self._answers.append({"error": number, "why": why} if why else {"done": number})
        self.jobs = {}


def _recipes(message: Message) -> list[Recipe]:
    return [Recipe(**values) for values in message["recipes"]]


def _reported(error: Exception, jobs: Collection[int]) -> str:
    """Write an error to the log, with a traceback if it is a surprise; return it as a message."""
    expected = isinstance(error, ValueError | OSError) or out_of_memory(error)
    numbers, why = ", ".join(map(str, jobs)), error_message(error)
    log.error("Jobs %s failed: %s", numbers, why, exc_info=None if expected else error)
    return why


def out_of_memory(error: Exception) -> bool:
    """Return whether an error means that a device or this machine is out of memory."""
    text = str(error).lower()
    signs = ("out of memory", "can't allocate memory")
    return isinstance(error, MemoryError) or any(sign in text for sign in signs)


def error_message(error: Exception) -> str:
    """Return an error as a one-sentence message for users."""
    if out_of_memory(error):
        return OUT_OF_MEMORY
    if isinstance(error, ValueError | RuntimeError) and str(error):
        return str(error).splitlines()[0][:300]
    if isinstance(error, OSError) and error.strerror:
        return f"The run cannot be written: {error.strerror}."
    return f"Training broke off ({type(error).__name__}); the server's log says more."
