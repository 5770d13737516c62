"""How many claims of each study have which verdict, as the rows of a table."""

from collections.abc import Iterator, Sequence

from ammix_viz.studies.summary import Summary
from ammix_viz.studies.verdicts import WORDS

HEADS = ("Study", *(word.capitalize() for word in WORDS), "Seeds", "Runs ended")


def overview(studies: Sequence[Summary]) -> Iterator[list[str]]:
    """Yield a row for each study, and one for each other reading of its paper."""
    for study in studies:
        if "not_run" in study:
            yield _row(study["title"], runs="not run")
        elif "same_as" in study:
            yield _row(f"{study['title']} (claims as above)", runs=_ended(study))
        else:
            yield from _of_claims(study)


def _of_claims(study: Summary) -> Iterator[list[str]]:
    title, claims = study["title"], study["claims"]
    if not claims and study["also_measured"]:
        title, claims = f"{title} (statements of ours)", study["also_measured"]
    asked = len(study["seeds"])
    yield _row(title, claims, asked, _ended(study))
    for reading in study["readings"]:
        yield _row(f"… {reading['title']}", reading["claims"], asked)


def _row(title: str, claims: Sequence[Summary] = (), asked: int = 0, runs: str = "") -> list[str]:
    tested = max((claim["seeds"] for claim in claims), default=0)
    seeds = "" if not tested else str(asked) if tested == asked else f"{tested} of {asked}"
    verdicts = [claim["verdict"] for claim in claims]
    return [title, *(str(verdicts.count(word) or "") for word in WORDS), seeds, runs]


def _ended(study: Summary) -> str:
    return f"{study['runs']['ended']} of {study['runs']['total']}"
