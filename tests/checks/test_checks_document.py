import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from promoter.checks import registry
from promoter.model.environment import Data
from promoter.model.outcome import Outcome, Verdict
from promoter.model.release import Release
from tests.support.checks import code, context, environment, observe, seen_of, words
from tests.support.git_repositories import git
from tests.support.release_repositories import LONG_AGO, Shop, make_shop
from tests.support.tls_servers import Handler, Wanted, answer, answering, make, server_side, serving

ROOT = make(Wanted(name="Trusted Root", authority=True))
LEAF = make(Wanted(), ROOT)
GOOD = "# Procédure de rollback\n\nRedéployer la version précédente.\n\n## Contacts\n\nAstreinte : 01 23 45 67 89\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    yield from make_shop(tmp_path, monkeypatch)


async def document(shop: Shop, *, bound: bool = True, **fields: Any) -> Outcome:
    seen = context(
        shop.root,
        repository=shop.repository,
        release=Release("2.4.0", shop.head if bound else None),
        timeout=30,
    )
    return await observe("document", {"path": "docs/rollback.md"} | fields, seen)


@pytest.mark.parametrize("bound", [True, False])
@pytest.mark.parametrize(
    ("content", "fields", "expected"),
    [
        (GOOD, {}, "passed in-order"),
        (GOOD, {"headings": ["procedure de ROLLBACK", "Contacts"]}, "passed in-order"),
        (GOOD, {"headings": ["Contacts", "Qui décide"]}, "failed headings-missing"),
        (GOOD + "## Qui décide\n", {"headings": ["Qui décide"]}, "failed sections-empty"),
        (GOOD + "TODO: the rest\n", {}, "failed unfinished"),
        (GOOD + "Reste à compléter.\n", {}, "failed unfinished"),
        (GOOD + "TODO: the rest\n", {"lacks": "draft"}, "passed in-order"),
        (GOOD + "Le reste est à écrire.\n", {}, "failed unfinished"),
        (GOOD + "To do: the rest\n", {}, "failed unfinished"),
        (GOOD + "WIP\n", {}, "failed unfinished"),
        (GOOD + "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n", {}, "failed unfinished"),
        (GOOD + "- [ ] ask Jo\n", {}, "failed unfinished"),
        (GOOD + "- [ ] ask Jo\n", {"lacks": "draft"}, "passed in-order"),
        (GOOD + "- [x] ask Jo\n", {}, "passed in-order"),
        *(
            (f"---\ntitle: Rollback\n{each}\n---\n{GOOD}", {}, "failed unfinished")
            for each in (
                "status: draft",
                'Status: "Draft"  # soon',
                "draft: true",
                "statut: brouillon",
                "État : Brouillon",
            )
        ),
        *(
            (f"---\ntitle: Rollback\n{each}\n---\n{GOOD}", {}, "passed in-order")
            for each in ("status: final", "draft: false", "title: how to draft", "statut: validé")
        ),
        (f"---\nstatus: draft\n---\n{GOOD}", {"lacks": "TODO"}, "passed in-order"),
        (GOOD + "\nstatus: draft\n", {}, "passed in-order"),
        (GOOD + "What to do if that fails: ask Jo.\n", {}, "passed in-order"),
        *(
            (f"{GOOD}## Qui décide\n\n{mark}\n", {"headings": ["Qui décide"]}, "failed sections-empty")
            for mark in ("...", "…", "?", "N/A", "néant", "- …")
        ),
        ("# Rollback\n\n## Contacts\n", {}, "failed says-nothing"),
        ("…\n", {}, "failed says-nothing"),
        ("<!-- Say here what is to be done. -->\n", {}, "failed empty"),
        (f"# A\nb\n<!-- {'x' * 99} -->\n", {"min_length": 40}, "failed too-short"),
        (GOOD + "Draft\n", {"lacks": ["draft"]}, "failed unfinished"),
        (GOOD, {"min_length": 40}, "passed in-order"),
        (GOOD, {"min_length": 4000}, "failed too-short"),
        ("", {}, "failed empty"),
        (" \n\t\n", {}, "failed empty"),
        ("x" * (1024 * 1024 + 1), {}, "errored too-large"),
        ("%PDF-1.7\n\0binary", {}, "warned not-searched"),
        ("%PDF-1.7\n\0binary", {"headings": ["Contacts"]}, "errored not-text"),
        ("%PDF-1.7\n\0binary", {"lacks": ["TODO"]}, "errored not-text"),
    ],
)
async def test_what_a_document_holds_is_judged(
    shop: Shop, bound: bool, content: str, fields: Mapping[str, Any], expected: str
) -> None:
    shop.file("docs/rollback.md", content)
    outcome = await document(shop, bound=bound, **fields)
    assert code(outcome) == expected
    assert "docs/rollback.md" in words(outcome.reason)


