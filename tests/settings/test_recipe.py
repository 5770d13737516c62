from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ammix_viz.datasets.point_set import Point
from ammix_viz.datasets.point_text import decode, encode
from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.comparison import Comparison, read_query
from ammix_viz.settings.recipe import Recipe, is_key
from ammix_viz.settings.table import check
from ammix_viz.settings.variants import Variant

recipes = st.builds(
    Recipe,
    method=st.sampled_from(list(METHODS)),
    imbalance=st.one_of(st.just("paper"), st.floats(1, 200)),
    beta=st.floats(0, 1.5),
    alpha=st.floats(0.05, 10),
    site=st.sampled_from(["last", "random"]),
    epochs=st.integers(1, 2000),
    lr=st.floats(1e-4, 1),
    batch_size=st.integers(2, 2048),
    data_seed=st.integers(0, 2**31 - 1),
    init_seed=st.integers(0, 3),
    batch_seed=st.integers(0, 3),
)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("beta", 3, "beta is 3; it must be a number from 0 to 1.5."),
        ("beta", "warm", 'beta is "warm"; it must be a number from 0 to 1.5.'),
        ("beta", float("nan"), "beta is nan; it must be a number from 0 to 1.5."),
        ("epochs", 2.5, "epochs is 2.5; it must be a whole number from 1 to 2000."),
        ("imbalance", 500, 'imbalance is 500; it must be "paper" or a number from 1 to 200.'),
        (
            "method",
            "cutmix",
            'method is "cutmix"; it must be one of ce, mixup, manifold, am_mixup, ama, ama_mixup, '
            "supcon.",
        ),
        ("clean", "yes", 'clean is "yes"; it must be one of default, on, off.'),
        (
            "data",
            "a\nb",
            f'data is "a?b"; it must be one of {", ".join(DATASETS)}.',
        ),
    ],
)
def test_invalid_values_are_refused_with_a_clear_message(name, value, sentence):
    with pytest.raises(ValueError, match="must be") as error:
        Recipe(**{name: value})
    assert str(error.value) == sentence


@given(recipes)
def test_a_recipe_is_restored_from_its_url(recipe):
    comparison = Comparison(("mixup", "ce"), recipe)
    back, notes = read_query(comparison.query())
    assert back.recipes == comparison.recipes
    assert notes == []


@given(recipes)
def test_a_key_is_a_key_and_only_what_the_method_reads_is_in_it(recipe):
    assert is_key(recipe.key)
    other_beta = Recipe(**{**asdict(recipe), "beta": 1.5 - recipe.beta})
    reads_it = recipe.method in ("am_mixup", "ama", "ama_mixup") and other_beta.beta != recipe.beta
    assert (other_beta.key != recipe.key) == reads_it
    assert Recipe(**{**asdict(recipe), "epochs": recipe.epochs % 2000 + 1}).key != recipe.key


@given(st.dictionaries(st.sampled_from([*asdict(Recipe()), "methods", "seed"]), st.text()))
def test_any_query_gives_an_allowed_setup(query):
    comparison, _ = read_query(query)
    assert comparison.methods
    assert all(method in METHODS for method in comparison.methods)


def test_a_query_out_of_range_is_clamped_with_a_message():
    comparison, notes = read_query({"beta": "9", "methods": "ce,foo,ce", "seed": "4", "utm": "x"})
    assert comparison == Comparison(
        ("ce",), Recipe(beta=1.5, data_seed=4, init_seed=4, batch_seed=4)
    )
    assert notes == [
        'method is "foo"; it must be one of ce, mixup, manifold, am_mixup, ama, ama_mixup, supcon. '
        "It is left out.",
        "beta is 9; it must be a number from 0 to 1.5. 1.5 is used.",
    ]


@pytest.mark.parametrize(
    ("query", "note"),
    [
        (
            {"data": "mini_cifar_lt", "network": "resnet32"},
            "With network resnet32, mini_cifar_lt has 64-D features; only 2-D features can be "
            "displayed. Such runs are trained from the command line. The default network is used.",
        ),
        (
            {"data": "gaussian", "network": "cnn"},
            'network is "cnn", which takes images; gaussian has points. The default network is '
            "used.",
        ),
    ],
)
def test_a_query_with_a_network_that_fits_nothing_to_display_gets_the_default(query, note):
    comparison, notes = read_query(query)
    assert notes == [note]
    assert comparison == read_query({"data": query["data"]})[0]


def test_cifar10_lt_is_the_papers_setting_on_resnet32():
    recipe = Recipe(data="cifar10_lt")
    assert (recipe.network_name, recipe.feature_width, recipe.sites) == ("resnet32", 64, 4)
    assert (recipe.epochs, recipe.lr, recipe.batch_size, recipe.warmup) == (200, 0.1, 128, 5)
    assert recipe.key == Recipe(data="cifar10_lt", network="resnet32", imbalance=100).key
    assert recipe.key != Recipe(data="cifar10_lt", network="cnn").key
    assert Recipe(data="cifar10_lt", network="cnn").why_not_displayed == ""
    assert recipe.why_not_displayed == (
        "With network resnet32, cifar10_lt has 64-D features; only 2-D features can be displayed. "
        "Such runs are trained from the command line."
    )


