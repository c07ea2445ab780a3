"""HJ 212: packets of pollution-source monitors, from the socket to sealed journal files.

Belongs here: the wire format and its transport. What the numbers mean belongs to the dataset
``ecology/pollution_source_online``, which parses the journal files like any other landed file.
"""
