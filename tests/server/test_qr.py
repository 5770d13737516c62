"""Links as QR codes."""

import re

import pytest
import segno

from ammix_viz.server.qr import qr_svg

LINK = "https://example.org/?beta=0.34&at=12"


def test_the_code_has_the_dots_of_the_link():
    picture = qr_svg(LINK).decode()
    dark = sum(map(sum, segno.make_qr(LINK, error="l").matrix))
    lengths = re.findall(r"h(\d+)", picture)
    assert picture.startswith("<svg")
    assert sum(map(int, lengths)) == dark


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("javascript:alert(1)", "link must begin with http:// or https://."),
        (
            "http://x/" + "a" * 2000,
            "The link has 2009 characters; a QR code that can be read from afar holds at most "
            "1500. Copy the link instead.",
        ),
    ],
)
def test_other_links_are_refused(link, sentence):
    with pytest.raises(ValueError, match="^" + re.escape(sentence)):
        qr_svg(link)
