"""One module a page, each with ``render(publication)``; ``streamlit_app.registry`` lists them."""