def test_a_part_set_to_what_the_method_does_anyway_is_the_same_run():
    assert Recipe(clean="off", lam_mode="asymptotic").key == Recipe().key
    assert Recipe(clean="on").key != Recipe().key
    assert Recipe(method="ama", clean="on").key == Recipe(method="ama").key
    assert Recipe(method="ce", clean="on").key == Recipe(method="ce").key


def test_beta_and_alpha_count_only_where_the_mode_of_lam_reads_them():
    fixed = Recipe(lam_mode="fixed")
    assert fixed.key == Recipe(lam_mode="fixed", beta=1.0, alpha=3.0).key
    assert Recipe(lam_mode="random", alpha=3.0).key != Recipe(lam_mode="random").key
    assert Recipe(method="ama_mixup", alpha=3.0).key != Recipe(method="ama_mixup").key


def test_lam_per_row_counts_only_where_lam_is_random():
    for reader in ({"method": "mixup"}, {"method": "ama_mixup"}, {"lam_mode": "random"}):
        assert Recipe(**reader, lam_per="row").key != Recipe(**reader).key
    for other in ({"method": "ce"}, {"method": "am_mixup"}, {"lam_mode": "fixed"}):
        assert Recipe(**other, lam_per="row").key == Recipe(**other).key


def test_how_lam_is_updated_counts_only_where_it_is_asymptotic():
    for change in ({"lam_update": "batch"}, {"v_acc": "validation"}):
        assert Recipe(**change).key != Recipe().key
        assert Recipe(method="ama", site="input", **change).key != Recipe(method="ama").key
        for other in ({"method": "ce"}, {"method": "manifold"}, {"lam_mode": "fixed"}):
            assert Recipe(**other, **change).key == Recipe(**other).key


def test_lam_changes_once_an_epoch_where_batches_have_no_accuracy():
    for run in ({"method": "ama_mixup"}, {"site": "input"}, {"v_acc": "validation"}):
        assert Recipe(**run, lam_update="batch").key == Recipe(**run).key
        assert Recipe(**run, lam_update="batch").stack == Recipe(**run).stack
    assert Recipe(lam_update="batch").stack != Recipe().stack


def test_ama_has_the_beta_of_its_paper():
    assert (Recipe(method="ama").beta, Recipe().beta) == (0.67, 0.34)
    comparison, notes = read_query({"methods": "am_mixup,ama"})
    assert [r.beta for r in comparison.recipes] == [0.67, 0.67]
    assert notes == []


def test_a_comparison_over_seeds_has_a_recipe_a_method_and_seed():
    comparison = Comparison(("ce", "ama"), Recipe(init_seed=2), seeds=3, displayed=1)
    ce, ama = (comparison.by_variant[Variant(method)] for method in ("ce", "ama"))
    assert [r.init_seed for r in ama] == [2, 3, 4]
    assert [r.data_seed for r in ama] == [0, 1, 2]
    assert comparison.recipes == (ce[1], ama[1])
    assert read_query(comparison.query())[0].by_variant == comparison.by_variant


def test_more_seeds_than_allowed_are_refused_and_in_a_url_fewer_are_taken():
    with pytest.raises(
        ValueError, match=r"^seeds is 33; it must be a whole number from 1 to 32\.$"
    ):
        Comparison(seeds=33)
    comparison, notes = read_query({"seeds": "99", "displayed": "40"})
    assert (comparison.seeds, comparison.displayed) == (32, 31)
    assert notes[0] == "seeds is 99; it must be a whole number from 1 to 32. 32 is used."


def test_the_query_names_seeds_apart_only_where_they_differ():
    assert Comparison().query()["seed"] == "0"
    query = Comparison(shared=Recipe(data_seed=3)).query()
    assert (query["data_seed"], query["init_seed"], query.get("seed")) == ("3", "0", None)


@pytest.mark.parametrize("text", ["", "../../etc/passwd", "A" * 24, "0" * 23, "0" * 25, "g" * 24])
def test_other_texts_are_not_keys(text):
    assert not is_key(text)


def test_numbers_are_read_from_text():
    assert check("epochs", "12") == 12
    assert check("imbalance", "paper") == "paper"


def test_a_key_stays_what_it_is_in_the_files_on_disk():
    assert Recipe().key == "c6a847dd6c409999645a8188"
    assert Recipe(method="ama").key == "efbd2b23891faa6996fd8f0e"
    assert Recipe(warmup=3, augment="on", feature_norm="on", init="he").key == Recipe().key


