"""The location of the script that Streamlit serves."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def app_script() -> Path:
    """Return the path of `app.py`: inside an installed package, beside it in a checkout.

    Its pages and Streamlit's configuration are in the same folder.
    """
    installed = PACKAGE / "_app" / "app.py"
    return installed if installed.exists() else PACKAGE.parent / "app.py"
