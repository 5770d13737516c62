"""Notices whose text may contain values of the URL or of a file: they are shown as plain text."""

import re

import streamlit as st

SPLIT = re.compile(r":(?=\S)|@|www(?=\.)|-(?=[->])|<(?=[-=])|[>~](?==)", re.IGNORECASE)
"""Where Streamlit would make an address a link, or a word or an arrow a symbol."""

WORD_JOINER = "\u2060"
"""An invisible character that a line is not broken at."""


def plain(text: object) -> str:
    """Return Markdown that displays a text as it is, on one line.

    A backslash before punctuation is not enough: Streamlit looks for addresses and symbols
    afterwards, in the text without backslashes.
    """
    line = SPLIT.sub(rf"\g<0>{WORD_JOINER}", " ".join(str(text).split()))
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", line)


def error(text: object) -> None:
    """Show what keeps the page from doing what it was asked to do."""
    st.error(plain(text))


def warning(text: object) -> None:
    """Show what the page does in another way than it was asked to."""
    st.warning(plain(text), icon=":material/info:")
