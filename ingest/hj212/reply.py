"""Which answer a packet gets, if any. When it may be sent is not decided here (``server``: after the fsync).

Uploads get 9014, notices of the field device 9013, the 2025 edition's heartbeat 9015 gets 9013 too (secondary source).
Answers to our own requests (9011–9014) get none. HJ/T 212-2005 answers are given the layout of 2017 with Flag=0: the
2005 text was not at hand, and its devices seldom ask.
"""

from __future__ import annotations

from dataclasses import replace

from ingest.hj212.frame import build_frame
from ingest.hj212.packet import VERSION_SHIFT, Head, build_segment

SYSTEM_INTERACTION = "91"  # ST
DATA_ANSWER, NOTICE_ANSWER = "9014", "9013"
NOTICES = frozenset({"1013", "9015"})  # the device asks for the time; heartbeat
INTERACTIONS = frozenset({"9011", "9012", "9013", "9014"})


def reply_to(head: Head) -> bytes | None:
    """The whole answer frame: same QN, PW and MN, Flag of the same edition; None when the packet asks for none."""
    if not head.wants_reply or head.cn in INTERACTIONS:
        return None
    cn = NOTICE_ANSWER if head.cn in NOTICES else DATA_ANSWER
    answer = replace(head, st=SYSTEM_INTERACTION, cn=cn, flag=head.version << VERSION_SHIFT, pnum="", pno="")
    return build_frame(build_segment(answer))
