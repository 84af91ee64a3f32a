import itertools
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from promoter.gate import Answer
from promoter.redaction import visible
from promoter.report import marker_of, render, written_by_promoter
from promoter.shipped import shipped
from tests.support.material import NOW, TIP, Scene, language

TEMPLATE = (shipped("templates") / "report.md.j2").read_bytes()
ENDINGS = (Answer.BLOCKED, Answer.OPEN, Answer.PROMOTED, Answer.ABANDONED)


def report(answer: Answer = Answer.BLOCKED, code: str = "en", **told: bool) -> str:
    scene = Scene(claimed=told.pop("claimed", False))
    return render(scene.material(answer, **told), language(code), TEMPLATE)


def section(markdown: str, title: str) -> str:
    return markdown.split(f"## {title}\n")[1].split("\n## ")[0]


def inside(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from inside(token.children or [])


def parsed(markdown: str) -> list[Token]:
    return list(inside(MarkdownIt("gfm-like", {"html": True, "linkify": True}).parse(markdown)))


def structure(markdown: str) -> list[tuple[str, str]]:
    words = {"inline", "text", "text_special", "code_inline", "softbreak", "hardbreak"}
    return [(each.type, each.tag) for each in parsed(markdown) if each.type not in words]


fragments = st.one_of(
    st.text(max_size=10),
    st.sampled_from(
        [
            *"`|\\*_[]()<>#@&$:.-+=!~^{}/ \n\t",
            "\n\n# forged",
            "\n| forged | row |\n",
            "\n---\n",
            "\n```\n",
            "<script>",
            "-->",
            "[x](https://evil.com)",
            "https://evil.com",
            "evil.com",
            "{{ title }}",
            "{% raw %}",
            "{release}",
            "%(name)s",
        ]
    ),
)


@settings(max_examples=25)
@given(
    said=st.lists(fragments, min_size=1, max_size=5).map("".join).filter(bool),
    ending=st.sampled_from(ENDINGS),
    claimed=st.booleans(),
)
def test_no_text_anywhere_changes_what_the_report_is_made_of(
    said: str, ending: Answer, claimed: bool
) -> None:
    material = Scene(lambda _: said, claimed=claimed).material(ending, demo=True, exceptions=True)
    lines = visible(said.replace("\r\n", "\n"), lines=True).strip("\n ").split("\n")
    harmless = "\n".join("x" if line.strip() else "" for line in lines) or "x"
    plain = Scene(lambda _: harmless, claimed=claimed).material(ending, demo=True, exceptions=True)
    spoken = language("en")
    assert structure(render(plain, spoken, TEMPLATE)) == structure(render(material, spoken, TEMPLATE))


@settings(max_examples=25)
@given(said=st.lists(fragments, min_size=1, max_size=5).map("".join))
def test_a_cell_shows_the_text_as_it_is_made_visible(said: str) -> None:
    tokens = parsed(render(Scene(lambda _: said).material(), language("en"), TEMPLATE))
    cells = [
        "".join(leaf.content for leaf in each.children or [])
        for before, each in itertools.pairwise(tokens)
        if before.type == "td_open"
    ]
    assert (visible(said).strip() or "—") in cells


def test_no_address_becomes_a_link_and_the_only_html_is_the_marker() -> None:
    tokens = parsed(report(Answer.PROMOTED, demo=True, exceptions=True))
    assert not [each for each in tokens if each.type == "link_open"]
    assert [each.type for each in tokens if each.type.startswith("html")] == ["html_block"]


def test_the_decision_comes_first_and_then_what_holds_it() -> None:
    headings = [line for line in report().splitlines() if line.startswith("## ")]
    assert headings[:4] == ["## Decision", "## What holds it", "## Warnings", "## Overview"]
    assert "**BLOCKED** — The release may not go into Preprod. 2 items hold the gate." in report()
    assert "\n  > For the rehearsal.\n" in section(report(), "Decision")
    assert "waiting for 1 of 2 sign-offs: security — waiting" in section(report(), "What holds it")


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (Answer.OPEN, "**OPEN** — Nothing holds the release back"),
        (Answer.OPEN_WITH_WAIVERS, "**OPEN WITH WAIVERS** — "),
        (Answer.OPEN_BREAK_GLASS, "**OPEN BY BREAK-GLASS** — "),
        (Answer.PROMOTED, "**PROMOTED** — The release is authorised to go into Preprod."),
        (Answer.ABANDONED, "**ABANDONED** — This promotion was given up"),
    ],
)
def test_every_answer_is_said_in_words(ending: Answer, words: str) -> None:
    decision = section(report(ending), "Decision")
    assert words in decision
    assert "What holds it" not in report(ending)


