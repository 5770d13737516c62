"""`reproduce all`: one page and one text about every study."""

import json
from dataclasses import replace

import pytest
from support.training import train

from ammix_viz.__main__ import main
from ammix_viz.runs import disk, reader
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import OVER_BEST, Claim, Source, lead
from ammix_viz.studies.reproduction import as_markdown
from ammix_viz.studies.study import Part, Study, Table, methods
from ammix_viz.studies.table import STUDIES, Entry, study_of

ACCURACY = "test.accuracy"
ROWS = ("ce", "am_mixup")


def study(data, **settings):
    """Return a study that trains in a moment, with a table and a claim of a paper."""
    claim = Claim(
        "AM-mixup is more accurate than CE.",
        ROWS,
        lead(ACCURACY, "am_mixup", ("ce",)),
        OVER_BEST,
        Source("Table 9", published="66 % against 42 %"),
    )
    table = Table("Table 9", {"Accuracy": ACCURACY}, {"ce": (42.5,), "am_mixup": (66.25,)})
    return Study(
        about="A small one.",
        parts=(Part("", methods(ROWS), Recipe(data=data, epochs=1, **settings)),),
        deviations=("It is small.",),
        published="",
        bars={"train.D_max": "D_max"},
        claims=(claim,),
        tables=(table,),
    )


@pytest.fixture(autouse=True)
def small_studies(monkeypatch, tmp_path):
    """Put three small studies in the table, the last one for a GPU; CIFAR-10 is not there."""
    every = dict(STUDIES)
    for name in every:
        monkeypatch.delitem(STUDIES, name)
    entries = {
        "points": Entry("Points", ("gaussian",), lambda data: study(data, imbalance=200)),
        "images": Entry("Images", ("mini_cifar", "digits"), study),
        "large": Entry(
            "A large one", ("gaussian",), lambda data: study(data, lr=0.01), "It needs a GPU."
        ),
    }
    for name, entry in entries.items():
        monkeypatch.setitem(STUDIES, name, entry)
    monkeypatch.setattr("ammix_viz.commands.reproduce_all.accelerators", list)
    monkeypatch.setattr("ammix_viz.studies.report.KINDS", ("svg",))  # the others take time
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path / "none"))
    yield
    STUDIES.clear()
    STUDIES.update(every)  # in their order, which other tests read


def accuracy(recipe):
    with reader.Run(recipe.key) as run:
        return float(run.records()[-1][ACCURACY])


def test_every_study_is_trained_and_stands_on_one_page_and_in_one_text(tmp_path, capsys):
    out = tmp_path / "all"
    assert main(["reproduce", "all", "--seeds", "1", "--out", str(out)]) == 0
    printed = capsys.readouterr()
    note = "Digits stand in for the paper's images, which are not on this computer, in images.\n"
    assert printed.err.startswith(note)
    assert printed.out.splitlines() == [
        *("Points", "    2 of 2 runs have ended", "    cannot be decided: 1"),
        *("Images, on Digits", "    2 of 2 runs have ended", "    cannot be decided: 1"),
        "A large one",
        "    not run: It needs a GPU. python -m ammix_viz reproduce large --seeds 1",
        *("", f"page in {out / 'index.html'}"),
    ]
    names = {path.name for path in out.iterdir()}
    assert names == {
        "index.html",
        "reproduction.md",
        "reproduction.json",
        "points",
        "images_digits",
    }
    assert (out / "images_digits" / "figures" / "images_digits_features.svg").exists()
    page, text = (out / "index.html").read_text(), (out / "reproduction.md").read_text()
    recipe = study_of("points").recipes(1)[1]
    gap = accuracy(recipe) - 66.25
    assert f"| Accuracy | AM-mixup | 66.25 | {accuracy(recipe):.4g} | " in text
    assert f" | {'+' if gap > 0 else '−'}{abs(gap):.3g}".rstrip("0") in text
    assert page.count("<img src='data:image/svg+xml") == 4
    assert "<a href='images_digits/report.html'>" in page
    for words in (page, text):
        assert "It needs a GPU." in words
        assert "python -m ammix_viz reproduce all --seeds 1" in words
        assert "Images, on Digits" in words


def test_the_text_is_written_from_the_file_beside_it(tmp_path, monkeypatch, train_here):
    monkeypatch.delitem(STUDIES, "images")
    main(["reproduce", "all", "--seeds", "1", "--out", str(tmp_path)])
    found = json.loads((tmp_path / "reproduction.json").read_text())
    assert (tmp_path / "reproduction.md").read_text() == as_markdown(found)
    found["studies"][0]["tables"][0]["rows"]["AM-mixup"][0]["mean"] = 12.25
    assert "| Accuracy | AM-mixup | 66.25 | 12.25 | −54 |" in as_markdown(found)


