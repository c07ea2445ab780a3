"""Who looks at it: Chinese pages over the current publication, read through ``catalog`` only.

Does not belong here: computing an indicator or reading the workshop (landing, core, scratch).
"""
