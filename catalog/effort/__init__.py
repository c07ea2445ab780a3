"""The evaluation by human effort as a publication holds it, for whoever shows it: pages, command line, exports.

``reading`` makes rows into dataclasses, ``terms`` holds the words for codes, ``wording`` the sentences. Does not belong
here: computing any of it (``evaluation``), drawing (``streamlit_app``).
"""