def test_without_training_what_has_ended_is_reported_and_what_is_missing_named(
    tmp_path, capsys, runs_folder
):
    train(study_of("images", "digits").recipes(2)[:3])  # not the second seed of AM-mixup
    before = sorted(disk.keys())
    words = ["reproduce", "all", "--seeds", "2", "--no-train", "--json", "--out", str(tmp_path)]
    assert main(words) == 0
    points, images, large = json.loads(capsys.readouterr().out)["studies"]
    assert sorted(disk.keys()) == before
    assert points["not_run"] == "None of its runs has ended."
    assert points["command"] == "python -m ammix_viz reproduce points --seeds 2"
    assert large["not_run"] == "It needs a GPU."
    assert images["runs"] == {"total": 4, "ended": 3, "failed": 0}
    assert images["missing"] == ["seed 1: AM-mixup."]
    assert images["tables"][0]["rows"]["AM-mixup"][0]["count"] == 1
    assert "- seed 1: AM-mixup.\n" in (tmp_path / "reproduction.md").read_text()
    assert not (tmp_path / "points").exists()


def test_a_part_without_runs_has_no_chart(tmp_path, monkeypatch):
    made = study("gaussian", imbalance=200)
    (part,) = made.parts
    other = replace(part, title="Another", shared=replace(part.shared, lr=0.05))
    made = replace(made, parts=(replace(part, title="One"), other))
    entry = replace(STUDIES["points"], make=lambda data: made)
    monkeypatch.setitem(STUDIES, "points", entry)
    train(study_of("points").recipes(1)[:2])
    words = ["reproduce", "points", "--seeds", "1", "--no-train", "--out", str(tmp_path)]
    assert main(words) == 0
    page = (tmp_path / "report.html").read_text()
    assert "<h2>Accuracy and distances, Another</h2><p>No run has ended.</p>" in page
    assert "One: lr 0.02; Another: lr 0.05; seed 0." in page
    assert {path.stem for path in (tmp_path / "figures").iterdir()} == {
        *("points_one_features", "points_one_features_shared_axes", "points_one_d_max"),
    }


def test_one_study_is_reported_without_training_too(tmp_path, capsys):
    words = ["reproduce", "points", "--seeds", "2", "--no-train", "--out", str(tmp_path / "out")]
    assert main(words) == 2
    assert capsys.readouterr().err == (
        "No run of points has ended; leave out --no-train to train them.\n"
    )
    assert not (tmp_path / "out").exists()
    train(study_of("points").recipes(2)[:1])
    assert main(words) == 0
    assert "not trained: seed 1: Cross entropy." in capsys.readouterr().out
    report = (tmp_path / "out" / "report.html").read_text()
    assert "seeds 0 to 1: AM-mixup." in report


def test_a_large_study_is_trained_on_a_gpu_and_reported_once_it_has_runs(
    tmp_path, monkeypatch, train_here
):
    monkeypatch.delitem(STUDIES, "images")
    train(study_of("large").recipes(1)[:1])
    main(["reproduce", "all", "--seeds", "1", "--no-train", "--out", str(tmp_path)])
    found = json.loads((tmp_path / "reproduction.json").read_text())["studies"][1]
    assert found["runs"] == {"total": 2, "ended": 1, "failed": 0}
    monkeypatch.setattr("ammix_viz.commands.reproduce_all.accelerators", lambda: ["a GPU"])
    main(["reproduce", "all", "--seeds", "1", "--out", str(tmp_path)])
    found = json.loads((tmp_path / "reproduction.json").read_text())["studies"][1]
    assert found["runs"] == {"total": 2, "ended": 2, "failed": 0}


def test_without_its_data_a_large_study_is_left_out_on_a_gpu_too(
    tmp_path, monkeypatch, capsys, train_here
):
    monkeypatch.delitem(STUDIES, "images")
    large = replace(STUDIES["large"], data=("cifar10_lt",), make=study)
    monkeypatch.setitem(STUDIES, "large", large)
    monkeypatch.setattr("ammix_viz.commands.reproduce_all.accelerators", lambda: ["a GPU"])
    assert main(["reproduce", "all", "--seeds", "1", "--out", str(tmp_path), "--json"]) == 0
    *_, last = json.loads(capsys.readouterr().out)["studies"]
    assert last["not_run"].startswith(f"CIFAR-10 is not in {tmp_path / 'none'};")


def test_a_study_with_the_results_of_another_refers_to_it(
    tmp_path, monkeypatch, capsys, train_here
):
    again = replace(STUDIES["points"], title="The points again")
    monkeypatch.delitem(STUDIES, "images")
    monkeypatch.setitem(STUDIES, "again", again)
    main(["reproduce", "all", "--seeds", "1", "--out", str(tmp_path), "--json"])
    *_, last = json.loads(capsys.readouterr().out)["studies"]
    assert last["same_as"] == "Points"
    assert "Claims and tables: as for “Points”." in (tmp_path / "reproduction.md").read_text()


