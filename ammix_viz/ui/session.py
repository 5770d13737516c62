"""The session of a page: one open browser tab."""

from streamlit.runtime.scriptrunner import get_script_run_ctx


def session_id() -> str:
    """Return the id of the session whose script is running; "" outside of one."""
    context = get_script_run_ctx()
    return context.session_id if context else ""