async def test_a_pass_says_what_was_judged(shop: Shop) -> None:
    commit = shop.file("docs/rollback.md", GOOD)
    outcome = await document(shop, headings=["Contacts"], changed_within="1d")
    assert code(outcome) == "passed in-order-and-fresh"
    assert seen_of(outcome, "release-commit")[0].startswith(commit[:12])
    assert seen_of(outcome, "document")[0].startswith(f"in the commit, {len(GOOD.encode())} bytes, sha256:")
    assert seen_of(outcome, "heading") == ["with something under it"]
    assert seen_of(outcome, "changed")[0].endswith(f"by {commit[:12]}")


async def test_what_is_unfinished_is_named_with_its_lines(shop: Shop) -> None:
    shop.file("docs/rollback.md", "# Rollback\nTBD\n\nTBD, _à définir_\n")
    outcome = await document(shop)
    assert words(outcome.reason) == "docs/rollback.md is unfinished: TBD, à définir"
    assert seen_of(outcome, "word") == ["on the lines 2, 4", "on the lines 4"]


async def test_missing_headings_are_shown_with_the_ones_there_are(shop: Shop) -> None:
    shop.file("docs/rollback.md", GOOD)
    outcome = await document(shop, headings=["Rollback"])
    assert seen_of(outcome, "headings") == [("Procédure de rollback", "Contacts")]


async def test_a_bound_release_is_judged_by_its_commit_not_by_the_work_tree(shop: Shop) -> None:
    released = shop.file("docs/rollback.md", "# Rollback\nTODO\n")
    shop.file("docs/rollback.md", GOOD)
    seen = context(shop.root, repository=shop.repository, release=Release("2.4.0", released), timeout=30)
    assert code(await observe("document", {"path": "docs/rollback.md"}, seen)) == "failed unfinished"
    assert code(await document(shop)) == "passed in-order"
    (shop.root / "docs" / "rollback.md").write_text("TODO")
    assert code(await document(shop)) == "passed in-order"
    (shop.root / "docs" / "rollback.md").unlink()
    assert code(await document(shop)) == "passed in-order"


async def test_a_document_that_is_not_in_the_release_fails(shop: Shop) -> None:
    assert code(await document(shop)) == "failed missing"
    (shop.root / "docs").mkdir()
    (shop.root / "docs" / "rollback.md").write_text(GOOD)
    assert code(await document(shop)) == "failed not-in-release"


async def test_without_a_commit_the_work_tree_is_judged_and_git_must_track_the_file(shop: Shop) -> None:
    assert code(await document(shop, bound=False)) == "failed missing"
    (shop.root / "docs").mkdir()
    (shop.root / "docs" / "rollback.md").write_text(GOOD)
    outcome = await document(shop, bound=False)
    assert code(outcome) == "failed untracked"
    shop.git("add", "docs")
    assert code(await document(shop, bound=False)) == "passed in-order"
    assert code(await document(shop, bound=False, changed_within="1d")) == "errored age-unknown"