def test_a_promotion_quotes_the_tip_and_the_count_it_was_decided_on() -> None:
    decision = section(report(Answer.PROMOTED), "Decision")
    assert f"trail commit `{TIP}`, 11 entries; the gate answered OPEN" in decision
    assert "> Go." in decision


def test_giving_up_says_why() -> None:
    assert "> Replaced by v1.4.1." in section(report(Answer.ABANDONED), "Decision")


def test_claimed_and_demonstration_are_said_before_anything_else_and_only_when_true() -> None:
    loud = report(claimed=True, demo=True)
    for words in ("**CLAIMED, NOT SIGNED**", "**DEMONSTRATION**"):
        assert loud.index(words) < loud.index("## Decision")
        assert words not in report()
    assert "(claimed, not signed)" in section(loud, "Decision")
    assert "(signed)" not in loud


def test_exceptions_have_their_place_only_when_there_are_some() -> None:
    assert "> The old version loses events." in section(report(exceptions=True), "Exceptions")
    assert "## Exceptions" not in report()


def test_an_item_shows_evidence_signers_and_what_was_taken_back() -> None:
    items = section(report(), "Items")
    for line in (
        "### 1. HTTPS webhook endpoint configured and tested",
        "- Source: Checklist de migration · Exigences pour la mise en production",
        "  - ✗ days left: expected at least 7; observed 6",
        "  - Does not count (expired): the check is 9 days old, 7 allowed",
        "  - Observed under an override: --connect-to `preprod.example.org:443:127.0.0.1:8443`",
        "- ◌ Check `webhook-signature`: not run yet",
        "- ✓ Signed off by Alice Martin `alice@example.com` as integrator, "
        "20 Nov 2026 09:00 CET (signed), entry `04c0ffee0000`",
        "  - Key: `SHA256:h3kQalice`",
        "  - Kept where, by whom: Coffre de l’équipe, Alice Martin",
        "  - Evidence: `https://ci.example.com/runs/42`",
        "  > Tried with a real event, see `https://ci.example.com/42`.",
        "  - Why it does not count: the same person signed again later",
        "    > Wrong host, my mistake.",
        "- ⊘ Rejected by Bruno Lefèvre `bruno@example.com`, 19 Nov 2026 23:00 CET (signed), entry `02c0ffee0000`",
    ):
        assert f"\n{line}" in items
    assert f"the file `recette.pdf`, `application/pdf`, 48213 bytes, `sha256:{'5' * 64}`" in items
    assert f"the file `ancien.pdf`, 9 bytes, `sha256:{'6' * 64}`" in items
    rejected = items.partition("⊘ Rejected by Bruno")[2]
    given = f"the file `chain.pem`, `text/plain`, 3 bytes, `sha256:{'7' * 64}`\n  - Evidence: `https://ci.example.com/7`\n"
    assert f"  > See the ticket.\n  - Evidence: {given}" in rejected


def test_comments_with_evidence_are_told_with_it_and_the_others_in_the_timeline_only() -> None:
    comments = section(report(), "Comments with evidence")
    assert "- Bruno Lefèvre on `webhook`, " in comments
    told = f"the file `latency.png`, `image/png`, 8 bytes, `sha256:{'8' * 64}`"
    assert f"\n\n  > Slow since noon.\n  - Evidence: {told}\n" in comments
    assert "Not a word more." not in comments
    assert "Not a word more." in section(report(), "Timeline")


