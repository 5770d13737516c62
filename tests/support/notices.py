"""The texts of a page's notices, as a browser displays them."""

import re


def texts(notices):
    """Return what notices display: without the backslashes and the invisible characters."""
    return [re.sub(r"\\(.)", r"\1", notice.value).replace("\u2060", "") for notice in notices]
