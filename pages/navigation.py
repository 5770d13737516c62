"""The navigation menu; runs the page that is open."""

import streamlit as st

st.set_page_config(page_title="ammix_viz", page_icon=":material/blur_on:", layout="wide")
st.navigation(
    [
        st.Page("lesson.py", title="Lesson", icon=":material/school:"),
        st.Page("live_lab.py", title="Live lab", icon=":material/animation:", default=True),
        st.Page("coarse_to_fine.py", title="Coarse to fine", icon=":material/account_tree:"),
        st.Page("paper_figures.py", title="Paper figures", icon=":material/lab_research:"),
        st.Page("sweep.py", title="Sweep", icon=":material/grid_on:"),
    ]
).run()
