"""A link as a QR code."""

import io

import segno

MOST_CHARACTERS = 1500
"""The longest link: longer ones have too many dots for a camera at the back of a classroom."""


def qr_svg(link: str) -> bytes:
    """Return the QR code of a link as SVG.

    Raises
    ------
    ValueError
        If the link is no address of the web, or too long.
    """
    if not link.startswith(("http://", "https://")):
        raise ValueError("link must begin with http:// or https://.")
    if len(link) > MOST_CHARACTERS:
        raise ValueError(
            f"The link has {len(link)} characters; a QR code that can be read from afar holds at "
            f"most {MOST_CHARACTERS}. Copy the link instead."
        )
    out = io.BytesIO()
    segno.make_qr(link, error="l").save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue()
