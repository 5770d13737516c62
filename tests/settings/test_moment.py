"""What a link displays first."""

from ammix_viz.settings.moment import Moment, read_moment


def test_a_moment_is_read_from_the_query():
    query = {"at": "12.5", "view": "both", "mixing": "on", "margins": "off", "hidden": "3,1,3"}
    choices = {"view": "both", "explain": "U1", "mixing": True, "margins": False}
    assert read_moment(query | {"explain": "U1"}) == (Moment(choices, 12.5, (3, 1)), [])
    assert read_moment({"beta": "0.3"}) == (Moment({}), [])


def test_values_that_are_not_allowed_are_left_out_with_a_sentence():
    query = {"at": "-1", "view": "inside", "mixing": "yes", "split": "train", "hidden": "2,x"}
    moment, notes = read_moment(query)
    assert moment == Moment({"split": "train"}, None, (2,))
    assert notes == [
        "at is -1; it must be a number from 0 to 1000000. It is left out.",
        'view is "inside"; it must be one of features, input, both. It is left out.',
        'mixing is "yes"; it must be one of off, on. It is left out.',
        'hidden is "x"; it must be a whole number from 1 to 32. It is left out.',
    ]
