"""Pieces of a page: each module draws one thing from figures or a frame. None reads data by itself."""
