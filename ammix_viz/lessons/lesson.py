"""What a lesson consists of: steps, each with a text, real runs to see, and a question."""

from dataclasses import dataclass

from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.moment import Moment
from ammix_viz.settings.rules import Number, checked

PICTURES = {
    "run": "Training",
    "step": "One step, slowly",
    "balance": "Why the middle",
}
"""The pictures of a step, and the words on the buttons that choose between them: the runs side by
side; one training step of each in slow motion; the confidence argument of AMA 3.3."""


@dataclass(frozen=True)
class Question:
    """A question that is answered before the picture plays.

    Attributes
    ----------
    text : str
        The question.
    options : tuple of str
        The answers to choose from; empty if a class is chosen, by a click in the picture.
    answer : int
        Index of the correct option, or the correct class.
    why : str
        What the picture shows, and why.
    """

    text: str
    options: tuple[str, ...]
    answer: int
    why: str


@dataclass(frozen=True)
class Step:
    """One idea of a lesson.

    Attributes
    ----------
    title : str
        The idea in a few words.
    text : str
        A paragraph or several, separated by empty lines; **words** are bold.
    link : str
        The query of the live lab's URL that shows the runs.
    comparison : Comparison
        The runs of the link.
    moment : Moment
        What of them is on display.
    titles : tuple of str
        Titles of the displayed panels, in their order; empty for those that the link gives them.
    pictures : tuple of str
        Entries of `PICTURES`; the first is displayed first.
    classes : tuple of int
        The two classes whose pair of samples a step in slow motion mixes; empty for the most
        frequent and the rarest one.
    epoch : float, optional
        Where in training that step is; None for the middle.
    explain : tuple of str
        The metrics and formulas that can be explained in the picture.
    question : Question, optional
        The question.
    """

    title: str
    text: str
    link: str
    comparison: Comparison
    moment: Moment
    titles: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ("run",)
    classes: tuple[int, ...] = ()
    epoch: float | None = None
    explain: tuple[str, ...] = ()
    question: Question | None = None

    @property
    def displayed(self) -> tuple[int, ...]:
        """Indices of the panels that the link does not hide; all of them if it hides every one."""
        panels = range(len(self.comparison.variants))
        return tuple(i for i in panels if i + 1 not in self.moment.hidden) or tuple(panels)


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes
    ----------
    name : str
        Its id in the URL.
    title : str
        Its title.
    steps : tuple of Step
        Its steps.
    """

    name: str
    title: str
    steps: tuple[Step, ...]

    def number(self, text: str) -> int:
        """Return the number of a step, from 1, that a URL gives as text.

        Raises
        ------
        ValueError
            If there is no such step.
        """
        return checked("step", text, Number(1, len(self.steps), whole=True))