async def test_tried_by_itself_it_judges_the_work_tree_and_needs_a_repository(shop: Shop) -> None:
    shop.file("docs/rollback.md", GOOD)
    fields = {"path": "docs/rollback.md"}
    assert (
        code(await observe("document", fields, context(shop.root, repository=shop.repository)))
        == "passed in-order"
    )
    assert code(await observe("document", fields, context(shop.root))) == "errored no-repository"


async def test_a_path_is_taken_from_where_the_check_is_tried(shop: Shop) -> None:
    shop.file("docs/rollback.md", GOOD)
    seen = context(shop.root / "docs", repository=shop.repository, timeout=30)
    outcome = await observe("document", {"path": "rollback.md", "changed_within": "1d"}, seen)
    assert code(outcome) == "passed in-order-and-fresh"


@pytest.mark.parametrize("bound", [True, False])
async def test_what_is_no_file_of_the_repository_is_not_read(shop: Shop, bound: bool) -> None:
    secret = shop.keys / "secret"
    secret.write_text(GOOD)
    (shop.root / "docs").mkdir()
    (shop.root / "docs" / "rollback.md").symlink_to(secret)
    shop.git("add", "docs")
    shop.commit("Link")
    expected = "failed not-a-file" if bound else "errored unreadable"
    assert code(await document(shop, bound=bound)) == expected
    assert code(await document(shop, bound=bound, path="docs")) == expected


