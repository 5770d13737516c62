"""Links of the app, read strictly."""

import re

import pytest

from ammix_viz.settings.links import read_link


@pytest.mark.parametrize(
    ("link", "query"),
    [
        ("methods=ce,am_mixup&at=3.5", {"methods": "ce,am_mixup", "at": "3.5"}),
        ("?beta=0.5&vary=lr:0.1,0.2", {"beta": "0.5", "vary": "lr:0.1,0.2"}),
        ("https://school.example/class/?data=moons&hidden=1,2", {"data": "moons", "hidden": "1,2"}),
        ("http://localhost:8501/", {}),
        ("/coarse_to_fine?methods=ce", {"data": "digits_coarse", "methods": "ce"}),
        ("http://localhost:8501/lesson", {"lesson": ""}),
        ("lesson?lesson=margins&step=3", {"lesson": "margins", "step": "3"}),
        ("lesson=margins", {"lesson": "margins"}),
    ],
)
def test_a_link_is_the_address_of_a_page_or_its_query(link, query):
    assert read_link(link) == (query, [])


def test_parameters_that_no_page_reads_are_said():
    query, ignored = read_link("?beta=0.5&betta=1&utm_source=mail")
    assert query["beta"] == "0.5"
    assert ignored == [
        "betta is no parameter of a link. Did you mean beta?",
        "utm_source is no parameter of a link.",
    ]


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        (
            "nonsense",
            'The link is "nonsense"; it must be the address of a page, or its query, such as '
            "methods=ce,am_mixup&epochs=50.",
        ),
        ("sweep?x=beta=1", "The page sweep displays no runs side by side; give another link."),
        ("betta=1", "betta is no parameter of a link. Did you mean beta?"),
        ("beta=3", "beta is 3; it must be a number from 0 to 1.5."),
        (
            "vary=beta",
            'vary is "beta"; it must be SETTING:VALUE,VALUE,…, such as beta:0,0.34,0.67,1.',
        ),
        ("vary=beta:0,9", "beta is 9; it must be a number from 0 to 1.5."),
        ("view=top", 'view is "top"; it must be one of features, input, both.'),
        ("hidden=0", "hidden is 0; it must be a whole number from 1 to 32."),
    ],
)
def test_what_is_not_allowed_is_refused_with_a_sentence(link, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        read_link(link)


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match='method is "foo"; it must be one of ce, mixup'):
        read_link("methods=ce,foo")
