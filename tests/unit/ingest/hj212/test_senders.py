"""The list of data loggers that are answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.hj212.packet import parse_packet
from ingest.hj212.senders import SendersError, listed


def test_known_loggers_pass_with_their_password(tmp_path: Path) -> None:
    path = tmp_path / "senders.csv"
    path.write_text("mn,pw\nA,123456\nB,\n", encoding="utf-8")
    admits = listed(path)
    asked = [("A", "123456"), ("A", "654321"), ("B", "anything"), ("C", "123456")]
    heads = [parse_packet(f"CN=2011;PW={pw};MN={mn};CP=&&&&".encode()).head for mn, pw in asked]
    assert [admits(head) for head in heads] == [True, False, True, False]


@pytest.mark.parametrize(("text", "message"), [("a,b\n", "columns mn,pw"), ("mn,pw\n", "lists no data logger")])
def test_a_useless_list_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "senders.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SendersError, match=message):
        listed(path)
