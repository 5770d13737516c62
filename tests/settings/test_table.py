"""The table of settings, and what is derived from it."""

import argparse
from dataclasses import asdict, fields

import pytest

from ammix_viz.commands.settings_flags import add_settings
from ammix_viz.datasets.point_set import Point
from ammix_viz.datasets.point_text import encode
from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.defaults import FOLLOWING, default_text, shared_defaults
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import Choice, PointList
from ammix_viz.settings.table import SEEDS, SETTINGS, check, in_group


def test_every_field_of_a_recipe_is_a_setting():
    assert [field.name for field in fields(Recipe)] == list(SETTINGS)


@pytest.mark.parametrize("name", list(SETTINGS))
def test_a_default_is_allowed(name):
    default = getattr(Recipe(), name)
    assert check(name, default) == default


@pytest.mark.parametrize("name", [name for name, entry in SETTINGS.items() if entry.values])
def test_values_worth_a_sweep_are_allowed_and_differ(name):
    values = [check(name, value) for value in SETTINGS[name].values]
    assert len(set(values)) == len(values) > 1


@pytest.mark.parametrize("name", [n for n, e in SETTINGS.items() if e.words])
def test_only_choices_have_display_names(name):
    rule = SETTINGS[name].rule
    assert isinstance(rule, Choice)
    assert set(SETTINGS[name].words) <= set(rule.words)


def test_the_command_line_has_a_flag_for_each_setting_and_says_its_default():
    parser = argparse.ArgumentParser()
    add_settings(parser, SETTINGS)
    given = parser.parse_args(["--batch-size", "7", "--lam-mode", "fixed"])
    assert (given.batch_size, given.lam_mode) == ("7", "fixed")
    text = " ".join(parser.format_help().split())
    assert "a number from 0 to 1.5 (default: 0.34; 0.67 for ama, ama_mixup)" in text


@pytest.mark.parametrize("data", list(DATASETS))
def test_the_url_has_every_setting_that_some_method_reads_on_the_data(data):
    query = Comparison(shared=Recipe(data=data)).query()
    recipes = [Recipe(method=method, data=data) for method in METHODS]
    for name in SETTINGS:
        left_out = name == "method" or name in SEEDS or getattr(recipes[0], name) == "default"
        if not left_out and any(recipe.reads(name) for recipe in recipes):
            assert name in query
        if DATASETS[data].kind == "points":
            assert "augment" not in query


@pytest.mark.parametrize("name", list(SETTINGS))
def test_a_key_depends_on_a_setting_just_where_the_run_reads_it(name):
    for method in METHODS:
        for data in ("gaussian", "points", "digits"):
            run = Recipe(method=method, data=data)
            other = next((value for value in others(run, name)), None)
            if name in ("method", "data", "network") or other is None:
                continue
            changed = Recipe(**{**asdict(run), name: other})
            assert (changed.key != run.key) == (run.reads(name) or changed.reads(name))


def others(run, name):
    """Allowed values that change what a run does, where it reads the setting."""
    rule, value = SETTINGS[name].rule, getattr(run, name)
    if isinstance(rule, PointList):
        return [encode([Point(1, 2, 0)])]
    if not isinstance(rule, Choice):
        return [] if value == "paper" else [rule.high if value != rule.high else rule.low]
    usual = METHODS[run.method].parts.get(name)
    return [word for word in rule.words if word not in (value, usual, "default")]


def test_defaults_follow_data_first_and_then_the_methods_that_need_others():
    assert shared_defaults(["ce"])["lr"] == 0.02
    assert shared_defaults(["ce", "ama"]) == shared_defaults(["ama"])
    assert shared_defaults(["ama"])["beta"] == 0.67
    assert shared_defaults(["ce"], "digits_lt")["batch_size"] == 32
    assert set(FOLLOWING) == {"beta", "lr", "epochs", "batch_size", "warmup"}


def test_a_default_with_exceptions_names_them():
    assert default_text("beta") == "0.34; 0.67 for ama, ama_mixup"
    assert default_text("alpha") == "1"


def test_a_group_of_controls_is_what_the_table_says():
    assert in_group("ablation") == ("lam_mode", "one_sided", "clean")
    assert in_group("open")[:5] == ("pairs", "site", "lam_per", "lam_update", "v_acc")
