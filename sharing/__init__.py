"""Who may have what: feeds, the policy they are held to, the package that leaves, and the log of all of it.

A feed's card (``catalog/exports/<feed>.yml``) lists what a recipient gets; what is not listed is not given. Reads
publications, through ``catalog`` only. Does not belong here: computing or correcting numbers, sending packages
anywhere, or the command line (``orchestration.cli_export``).
"""

from sharing.errors import FeedError, LogError, RefusedError
from sharing.export import export
from sharing.feed import Feed, Feeds, read_feed, read_feeds
from sharing.package import Package

__all__ = [
    "Feed",
    "FeedError",
    "Feeds",
    "LogError",
    "Package",
    "RefusedError",
    "export",
    "read_feed",
    "read_feeds",
]
