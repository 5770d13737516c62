"""What a replay of a lesson holds."""

import pytest

from ammix_viz.player.replay.contents import contents_of

MINE = """
id = "mine"
title = "My class"
[[step]]
title = "One"
text = "Two words."
link = "/?methods=ce,mixup&epochs=7"
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    file = tmp_path / "lesson.toml"
    file.write_text(MINE)
    monkeypatch.setenv("AMMIX_LESSON", str(file))
    return file


@pytest.mark.parametrize("name", ["mine", ""])
def test_a_teachers_lesson_is_replayed_with_all_its_runs(mine, name):
    contents, notes = contents_of({"lesson": name})
    assert (contents.title, notes) == ("My class", [])
    assert [(run.method, run.epochs) for run in contents.recipes] == [("ce", 7), ("mixup", 7)]


def test_a_teachers_file_with_a_mistake_is_no_replay(mine):
    mine.write_text(MINE.replace("text", "txt"))
    with pytest.raises(ValueError, match=r'^lesson\.toml: Step 1 has "txt", which is unknown;'):
        contents_of({"lesson": "mine"})
