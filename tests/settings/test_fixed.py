"""What a link fixes."""

import pytest

from ammix_viz.settings.fixed import Fixed, read_fixed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("beta,lr", ("beta", "lr")),
        ("beta, lr,beta,", ("beta", "lr")),
        ("lr,all", ("all",)),
        ("", ()),
    ],
)
def test_names_are_read_once_each_and_all_stands_for_every_one(text, names):
    assert read_fixed({"fixed": text}) == (Fixed(names), [])
    assert read_fixed(Fixed(names).query()) == (Fixed(names), [])


def test_a_name_that_is_none_is_left_out_with_a_sentence():
    fixed, (note,) = read_fixed({"fixed": "betta,lr"})
    assert fixed == Fixed(("lr",))
    assert note.startswith('fixed is "betta"; it must be one of all, methods, vary, data, ')
    assert note.endswith(" Did you mean beta? It is left out.")


def test_seed_stands_for_all_seeds_and_all_for_every_setting():
    assert Fixed(("seed",)).has("init_seed")
    assert not Fixed(("seed",)).has("lr")
    assert Fixed(("all",)).has("lr")
    assert not Fixed(("data_seed",)).has("init_seed")