async def test_a_pointer_to_elsewhere_is_no_document(shop: Shop) -> None:
    shop.file("docs/rollback.md", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n")
    assert code(await document(shop)) == "errored stored-elsewhere"
    assert code(await document(shop, bound=False)) == "errored stored-elsewhere"


@pytest.mark.parametrize("bound", [True, False])
async def test_the_last_commit_that_changed_the_file_must_be_lately(shop: Shop, bound: bool) -> None:
    old = shop.file("docs/rollback.md", GOOD, LONG_AGO)
    shop.file("other.md", "x")
    outcome = await document(shop, bound=bound, changed_within="365d")
    assert code(outcome) == "failed too-old"
    assert "1 Jan 2025" in words(outcome.reason)
    assert seen_of(outcome, "changed") == [f"1 Jan 2025 12:00 UTC, by {old[:12]}"]
    assert code(await document(shop, bound=bound, changed_within="3000d")) == "passed in-order-and-fresh"
    shop.file("docs/rollback.md", GOOD + "\nRelu.\n")
    assert code(await document(shop, bound=bound, changed_within="365d")) == "passed in-order-and-fresh"


async def test_a_change_yet_to_come_is_could_not_tell(shop: Shop) -> None:
    shop.file("docs/rollback.md", GOOD, datetime.now(UTC) + timedelta(days=3))
    assert code(await document(shop, changed_within="365d")) == "errored from-the-future"


async def test_where_a_shallow_clone_ends_everything_seems_to_have_changed(shop: Shop) -> None:
    shop.file("docs/rollback.md", GOOD, LONG_AGO)
    shop.file("other.md", "x")
    with shop.shallow() as clone:
        release = Release("2.4.0", git(clone.root, "rev-parse", "HEAD"))
        seen = context(clone.root, repository=clone, release=release, timeout=30)
        fields = {"path": "docs/rollback.md", "changed_within": "365d"}
        assert code(await observe("document", fields, seen)) == "errored shallow"
        assert (
            code(
                await observe(
                    "document",
                    fields | {"changed_within": "1s"},
                    replace(seen, now=datetime.now(UTC) + timedelta(hours=1)),
                )
            )
            == "failed too-old"
        )


@pytest.mark.parametrize("path", ["--output=x", "*", ":(glob)**", "docs/../README.md/x", "a\nb", "é.md"])
async def test_no_path_reaches_git_as_more_than_a_path(shop: Shop, path: str) -> None:
    assert code(await document(shop, path=path, changed_within="1d")) == "failed missing"
    assert not (shop.root / "x").exists()


async def test_no_program_of_the_repository_is_run(shop: Shop) -> None:
    shop.file(".gitattributes", "* diff=evil filter=evil\n")
    shop.file("docs/rollback.md", GOOD)
    sprung, trap = shop.keys / "sprung", shop.keys / "trap"
    trap.write_text(f"#!/bin/sh\necho $* >> {sprung}\ncat\n")
    trap.chmod(0o755)
    for key in (
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "core.fsmonitor",
        "filter.evil.smudge",
    ):
        shop.git("config", key, str(trap))
    assert code(await document(shop, changed_within="1d")) == "passed in-order-and-fresh"
    assert code(await document(shop, bound=False, changed_within="1d")) == "passed in-order-and-fresh"
    assert not sprung.exists()


def giving(body: bytes, status: int = 200, **headers: str) -> Handler:
    return answering(answer(status, body, **headers))


async def at_url(tmp_path: Path, handler: Handler, *, data: Data = Data.SIMULATED, **fields: Any) -> Outcome:
    ca_file = tmp_path / "roots.pem"
    ca_file.write_bytes(ROOT.pem)
    async with serving(handler, server_side(LEAF, tmp_path)) as port:
        target = replace(environment(), data=data)
        seen = context(tmp_path, at=target, ca_file=ca_file, timeout=20)
        return await observe("document", {"url": f"https://localhost:{port}/rollback"} | fields, seen)


PAGE = b"<html><head><script>TODO</script></head><h1>Rollback</h1><p>Redeploy.</p><h2>Contacts</h2></html>"


@pytest.mark.parametrize(
    ("handler", "fields", "expected"),
    [
        (giving(GOOD.encode()), {"headings": ["Contacts"]}, "passed in-order"),
        (
            giving(PAGE, Content_Type="text/html; charset=utf-8"),
            {"headings": ["rollback"]},
            "passed in-order",
        ),
        (giving(PAGE, Content_Type="text/html"), {"headings": ["Contacts"]}, "failed sections-empty"),
        (giving(b"<html><script>x</script></html>", Content_Type="text/html"), {}, "failed empty"),
        (
            giving(b"Reste \xe0 d\xe9finir", Content_Type="text/plain; charset=iso-8859-1"),
            {},
            "failed unfinished",
        ),
        (giving(b""), {}, "failed empty"),
        (giving(b"not here", 404), {}, "failed wrong-status"),
        (giving(b"log in", 302, Location="http://localhost/login"), {}, "failed redirect-to-http"),
        (giving(b"x" * (1024 * 1024 + 1)), {}, "errored too-large"),
        (giving(b"%PDF-1.7", Content_Type="application/pdf"), {}, "warned not-searched"),
        (giving(GOOD.encode()), {"changed_within": "1d"}, "errored age-unknown"),
        (giving(GOOD.encode(), Last_Modified="yesterday"), {"changed_within": "1d"}, "errored age-unknown"),
        (
            giving(GOOD.encode(), Last_Modified="Wed, 01 Jan 2025 12:00:00 GMT"),
            {"changed_within": "365d"},
            "failed too-old",
        ),
        (
            giving(GOOD.encode(), Last_Modified="Wed, 01 Jan 2025 12:00:00 GMT"),
            {"changed_within": "3000d"},
            "passed in-order-and-fresh",
        ),
    ],
)
async def test_a_page_is_judged_as_a_file_is(
    tmp_path: Path, handler: Handler, fields: Mapping[str, Any], expected: str
) -> None:
    outcome = await at_url(tmp_path, handler, **fields)
    assert code(outcome) == expected
    assert seen_of(outcome, "reproduce")[0].startswith("curl --include")
    if expected.startswith("failed"):
        assert Verdict.FAILED in {each.verdict for each in outcome.evidence} or "empty" in expected


LOGIN = b"<h1>Intranet</h1><form><p>Name<input name=n><input type=password></form>"


def leading(to: str, body: bytes) -> Handler:
    """Whatever is asked for leads to a page that is there."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        page = answer(200, body, Content_Type="text/html")
        writer.write(
            page if asked.partition("?")[0] == to else answer(302, b"", Location=f"{to}?back=secret")
        )
        await writer.drain()

    return handle


@pytest.mark.parametrize(
    ("handler", "fields", "expected", "path"),
    [
        (leading("/users/sign_in", b"<p>Your address, please"), {}, "warned login-page", "/users/sign_in"),
        (leading("/welcome", LOGIN), {}, "warned login-page", "/welcome"),
        (leading("/rollback", LOGIN), {}, "warned login-page", "/rollback"),
        (leading("/", PAGE), {}, "warned elsewhere", "/"),
        (leading("/v2/rollback", PAGE), {"headings": ["Rollback"]}, "passed in-order", "/v2/rollback"),
        (
            leading("/v2/rollback", PAGE),
            {"headings": ["Qui décide"]},
            "failed headings-missing",
            "/v2/rollback",
        ),
        (leading("/rollback/", PAGE), {}, "passed in-order", "/rollback/"),
        (leading("/rollback", LOGIN), {"headings": ["Intranet"]}, "passed in-order", "/rollback"),
        (leading("/rollback", PAGE), {}, "passed in-order", "/rollback"),
    ],
)
async def test_where_a_page_was_read_is_said_and_another_one_is_warned_of(
    tmp_path: Path, handler: Handler, fields: Mapping[str, Any], expected: str, path: str
) -> None:
    outcome = await at_url(tmp_path, handler, **fields)
    assert code(outcome) == expected
    (read_at,) = seen_of(outcome, "read-at")
    assert read_at.startswith("https://localhost:")
    assert read_at.endswith(path)
    if outcome.verdict is Verdict.WARNED:
        assert read_at in words(outcome.reason)
        assert Verdict.WARNED in {each.verdict for each in outcome.evidence}


async def test_where_an_error_was_answered_is_said(tmp_path: Path) -> None:
    outcome = await at_url(tmp_path, giving(b"", 404))
    assert seen_of(outcome, "read-at")[0].endswith("/rollback")


async def test_an_untrusted_server_is_not_believed(tmp_path: Path) -> None:
    other = make(Wanted(name="Another Root", authority=True))
    (tmp_path / "other.pem").write_bytes(other.pem)
    async with serving(giving(GOOD.encode()), server_side(LEAF, tmp_path)) as port:
        seen = context(tmp_path, ca_file=tmp_path / "other.pem", timeout=20)
        outcome = await observe("document", {"url": f"https://localhost:{port}/"}, seen)
    assert outcome.verdict is Verdict.FAILED
    assert code(outcome) != "failed missing"


async def test_with_real_data_nothing_of_a_page_is_shown(tmp_path: Path) -> None:
    page = b"<h1>Jeanne Martin</h1><p>TODO Jeanne Martin</p>"
    outcome = await at_url(
        tmp_path, giving(page, Content_Type="text/html"), data=Data.REAL, headings=["Rollback"]
    )
    assert code(outcome) == "failed headings-missing"
    assert "Jeanne" not in repr(outcome)


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, ["path"]),
        ({"path": "a.md", "url": "https://a.example/"}, ["path"]),
        ({"path": "a.md", "ca_file": "b.pem"}, ["ca_file"]),
        ({"path": "a.md", "timeout": "5s"}, []),
        ({"url": "https://a.example/", "ca_file": "b.pem"}, []),
    ],
)
def test_a_document_is_a_path_or_a_url(fields: Mapping[str, Any], names: list[str]) -> None:
    assert [name for name, _ in registry.kind("document").contradictions(fields)] == names
