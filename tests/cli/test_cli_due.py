"""What runs out, told before it does: as lines, as JSON and as a calendar."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from promoter.output.due import _escaped, _folded
from tests.cli.test_cli_exempting import make
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become
from tests.support.small_shop import make_shop, open_v1


def test_what_runs_out_is_told_soonest_first(tmp_path: Path, alice: Signer, bob: Signer) -> None:
    shop = make(tmp_path, alice, bob)
    become(shop, bob)
    reason = "the page moves; see ticket, later"
    assert promoter("-C", shop, "waive", "rollback", "--until", "3d", "-m", reason).code == 0
    assert (
        promoter("-C", shop, "freeze", "preprod", "--from", "5d", "--until", "6d", "-m", "census").code == 0
    )
    found = promoter("-C", shop, "--json", "due", "--within", "30d").document["due"]
    assert [each["sort"] for each in found] == ["waiver", "freeze", "outcome"]
    assert found[0]["item"] == "rollback"
    assert [each["at"] for each in found] == sorted(each["at"] for each in found)
    assert [
        each["sort"] for each in promoter("-C", shop, "--json", "due", "--within", "4d").document["due"]
    ] == ["waiver"]
    assert "the waiver of rollback by Bob Durand ends" in promoter("-C", shop, "due").out
    assert "Nothing runs out" in promoter("-C", shop, "due", "--within", "1h").out
    assert promoter("-C", shop, "due", "--within", "soon").code == 2


def test_a_calendar_has_an_event_for_each_with_an_id_that_stays(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make(tmp_path, alice, bob)
    first, second = tmp_path / "first.ics", tmp_path / "second.ics"
    assert promoter("-C", shop, "due", "--ics", first).code == 0
    assert promoter("-C", shop, "due", "--ics", second).code == 0
    text = first.read_bytes().decode()
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 1
    assert re.search(r"^DTSTART:\d{8}T\d{6}Z\r$", text, re.MULTILINE)
    uid = re.compile(r"^UID:(\S+)\r$", re.MULTILINE)
    assert uid.findall(text) == uid.findall(second.read_bytes().decode())
    assert uid.findall(promoter("-C", shop, "due", "--ics", "-").out) == uid.findall(text)
    assert promoter("-C", shop, "--json", "due", "--ics", "-").code == 2
    nowhere = promoter("-C", shop, "due", "--ics", tmp_path / "nowhere" / "due.ics")
    assert (nowhere.code, "cannot be written" in nowhere.err) == (6, True)


@given(st.text())
def test_a_line_of_a_calendar_is_folded_so_that_it_reads_back_whole(words: str) -> None:
    line = f"SUMMARY:{_escaped(words)}"
    pieces = list(_folded(line))
    assert all(len(each.encode()) <= 75 for each in pieces)
    assert not any("\r" in each or "\n" in each for each in pieces)
    assert pieces[0] + "".join(each[1:] for each in pieces[1:]) == line


def test_a_secret_that_has_to_be_changed_is_due_by_its_date(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    asked = """\
checklist: staging-to-preprod
from: staging
to: preprod
requires: none
items:
  - id: keys
    title: The credentials are kept
    sign_off:
      fields: [{id: rotation, title: Next rotation, due: true}]
"""
    shop = make_shop(tmp_path / "shop", (alice, ("roster-admin",)), (bob, ()), checklist=asked)
    assert open_v1(shop).code == 0
    vague = promoter("-C", shop, "sign", "keys", "--field", "rotation=June")
    assert (vague.code, "rotation asks for a date" in vague.err) == (2, True)
    day = (datetime.now(UTC) + timedelta(days=20)).strftime("%Y-%m-%d")
    assert promoter("-C", shop, "sign", "keys", "--field", f"rotation={day}").code == 0
    [found] = promoter("-C", shop, "--json", "due", "--within", "30d").document["due"]
    assert (found["sort"], found["item"], found["at"][:10]) == ("secret", "keys", day)
    assert (
        "rotation of keys, as Alice Martin signed it off"
        in promoter("-C", shop, "due", "--within", "30d").out
    )
    assert "rotation of keys" not in promoter("-C", shop, "due", "--within", "10d").out
