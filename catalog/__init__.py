"""What a number is: its home, its card, its rule, its publication.

The lowest layer: everything may import it, it imports nothing of ecolake.
Does not belong here: fetching, parsing, checking or computing anything.
"""