def test_a_key_keeps_its_meaning_when_the_default_of_a_method_changes(monkeypatch):
    default, chosen = Recipe().key, Recipe(pairs="partner").key
    changed = METHODS["am_mixup"].parts | {"pairs": "partner"}
    monkeypatch.setitem(METHODS, "am_mixup", replace(METHODS["am_mixup"], parts=changed))
    assert Recipe().key == Recipe(pairs="partner").key == chosen
    assert Recipe(pairs="even").key == default


def test_a_setting_at_its_neutral_value_is_not_in_the_key():
    assert Recipe(noise=1.0).key == Recipe().key
    assert Recipe(noise=0.5).key != Recipe().key
    assert Recipe(weight_decay=5e-4).key == Recipe().key
    assert Recipe(weight_decay=0).key != Recipe().key
    assert Recipe(neighbors=1).key == Recipe().key
    assert Recipe(neighbors=2).key != Recipe().key
    assert Recipe(network="mlp").key == Recipe().key


def test_placed_points_are_in_the_key_of_their_runs_only():
    text = encode([Point(1, 2, 0), Point(3, 4, 1)])
    assert Recipe(points=text).key == Recipe().key
    assert Recipe(points=text).canonical == Recipe().canonical
    placed = Recipe(data="points", points=text)
    assert placed.key != Recipe(data="points").key
    same = Recipe(data="points", points=text, imbalance=50, noise=2, data_seed=3)
    assert (placed.key, placed.canonical) == (same.key, same.canonical)
    assert placed.stack != Recipe(data="points").stack
    assert placed.canonical.canonical == placed.canonical


def test_a_link_carries_placed_points_and_one_cut_off_the_points_that_it_still_has():
    points = [Point(10 * i, 20 * i, i % 2) for i in range(20)]
    comparison = Comparison(("ce",), Recipe(data="points", points=encode(points)))
    query = comparison.query()
    assert read_query(query) == (comparison, [])
    assert not {"imbalance", "noise", "data_seed"} & query.keys()
    half, notes = read_query(query | {"points": query["points"][: len(query["points"]) // 2]})
    assert decode(half.shared.points)[0] == tuple(sorted(points, key=lambda p: p.label))[:9]
    assert notes == [
        "The text of points is cut off or changed; the 9 points that it still has are used."
    ]


def test_points_that_are_no_text_of_points_are_refused():
    with pytest.raises(ValueError, match=r"^points is ") as error:
        Recipe(data="points", points="hello")
    assert str(error.value) == (
        'points is "hello"; it must be the text of up to 300 points, as links of the app have it.'
    )


def test_a_network_for_other_data_is_refused():
    sentence = r'^network is "cnn", which takes images; gaussian has points\.$'
    with pytest.raises(ValueError, match=sentence):
        Recipe(network="cnn")


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ({"data": "mini_cifar_lt"}, {"data": "mini_cifar", "imbalance": 200}),
        ({"data": "mini_cifar_lt", "imbalance": 1}, {"data": "mini_cifar"}),
        ({"data": "mini_cifar_lt", "imbalance": 7}, {"data": "mini_cifar", "imbalance": 7}),
        ({"data": "digits_lt"}, {"data": "digits", "imbalance": 50}),
        ({"data": "digits_coarse"}, {"data": "digits_coarse", "imbalance": 1}),
        ({"data": "digits", "method": "ce"}, {"data": "digits", "method": "ce", "beta": 1.0}),
    ],
)
def test_the_same_images_are_the_same_run_whatever_their_set_is_called(one, same):
    one, same = (Recipe(**own, epochs=30, batch_size=64) for own in (one, same))
    assert one.key == same.key
    assert one.canonical == same.canonical == one.canonical.canonical
    assert Recipe(**asdict(one.canonical)).key == one.key


def test_what_changes_a_run_on_images_changes_its_key():
    digits = {"data": "digits"}
    changes = [
        {},
        {"data": "mini_cifar"},
        {"data": "digits_coarse"},
        {"imbalance": 50},
        {"warmup": 1},
        {"augment": "on"},
        {"feature_norm": "on"},
        {"init": "he"},
        {"data_seed": 1},
        {"init_seed": 1},
        {"batch_seed": 1},
    ]
    assert len({Recipe(**digits | change).key for change in changes}) == len(changes)


def test_images_have_different_defaults():
    own = Recipe(data="digits", method="ce")
    assert (own.lr, own.batch_size, own.warmup) == (0.02, 128, 5)
    assert Recipe().warmup == 0
    assert (own.sites, Recipe().sites) == (5, 4)
    assert (Recipe(data="digits").beta, Recipe(data="digits", method="ama").beta) == (0.34, 0.67)
    factors = [Recipe(data=name).factor for name in ("mini_cifar_lt", "digits_lt", "digits")]
    assert factors == [200, 50, 1]
    assert Recipe().factor == "paper"


def test_runs_on_images_share_no_stack():
    one, two = (Recipe(data="digits", method=name) for name in ("ce", "mixup"))
    assert one.stack != two.stack
    same = Recipe(data="digits_lt", imbalance=1, method="ce", batch_size=one.batch_size)
    assert one.stack == same.stack
