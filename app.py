"""The app: `streamlit run app.py`."""

import streamlit as st
from starlette.middleware import Middleware

from ammix_viz.server.compression import CompressedStatic
from ammix_viz.server.headers import SecurityHeaders
from ammix_viz.server.lifespan import lifespan
from ammix_viz.server.routes import routes_at
from ammix_viz.server.startup import check_limits
from ammix_viz.ui.replay import replay

check_limits()
app = st.App(
    "pages/navigation.py",
    routes=routes_at(st.get_option("server.baseUrlPath"), replay=replay),
    middleware=[Middleware(SecurityHeaders), Middleware(CompressedStatic)],
    lifespan=lifespan,
)
