"""A task of a worker process: jobs that share a stack, and what is answered when."""

import pytest

from ammix_viz.runs import disk, recorder
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import tasks
from ammix_viz.workers.tasks import Task

METHODS = ("ce", "mixup", "manifold", "am_mixup")


def message(number, recipe, batch=False):
    values = {"method": recipe.method, "epochs": recipe.epochs, "data": recipe.data}
    folder = str(disk.folder())
    return {"job": number, "folder": folder, "batch": batch, "recipes": [values]}


def recipes(epochs=3):
    return [Recipe(method=method, epochs=epochs) for method in METHODS]


def run(task, cancelled=()):
    """Train to the end; return the answers in their order."""
    answers = []
    while task.jobs:
        task.step(cancelled)
        answers += task.results()
    return answers


@pytest.fixture(autouse=True)
def each_record_by_itself(runs_folder, monkeypatch):
    """Let every step of a task train up to the next snapshot only."""
    monkeypatch.setattr(recorder, "GROUP_SECONDS", -1.0)


def test_jobs_that_join_a_task_end_with_the_bytes_of_runs_that_train_alone(tmp_path):
    first, second, third, _ = recipes()
    task = Task(message(1, first))
    for number, recipe in ((2, second), (3, third)):
        for _ in range(3):
            assert task.step(())
        assert task.takes(message(number, recipe))
        task.join(message(number, recipe))
    assert run(task) == [{"done": 1}, {"done": 2}, {"done": 3}]
    for recipe in (first, second, third):
        joined = disk.path(recipe.key).read_bytes()
        with disk.use_folder(tmp_path / "alone"):
            list(record([recipe]))
            assert joined == disk.path(recipe.key).read_bytes()


@pytest.mark.parametrize(
    ("recipe", "batch"),
    [
        (Recipe(method="ce", epochs=4), False),
        (Recipe(method="supcon", epochs=3), False),
        (Recipe(data="digits", method="ce", epochs=3), False),
        (Recipe(method="mixup", epochs=3), True),
    ],
    ids=["another stack", "several stages", "images", "a batch"],
)
def test_what_cannot_join_is_not_taken(recipe, batch):
    task = Task(message(1, Recipe(method="ce", epochs=3)))
    assert not task.takes(message(2, recipe, batch))


def test_a_cancelled_job_leaves_and_the_others_go_on():
    first, second, *_ = recipes()
    task = Task(message(1, first))
    task.join(message(2, second))
    assert task.step(())
    assert not task.step({1})
    assert task.results() == [{"done": 1}]
    assert run(task, {1}) == [{"done": 2}]
    assert disk.status(first.key) is None
    assert not disk.being_written(first.key)
    assert disk.status(second.key).state == "ended"


def test_a_run_that_fails_ends_its_job_and_the_others_go_on():
    wild = {"lr": 1.0, "method": "am_mixup", "epochs": 30}
    calm = {"lr": 1.0, "method": "ce", "epochs": 30}
    job = message(1, Recipe(method="ce"))
    task = Task(job | {"recipes": [wild]})
    task.join(job | {"job": 2, "recipes": [calm]})
    assert {str(answer) for answer in run(task)} == {"{'done': 1}", "{'done': 2}"}
    states = [disk.status(Recipe(**values).key).state for values in (wild, calm)]
    assert "failed" in states


def test_a_run_that_another_process_writes_is_answered_at_once():
    (recipe, *_) = recipes()
    other = record([recipe])
    next(other)
    assert run(Task(message(1, recipe))) == [{"done": 1}]
    assert run(task_of_two(recipe)) == [{"done": 2}, {"done": 1}]


def task_of_two(written):
    """A task of a run of its kind, joined by one that another process writes."""
    task = Task(message(1, Recipe(method="mixup", epochs=3)))
    task.join(message(2, written))
    return task


def test_an_error_in_training_is_answered_for_every_job_of_the_task(monkeypatch, caplog):
    def broken(*_):
        raise OSError(28, "No space left on device")

    first, second, *_ = recipes()
    task = Task(message(1, first))
    task.join(message(2, second))
    monkeypatch.setattr(recorder.Writer, "append", broken)
    why = "The run cannot be written: No space left on device."
    assert run(task) == [{"error": 1, "why": why}, {"error": 2, "why": why}]
    assert caplog.messages == [f"Jobs 1, 2 failed: {why}"]
    assert "Traceback" not in caplog.text


def test_an_error_that_nobody_expects_is_logged_with_its_traceback(monkeypatch, caplog):
    def broken(*_):
        raise KeyError("lam")

    task = Task(message(1, recipes()[0]))
    monkeypatch.setattr(recorder.Writer, "append", broken)
    why = "Training broke off (KeyError); the server's log says more."
    assert run(task) == [{"error": 1, "why": why}]
    assert "Traceback" in caplog.text


def test_a_job_that_cannot_begin_is_answered_and_the_task_goes_on(monkeypatch, caplog):
    first, second, *_ = recipes()
    task = Task(message(1, first))

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(recorder, "Writer", refuse)
        task.join(message(2, second))
    why = "The run cannot be written: Permission denied."
    assert task.results() == [{"error": 2, "why": why}]
    assert run(task) == [{"done": 1}]


def test_an_error_message_is_one_line():
    assert tasks.error_message(ValueError("Too big.\nAt line 3")) == "Too big."
    assert tasks.error_message(OSError(28, "No space left on device")) == (
        "The run cannot be written: No space left on device."
    )


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB.\nGPU 0 has …"),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: out of memory"),
    ],
    ids=["python", "cuda", "cpu"],
)
def test_out_of_memory_is_reported_with_advice(error):
    assert tasks.error_message(error) == (
        "The device has not enough memory left for this run. "
        "Try a smaller batch_size, or another device."
    )
