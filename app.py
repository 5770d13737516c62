"""The app: `streamlit run app.py`."""

import streamlit as st

from ammix_viz.server.routes import lifespan, routes
from ammix_viz.server.startup import check_limits

check_limits()
app = st.App("pages/navigation.py", routes=routes, lifespan=lifespan)