def test_the_target_and_what_differs_are_there_and_no_value_of_a_variable() -> None:
    differs = section(report(), "What differs between Staging and Preprod")
    assert "| data | simulated data | real data |" in differs
    assert (
        "`PASSEMARCHE_CLIENT_SECRET`, secret, must not have the value it has in Staging, in Preprod only"
        in differs
    )
    assert "`OLD_SETTING`, in Staging only" in differs
    assert "The same in both:\n\n- URL status: " in differs
    target = section(report(), "Target environment: Preprod")
    assert "webhook: in the variable `PASSEMARCHE_WEBHOOK_URL`" in target
    assert "**Unstable**" in target
    assert "Ask the Passe Marché team for access\n  - Passe Marché team, official channels\n" in target


def test_the_timeline_has_every_entry_and_says_which_do_not_count() -> None:
    timeline = section(report(), "Timeline")
    assert timeline.count("\n| ") - 2 == 11
    assert "| NOT COUNTED: Mallory is not on the roster (not signed) |" in timeline
    assert "written by a newer version of promoter (approved)" in timeline


def test_the_trail_and_how_to_verify_it_close_the_report() -> None:
    trail = section(report(), "Trail and verification")
    assert f"- **Tip:** `{TIP}`" in trail
    assert "- **Entries up to the tip:** 12" in trail
    assert "- Alice Martin (alice): integrator, release-manager" in trail
    assert "It cannot prove:" in trail
    assert "there is no roster" in section(report(claimed=True), "Trail and verification")


def test_an_unbound_release_is_said_to_be_unbound() -> None:
    scene = Scene()
    scene.release = replace(scene.release, commit=None, tree=None)
    assert "v1.4.0, unbound" in render(scene.material(), language("en"), TEMPLATE)


def test_the_statement_is_in_the_reader_s_language() -> None:
    assert "### 1. Endpoint webhook HTTPS configuré et testé" in report(code="fr")
    assert "### 1. HTTPS webhook endpoint configured and tested" in report(code="en")


def test_the_same_four_give_the_same_bytes_whatever_zone_the_caller_speaks_in() -> None:
    material = Scene().material()
    elsewhere = language("en").in_time_zone(timezone(timedelta(hours=-9)))
    moved = replace(material, as_of=NOW.astimezone(timezone(timedelta(hours=5))))
    assert render(material, language("en"), TEMPLATE) == render(moved, elsewhere, TEMPLATE)


def test_a_time_zone_nobody_knows_is_utc() -> None:
    material = Scene().material()
    material = replace(material, pipeline=replace(material.pipeline, time_zone="../../etc/passwd"))
    assert "As of 22 Nov 2026 12:00 UTC." in render(material, language("en"), TEMPLATE)


def test_a_report_says_what_it_is_a_report_of() -> None:
    text = report(code="fr")
    marker = marker_of(text)
    assert marker is not None
    assert (
        marker.promotion,
        marker.tip,
        marker.as_of,
        marker.language,
        marker.version,
    ) == ("01JDABCDEFGHJKMNPQRSTVWXYZ", TIP, "2026-11-22T12:00:00Z", "fr", "0.1.0")
    assert written_by_promoter(text)


def test_a_long_story_is_told_in_reasonable_time() -> None:
    material = Scene().material()
    many = replace(material.promotion, history=material.promotion.history * 500)
    assert render(replace(material, promotion=many), language("en"), TEMPLATE).count("\n| ") >= 4500


def test_jinja_is_not_loaded_before_a_report_is_made() -> None:
    looking = "import sys, promoter.report; sys.exit('jinja2' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", looking], cwd=Path(__file__).parents[2], check=False).returncode
        == 0
    )
