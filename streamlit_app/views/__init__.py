"""One module a page, each with ``render``; ``streamlit_app.registry`` lists them.

Not called ``pages``: Streamlit takes a folder of that name beside the entry for pages of its own, and the first visitor
who comes by ``/catalog`` would be shown an empty ``pages/catalog.py``.
"""