def test_a_study_of_several_data_sets_is_reproduced_on_each(tmp_path, monkeypatch, capsys):
    data = ("gaussian", "mini_cifar_lt", "digits_lt")
    monkeypatch.setitem(STUDIES, "points", replace(STUDIES["points"], data=data))
    words = ["reproduce", "all", "--seeds", "1", "--no-train", "--json"]
    for chosen, name in (("mini_cifar", "points mini_cifar_lt"), ("digits", "points digits_lt")):
        assert main([*words, "--data", chosen, "--out", str(tmp_path / chosen)]) == 0
        first, second, *_ = json.loads(capsys.readouterr().out)["studies"]
        assert (first["name"], second["name"]) == ("points", name)


def test_a_search_is_a_table_of_its_readings_the_best_first(tmp_path, monkeypatch):
    table = Table("Table 9", {"Accuracy": ACCURACY}, {"ce": (42.5,), "am_mixup": (66.25,)})
    shared = Recipe(data="gaussian", epochs=2, imbalance=200)
    parts = [Part(f"lr {lr}", methods(ROWS), replace(shared, lr=lr)) for lr in (0.02, 0.05, 0.1)]
    made = replace(study("gaussian"), parts=tuple(parts), search=table, claims=(), tables=())
    made = replace(made, bars={})
    entry = replace(STUDIES["points"], make=lambda data: made)
    monkeypatch.setitem(STUDIES, "points", entry)
    runs = study_of("points").recipes(1)[:4]
    train(runs)
    words = ["reproduce", "all", "--seeds", "1", "--no-train", "--out", str(tmp_path)]
    assert main(words) == 0
    text = (tmp_path / "reproduction.md").read_text()
    orders = {}
    for lr, (ce, am_mixup) in (("0.02", runs[:2]), ("0.05", runs[2:])):
        lower = accuracy(ce) < accuracy(am_mixup)
        orders[lr] = 1 if lower else -1 if accuracy(ce) > accuracy(am_mixup) else 0
        assert f"| lr {lr} | {orders[lr]} | {accuracy(ce):.4g}" in text
        assert f" | {int(lower)} of 1 | {100 * lower} % | 0 | 0 |" in text
    assert "| lr 0.1 | – | – | – | 0 of 0 | – | 0 | 2 |" in text
    assert "Agreement with the published order" in (tmp_path / "index.html").read_text()
    assert "lr 0.05" in (tmp_path / "points" / "report.html").read_text()
    assert text.index("| lr 0.02 |") < text.index("| lr 0.1 |")  # most seeds first
    words[3] = "4"
    assert main(words) == 0  # three seeds find settings; others confirm them
    assert "--seeds 3" in (tmp_path / "reproduction.md").read_text().split("## ")[2]


def test_searches_are_trained_last_and_seed_by_seed(tmp_path, monkeypatch, train_here):
    made = replace(study("gaussian", imbalance=200), search=study("gaussian").tables[0], claims=())
    entry = replace(STUDIES["points"], make=lambda data: replace(made, tables=(), bars={}))
    monkeypatch.setitem(STUDIES, "points", entry)
    assert main(["reproduce", "all", "--seeds", "2", "--out", str(tmp_path)]) == 0
    ((recipes, in_order),) = train_here
    assert in_order
    assert {recipe.data for recipe in recipes[:4]} == {"digits"}
    assert [(r.method, r.init_seed) for r in recipes[4:]] == [
        *(("ce", 0), ("am_mixup", 0)),
        *(("ce", 1), ("am_mixup", 1)),
    ]


def test_a_quick_version_of_all_gets_another_folder_and_says_so(tmp_path, monkeypatch, train_here):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(STUDIES, "images")
    words = ["reproduce", "all", "--seeds", "1", "--epochs", "2", "--data", "digits"]
    assert main(words) == 0
    text = (tmp_path / "ammix_viz_all_quick" / "reproduction.md").read_text()
    assert text.count("A quick version of the study, with epochs 2. Gaussian toy: ") == 1
    assert "`python -m ammix_viz reproduce all --seeds 1 --data digits --epochs 2`" in text


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ("--methods ce", "--methods is for one figure; leave it out to reproduce all."),
        ("--data moons", 'data is "moons"; it must be one of mini_cifar, digits.'),
        ("--data digts", 'data is "digts"; it must be one of mini_cifar, digits. '
                         "Did you mean digits?"),
        ("--seeds 40", "seeds is 40; it must be a whole number from 1 to 32."),
    ],
)  # fmt: skip
def test_what_all_cannot_do_is_refused_in_a_sentence(flags, sentence, tmp_path, capsys):
    assert main(["reproduce", "all", *flags.split(), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == sentence + "\n"
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_results_is_refused(tmp_path, capsys):
    (tmp_path / "reproduction.json").write_text('{"version": 99, "study": "all"}')
    assert main(["reproduce", "all", "--seeds", "1", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"The folder {tmp_path} holds results of all, version 99; these are of all, version 2. "
        "Nothing was overwritten; choose another folder with --out.\n"
    )
    assert disk.keys() == []
