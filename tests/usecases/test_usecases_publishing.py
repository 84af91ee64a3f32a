"""The board: made of the trail alone, put on its own branch, and shared without ever going back."""

import asyncio
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from promoter.errors import CannotAct, ExitCode, Refused, TrailUntrusted, UsageError
from promoter.messages import Language
from promoter.model.entry import Opened, Pinned
from promoter.report import written_by_promoter
from promoter.trail.refusals import SyncRefused
from promoter.trail.ulid import new_ulid
from promoter.usecases.exempting import waive
from promoter.usecases.opening import abandon, adopt, open_promotion
from promoter.usecases.promoting import promote
from promoter.usecases.publishing import Publication, publish
from promoter.usecases.sharing import sync
from promoter.usecases.standing import status
from promoter.usecases.stopping import hold
from promoter.usecases.verifying import prove
from promoter.usecases.voices import reject, sign
from promoter.usecases.workspace import Workspace
from tests.support.command_line import away_from_home
from tests.support.git_repositories import Signer, become, git, make_signer
from tests.support.shop_floor import at_work, ignore, run_all, shop

BOARD, TRAIL = "promoter/board", "promoter/trail"


def published(directory: Path, **how: object) -> Publication:
    with at_work(directory) as workspace:
        return publish(workspace, **how)  # type: ignore[arg-type]


def page(directory: Path, path: str = "README.md") -> str:
    return git(directory, "show", f"{BOARD}:{path}")


def tree(directory: Path, revision: str = BOARD) -> str:
    return git(directory, "rev-parse", f"{revision}^{{tree}}")


def files(directory: Path, revision: str = BOARD) -> list[str]:
    return git(directory, "ls-tree", "-r", "--name-only", revision).splitlines()


def put(directory: Path, path: str, content: str | None) -> str:
    """What a forge's editor does: one file changed, added or removed on the board, in a commit of its own."""
    index = {"GIT_INDEX_FILE": str(directory / ".git" / "index-of-the-forge")}
    git(directory, "read-tree", BOARD, environment=index)
    if content is None:
        git(directory, "rm", "-q", "--cached", path, environment=index)
    else:
        blob = git(directory, "hash-object", "-w", "--stdin", given=content.encode())
        git(directory, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", environment=index)
    changed = git(directory, "write-tree", environment=index)
    commit = git(directory, "commit-tree", changed, "-p", BOARD, "-m", "Edit on the forge")
    git(directory, "update-ref", f"refs/heads/{BOARD}", commit)
    return commit


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop where staging has v0, v1 was promoted, v2 given up, and v3 is open and rejected; beside it its hub."""
    directory = tmp_path_factory.mktemp("board")
    with away_from_home(directory / "home"):
        alice = make_signer(directory / "keys", "Alice Martin", "alice@example.com")
        bob = make_signer(directory / "keys", "Bob Durand", "bob@example.com")
        mine = shop(directory / "shop", alice, bob)
        with at_work(mine) as workspace:
            adopt(workspace, "staging", "v0", None, "in service since spring")
            open_promotion(workspace, "staging-to-preprod", "v1")
            run_all(workspace)
            sign(workspace, None, "accounts", fields={"kept": "the vault"})
            sign(workspace, None, "rollback")
            asyncio.run(promote(workspace, None, on_event=ignore))
            open_promotion(workspace, "staging-to-preprod", "v2")
            abandon(workspace, None, "not now")
            open_promotion(workspace, "staging-to-preprod", "v3")
            reject(workspace, None, "rollback", "names a server that is gone")
        git(directory, "init", "-q", "--bare", "-b", "main", "hub.git")
        git(mine, "remote", "add", "origin", str(directory / "hub.git"))
        git(mine, "push", "-q", "origin", "main")
        with at_work(mine) as workspace:
            sync(workspace)
    return directory


@pytest.fixture
def place(made_once: Path, tmp_path: Path) -> Path:
    """A copy of it, of which the hub is the remote."""
    place = Path(shutil.copytree(made_once, tmp_path / "place"))
    git(place / "shop", "remote", "set-url", "origin", str(place / "hub.git"))
    git(place / "shop", "config", "user.signingkey", str(place / "keys" / "alice"))
    return place


@pytest.fixture
def mine(place: Path) -> Path:
    return place / "shop"


@pytest.fixture
def theirs(place: Path) -> Path:
    """A second clone, with the trail."""
    git(place, "clone", "-q", str(place / "hub.git"), str(place / "theirs"))
    git(place / "theirs", "config", "user.name", "Board")
    git(place / "theirs", "config", "user.email", "board@example.org")
    with at_work(place / "theirs") as workspace:
        sync(workspace)
    return place / "theirs"


def says(directory: Path) -> None:
    """One more entry of the open promotion."""
    with at_work(directory) as workspace:
        sign(workspace, None, "training")


def test_the_board_says_what_is_open_what_it_waits_for_and_what_runs_where(mine: Path) -> None:
    done = published(mine)
    shown = page(mine)
    assert "| preprod | v1 (" in shown
    assert "(declared, not proven)" in shown
    assert "### v3, from staging to preprod\n\n**BLOCKED** —" in shown
    assert (
        "| The way back is written down | failed | rejected by Alice Martin: names a server that is gone |"
        in shown
    )
    assert "ABANDONED" in shown.partition("## Closed promotions")[2]
    assert "PROMOTED" in shown.partition("## Closed promotions")[2]
    assert done.tip == git(mine, "rev-parse", TRAIL)
    assert f"`{done.tip}`" in shown
    assert f"Promoter-Tip: {done.tip}" in git(mine, "log", "-1", "--format=%b", BOARD)
    assert git(mine, "log", "-1", "--format=%s", BOARD) == "board: 1 open, 2 closed"
    assert len(files(mine)) == 3 + 2 * 3
    assert "en attente" in page(mine, "README.fr.md") or "waiting" in page(mine, "README.fr.md")


def test_a_promotion_that_only_a_hold_stops_is_not_said_to_wait_for_items(mine: Path) -> None:
    with at_work(mine) as workspace:
        run_all(workspace)
        sign(workspace, None, "accounts", fields={"kept": "the vault"})
        sign(workspace, None, "rollback")
        hold(workspace, "incident 42", environment="preprod")
    published(mine)
    assert "**BLOCKED** — the promotion as a whole is held." in page(mine)
    assert "0 items" not in page(mine)


def test_every_link_leads_to_a_page_and_every_report_is_true(mine: Path, tmp_path: Path) -> None:
    published(mine)
    there = files(mine)
    assert untrue(mine, tmp_path) == []
    linked = set()
    for readme in ("README.md", "README.fr.md"):
        for token in MarkdownIt("commonmark").enable("table").parse(page(mine, readme)):
            for child in token.children or ():
                if child.type == "link_open":
                    linked.add(str(child.attrs["href"]))
    assert linked == {path for path in there if path.endswith(".md")}


def untrue(directory: Path, scratch: Path) -> list[str]:
    """The reports on the board that are not what the trail says, byte for byte."""
    found = []
    with at_work(directory) as workspace:
        for path in [each for each in files(directory) if each.startswith("reports/")]:
            report = scratch / "report.md"
            report.write_bytes((page(directory, path) + "\n").encode())
            assert written_by_promoter(report.read_text(encoding="utf-8"))
            found += [path] if prove(workspace, report).exit_code is not ExitCode.YES else []
    return found


def test_reports_are_true_also_where_histories_were_joined(
    mine: Path, theirs: Path, place: Path, tmp_path: Path
) -> None:
    become(theirs, Signer("Bob Durand", "bob@example.com", place / "keys" / "bob", "", ""))
    with at_work(theirs) as workspace:
        sign(workspace, None, "training")
    with at_work(mine) as workspace:
        abandon(workspace, None, "given up meanwhile")
        open_promotion(workspace, "staging-to-preprod", "v4")
        sync(workspace)
    with at_work(theirs) as workspace:
        assert sync(workspace).merged
    with at_work(mine) as workspace:
        sync(workspace)
        abandon(workspace, None, "this one too")
    published(mine)
    assert untrue(mine, tmp_path) == []
    assert git(mine, "log", "-1", "--format=%s", BOARD) == "board: 0 open, 4 closed"


def test_nothing_of_the_users_own_is_touched(mine: Path) -> None:
    (mine / "half-done.txt").write_text("mine")
    git(mine, "add", "half-done.txt")

    def own() -> tuple[str, str, bytes, bytes]:
        status, refs = git(mine, "status", "--porcelain"), git(mine, "rev-parse", "HEAD", TRAIL)
        return status, refs, (mine / ".git" / "index").read_bytes(), (mine / ".git" / "HEAD").read_bytes()

    before = own()
    published(mine, push=True)
    assert own() == before
    assert not (mine / "README.md").exists()


def test_the_same_trail_is_not_published_twice_also_later(mine: Path) -> None:
    first = published(mine)
    with at_work(mine, at=datetime.now(UTC) + timedelta(days=400)) as workspace:
        again = publish(workspace)
    assert (again.commit, again.changed) == (first.commit, ())
    assert git(mine, "rev-list", "--count", BOARD) == "1"


def test_what_was_recorded_since_follows_and_old_reports_stay_as_they_are(mine: Path) -> None:
    first = published(mine)
    says(mine)
    second = published(mine)
    assert git(mine, "rev-parse", f"{BOARD}^") == first.commit
    assert {path.rpartition("-")[0] for path in second.changed if path.startswith("reports")} == {
        "reports/v3-preprod"
    }
    assert {"README.md", "README.fr.md"} <= set(second.changed)


def test_the_pages_are_a_function_of_the_trail_whoever_makes_them_and_on_whatever_they_build(
    mine: Path, theirs: Path
) -> None:
    published(mine)
    says(mine)
    with at_work(mine) as workspace:
        hold(workspace, "incident", environment="preprod")
    published(mine)
    with at_work(mine) as workspace:
        sync(workspace)
    with at_work(theirs) as workspace:
        sync(workspace)
    published(theirs)
    assert tree(mine) == tree(theirs)
    assert git(mine, "rev-list", "--count", BOARD) == "2"


def test_a_closed_promotion_that_is_spoken_of_again_gets_a_new_report(mine: Path) -> None:
    published(mine)
    v1 = next(path for path in files(mine) if path.startswith("reports/v1"))
    before = page(mine, v1)
    with at_work(mine) as workspace:
        from promoter.usecases.reporting import write_report

        write_report(workspace, "v1", mine.parent / "handed-over.md")
    published(mine)
    assert page(mine, v1) != before
    assert "report handed over" in page(mine, v1)


def test_what_was_changed_by_hand_is_overwritten_and_said_and_files_of_ones_own_stay(mine: Path) -> None:
    first = published(mine)
    report = next(path for path in files(mine) if path.startswith("reports/v1"))
    put(mine, "README.md", "All is well.\n")
    put(mine, report, None)
    edited = put(mine, "_config.yml", "theme: minimal\n")
    again = published(mine)
    assert again.overwritten == ("README.md", report)
    assert set(again.changed) == {"README.md", report} or again.changed == ()
    assert git(mine, "rev-parse", f"{BOARD}^") == edited
    assert page(mine, "_config.yml") == "theme: minimal"
    assert page(mine) == git(mine, "show", f"{first.commit}:README.md")
    assert report in files(mine)
    assert published(mine).overwritten == ()


@pytest.mark.parametrize("name", ["main", "elsewhere"])
def test_a_branch_that_is_no_board_is_left_alone(mine: Path, name: str) -> None:
    git(mine, "branch", "elsewhere", "main")
    git(mine, "checkout", "-q", "--detach")
    before = git(mine, "rev-parse", name)
    with pytest.raises(Refused):
        published(mine, branch=name)
    assert git(mine, "rev-parse", name) == before


def test_a_board_of_another_trail_is_left_alone(mine: Path) -> None:
    published(mine)
    document = json.loads(page(mine, "board.json"))
    forged = put(mine, "board.json", json.dumps({**document, "trail": "0" * 32}))
    with pytest.raises(Refused):
        published(mine)
    assert git(mine, "rev-parse", BOARD) == forged


HOSTILE_MANIFESTS: tuple[dict[str, object], ...] = (
    {"files": {"../../hooks/pre-commit": "a" * 40}},
    {"files": {"README.md": "--output=x"}},
    {"files": {"reports/../README.md": "a" * 40}},
    {"files": []},
    {"tip": "--all"},
    {"tip": 7},
    {"schema": "promoter/published/2"},
)


def test_a_manifest_that_promoter_would_not_write_makes_no_board(mine: Path) -> None:
    published(mine)
    document = json.loads(page(mine, "board.json"))
    whole = [json.dumps({**document, **hostile}) for hostile in HOSTILE_MANIFESTS]
    for content in (*whole, "", "[" * 100_000, "null", "{}", None):
        edited = put(mine, "board.json", content)
        with pytest.raises(Refused):
            published(mine)
        assert git(mine, "rev-parse", BOARD) == edited
        git(mine, "update-ref", f"refs/heads/{BOARD}", f"{edited}^")


def test_reports_that_a_manifest_only_claims_to_have_are_not_believed(mine: Path) -> None:
    first = published(mine)
    document = json.loads(page(mine, "board.json"))
    v1 = next(path for path in document["files"] if path.startswith("reports/v1"))
    true = page(mine, v1)
    put(mine, v1, "<!-- promoter report -->\nAll is well.\n")
    claimed = {
        **document["files"],
        v1: git(mine, "rev-parse", f"{BOARD}:{v1}"),
        "reports/ghost.md": "a" * 40,
    }
    put(mine, "board.json", json.dumps({**document, "files": claimed}))
    published(mine)
    assert page(mine, v1) == true
    assert "reports/ghost.md" not in files(mine)
    assert tree(mine) == tree(mine, first.commit)
    assert git(mine, "fsck", "--strict", "--no-dangling") == ""


@pytest.mark.parametrize("mode", ["100644", "120000", "160000"])
def test_what_somebody_put_where_the_reports_belong_gives_way(mine: Path, mode: str) -> None:
    first = published(mine)
    for path in [each for each in files(mine) if each.startswith("reports/")]:
        put(mine, path, None)
    blob = git(mine, "hash-object", "-w", "--stdin", given=b"../elsewhere")
    oid = git(mine, "rev-parse", "main") if mode == "160000" else blob
    kind = "commit" if mode == "160000" else "blob"
    listing = f"{git(mine, 'ls-tree', BOARD)}\n{mode} {kind} {oid}\treports\n"
    changed = git(mine, "mktree", given=listing.encode())
    commit = git(mine, "commit-tree", "--no-gpg-sign", changed, "-p", BOARD, "-m", "in the way")
    git(mine, "update-ref", f"refs/heads/{BOARD}", commit)
    published(mine)
    assert tree(mine) == tree(mine, first.commit)


def test_a_trail_that_does_not_verify_is_not_published(mine: Path) -> None:
    empty = git(mine, "hash-object", "-t", "tree", "-w", "/dev/null")
    gone = git(mine, "commit-tree", empty, "-p", TRAIL, "-m", "gone")
    git(mine, "update-ref", f"refs/heads/{TRAIL}", gone)
    with pytest.raises(TrailUntrusted):
        published(mine, push=True)
    assert git(mine, "branch", "--list", BOARD) == ""


def test_where_no_trail_is_there_is_no_board(tmp_path: Path, alice: Signer) -> None:
    with pytest.raises(CannotAct):
        published(shop(tmp_path / "new", alice))


@pytest.mark.parametrize(
    ("prepare", "branch", "wrong"),
    [
        (["worktree", "add", "-q", "--detach", "../elsewhere"], TRAIL, UsageError),
        (["branch", "promoter-board", "main"], "promoter-board/x", CannotAct),
        (["status"], "a..b", UsageError),
        (["status"], "-f", UsageError),
    ],
)
def test_where_no_board_can_be_nothing_is_written(
    mine: Path, prepare: list[str], branch: str, wrong: type[Exception]
) -> None:
    git(mine, *prepare)
    with pytest.raises(wrong):
        published(mine, branch=branch)


def test_a_board_that_is_checked_out_is_left_alone(mine: Path) -> None:
    first = published(mine)
    git(mine, "worktree", "add", "-q", str(mine.parent / "board"), BOARD)
    says(mine)
    with pytest.raises(CannotAct):
        published(mine)
    assert git(mine, "rev-parse", BOARD) == first.commit


def test_where_git_signs_the_board_is_signed_and_where_it_does_not_it_is_not(
    mine: Path, theirs: Path
) -> None:
    published(mine)
    published(theirs)
    assert "gpgsig" in git(mine, "cat-file", "commit", BOARD)
    assert "gpgsig" not in git(theirs, "cat-file", "commit", BOARD)


def test_two_clones_push_to_one_board_and_the_second_finds_it_done(mine: Path, theirs: Path) -> None:
    hub = mine.parent / "hub.git"
    first = published(mine, push=True)
    assert git(hub, "rev-parse", BOARD) == first.commit
    again = published(theirs, push=True)
    assert (again.commit, again.changed) == (first.commit, ())
    says(mine)
    with at_work(mine) as workspace:
        sync(workspace)
    with at_work(theirs) as workspace:
        sync(workspace)
    second = published(theirs, push=True)
    assert published(mine, push=True).commit == second.commit == git(hub, "rev-parse", BOARD)
    assert git(hub, "rev-parse", f"{BOARD}^") == first.commit


def test_an_older_trail_never_sets_the_board_back(mine: Path, theirs: Path) -> None:
    hub = mine.parent / "hub.git"
    says(mine)
    with at_work(mine) as workspace:
        sync(workspace)
    newest = published(mine, push=True)
    with pytest.raises(CannotAct) as refused:
        published(theirs, push=True)
    assert refused.value.remedy is not None
    assert "promoter sync" in Language().say(refused.value.remedy)
    assert git(hub, "rev-parse", BOARD) == newest.commit
    with at_work(theirs) as workspace:
        sync(workspace)
    assert published(theirs, push=True).commit == newest.commit


def test_two_that_were_published_apart_become_one(mine: Path, theirs: Path) -> None:
    hub = mine.parent / "hub.git"
    published(mine)
    published(theirs)
    assert git(mine, "rev-parse", BOARD) != git(theirs, "rev-parse", BOARD)
    published(theirs, push=True)
    done = published(mine, push=True)
    assert done.commit == git(hub, "rev-parse", BOARD) == git(theirs, "rev-parse", BOARD)


def test_what_somebody_pushed_meanwhile_is_built_upon_and_never_lost(mine: Path, theirs: Path) -> None:
    """The remote's board moves between being looked at and being pushed to."""
    hub = mine.parent / "hub.git"
    published(mine, push=True)
    git(theirs, "fetch", "-q", "origin", f"{BOARD}:{BOARD}")
    put(theirs, "CNAME", "board.example.org\n")
    edit = git(theirs, "rev-parse", BOARD)
    says(mine)
    hook = mine / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\n[ -e '{mine.parent}/once' ] && exit 0\ntouch '{mine.parent}/once'\n"
        f"git -C '{theirs}' push -q '{hub}' {BOARD}:{BOARD}\n"
    )
    hook.chmod(0o755)
    done = published(mine, push=True)
    assert git(hub, "rev-parse", BOARD) == done.commit
    assert git(hub, "merge-base", "--is-ancestor", edit, BOARD) == ""
    assert "CNAME" in files(hub)


def test_a_board_on_the_remote_that_is_none_is_left_alone(mine: Path) -> None:
    hub = mine.parent / "hub.git"
    git(mine, "push", "-q", "origin", f"main:refs/heads/{BOARD}")
    with pytest.raises(Refused):
        published(mine, push=True)
    assert git(hub, "rev-parse", BOARD) == git(mine, "rev-parse", "main")
    assert git(mine, "branch", "--list", BOARD) == ""


def test_offline_it_is_published_here_and_pushed_later(mine: Path) -> None:
    hub = mine.parent / "hub.git"
    hub.rename(hub.with_name("away.git"))
    with pytest.raises(CannotAct) as failed:
        published(mine, push=True)
    here = git(mine, "rev-parse", BOARD)
    assert here[:12] in Language().say(failed.value.wrong)
    hub.with_name("away.git").rename(hub)
    assert published(mine, push=True).commit == here == git(hub, "rev-parse", BOARD)


def test_a_remote_that_says_no_is_explained(mine: Path) -> None:
    hook = mine.parent / "hub.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'GH006: Protected branch update failed' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(SyncRefused) as refused:
        published(mine, push=True)
    assert refused.value.code == "sync-branch-protected"


def test_a_board_that_a_plain_fetch_brought_is_built_upon(mine: Path, place: Path) -> None:
    first = published(mine, push=True)
    fresh = place / "fresh"
    git(place, "clone", "-q", str(place / "hub.git"), str(fresh))
    become(fresh, Signer("Board", "board@example.org", Path(), "", ""), signing=False)
    says(mine)
    with at_work(mine) as workspace:
        sync(workspace)
    with at_work(fresh) as workspace:
        sync(workspace)
        done = publish(workspace)
    assert git(fresh, "rev-parse", f"{done.commit}^") == first.commit


def test_a_bare_clone_with_nothing_but_the_trail_can_publish_it(mine: Path, place: Path) -> None:
    published(mine)
    only = place / "only.git"
    git(place, "clone", "-q", "--bare", str(place / "hub.git"), str(only))
    git(only, "config", "user.name", "Board")
    git(only, "config", "user.email", "board@example.org")
    published(only)
    assert tree(only) == tree(mine)


def _bad_template(directory: Path) -> None:
    (directory / "templates").mkdir()
    (directory / "templates" / "report.md.j2").write_text("{{ ''.__class__ }}")


def test_a_report_that_cannot_be_made_is_said_and_the_board_is_published_without_it(mine: Path) -> None:
    _bad_template(mine)
    with at_work(mine) as workspace:
        odd = open_promotion(workspace, "staging-to-preprod", "v4").standing.promotion.id
        done = publish(workspace)
    assert [each for each, _ in done.left_out] == [odd]
    assert not [path for path in files(mine) if odd in path]
    assert "There is no report." in page(mine)


HOSTILE = (
    "x | <script>alert(1)</script> ![i](https://evil.example/x.png) [a](javascript:alert(1)) @all \u202e"
)


@pytest.mark.parametrize("act", [lambda w: reject(w, None, "training", HOSTILE)])
def test_hostile_words_make_no_markup_links_or_rows(mine: Path, act: Callable[[Workspace], object]) -> None:
    before = published(mine)
    rows = page(mine).count("\n|")
    with at_work(mine) as workspace:
        abandon(workspace, None, HOSTILE)
        open_promotion(workspace, "staging-to-preprod", f"v5 {HOSTILE[:60]}")
        reject(workspace, None, "rollback", HOSTILE)
        act(workspace)
        publish(workspace)
    shown = page(mine)
    assert "\u202e" not in shown
    html = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(shown)
    assert [bad for bad in ("<script", "<img", 'href="javascript', 'href="http') if bad in html] == []
    assert shown.count("\n|") == rows + 1
    assert before.commit != git(mine, "rev-parse", BOARD)


def test_a_trail_that_only_verify_finds_wanting_is_not_published_either(mine: Path) -> None:
    """A promotion that names a copy which is not there."""
    with at_work(mine) as workspace:
        opened = status(workspace).promotion.opened.entry
        assert isinstance(opened.content, Opened)
        assert opened.subject is not None
        ghost = replace(
            opened,
            id=new_ulid(workspace.now()),
            subject=replace(opened.subject, promotion="v9-preprod-000000"),
            content=replace(opened.content, template=Pinned("t", "sha256:" + "0" * 64)),
        )
        workspace.trail.append(ghost, {})
    with pytest.raises(TrailUntrusted):
        published(mine)
    assert git(mine, "branch", "--list", BOARD) == ""


def test_a_local_branch_that_is_no_board_stays_though_the_remote_has_one(mine: Path, theirs: Path) -> None:
    published(mine, push=True)
    git(theirs, "branch", BOARD, "main")
    with pytest.raises(Refused):
        published(theirs, push=True)
    assert git(theirs, "rev-parse", BOARD) == git(theirs, "rev-parse", "main")


def test_what_is_on_hold_or_waived_is_on_the_board(tmp_path: Path) -> None:
    claimed = shop(tmp_path / "claimed")
    with at_work(claimed) as workspace:
        open_promotion(workspace, "staging-to-preprod", "v1")
        hold(workspace, "incident | 12", environment="preprod")
    git(claimed, "config", "user.email", "bob@example.com")
    with at_work(claimed) as workspace:
        waive(workspace, None, "accounts", until="7d", reason="vault moves")
        publish(workspace)
    shown = page(claimed)
    assert re.search(
        r"## On hold\n\n.*\n.*\n\| preprod \| any \| .*, Nobody Signs \| incident \\\| 12 \|", shown
    )
    assert re.search(
        r"\| The accounts are known \| waived \| waived by Nobody Signs until .*: vault moves \|", shown
    )
    assert "CLAIMED, NOT SIGNED" in shown


def test_the_remotes_board_is_built_upon_as_it_was_seen_and_no_later_one_is_lost(
    mine: Path, theirs: Path
) -> None:
    """The remote's board moves after it was fetched and before the push begins: while the commit is signed."""
    hub = mine.parent / "hub.git"
    published(mine, push=True)
    git(theirs, "fetch", "-q", "origin", f"{BOARD}:{BOARD}")
    edit = put(theirs, "CNAME", "board.example.org\n")
    says(mine)
    signer = mine.parent / "signer"
    signer.write_text(
        f"#!/bin/sh\n[ -e '{mine.parent}/once' ] || git -C '{theirs}' push -q '{hub}' {BOARD}:{BOARD}\n"
        f"touch '{mine.parent}/once'\nexec ssh-keygen \"$@\"\n"
    )
    signer.chmod(0o755)
    git(mine, "config", "gpg.ssh.program", str(signer))
    done = published(mine, push=True)
    assert git(hub, "rev-parse", BOARD) == done.commit
    assert git(hub, "merge-base", "--is-ancestor", edit, BOARD) == ""


def test_the_branch_is_called_what_nothing_else_is(mine: Path) -> None:
    published(mine, push=True)
    published(mine, push=True)
    assert "ambiguous" not in git(mine, "-c", "core.warnAmbiguousRefs=true", "rev-parse", BOARD, TRAIL)
    assert git(mine, "rev-parse", BOARD) == git(mine, "rev-parse", f"refs/heads/{BOARD}")


@pytest.mark.parametrize(("key", "stays"), [("alice", True), ("bob", False), ("carol", False), (None, False)])
def test_a_fresh_clone_takes_old_reports_only_from_a_board_that_whoever_publishes_signed_themselves(
    mine: Path, place: Path, key: str | None, stays: bool
) -> None:
    """An older promoter wrote the report otherwise."""
    published(mine)
    if key == "carol":
        make_signer(place / "keys", "Carol Petit", "carol@example.com")
    document = json.loads(page(mine, "board.json"))
    v1 = next(path for path in document["files"] if path.startswith("reports/v1"))
    put(mine, v1, "As an older version wrote it.\n")
    document["files"][v1] = git(mine, "rev-parse", f"{BOARD}:{v1}")
    put(mine, "board.json", json.dumps(document))
    git(mine, "config", "user.signingkey", str(place / "keys" / (key or "alice")))
    signing = "-S" if key else "--no-gpg-sign"
    commit = git(mine, "commit-tree", signing, f"{BOARD}^{{tree}}", "-p", BOARD, "-m", "board")
    git(mine, "update-ref", f"refs/heads/{BOARD}", commit)
    git(mine, "update-ref", "-d", f"refs/promoter/published/{BOARD}")
    git(mine, "config", "user.signingkey", str(place / "keys" / "alice"))
    published(mine)
    assert (page(mine, v1) == "As an older version wrote it.") is stays


@pytest.mark.parametrize(("key", "stays"), [("alice", True), ("bob", False), (None, False)])
def test_a_page_that_somebody_else_added_as_promoters_goes_when_the_trail_does_not_make_it(
    mine: Path, place: Path, key: str | None, stays: bool
) -> None:
    """An older promoter of one's own may have made what is not made any more; another's may be made up."""
    first = published(mine)
    document = json.loads(page(mine, "board.json"))
    added = "reports/v9-preprod-000000.md"
    put(mine, added, "v9 was promoted, and Alice signed everything off.\n")
    put(mine, "notes.txt", "somebody's own\n")
    document["files"][added] = git(mine, "rev-parse", f"{BOARD}:{added}")
    put(mine, "board.json", json.dumps(document))
    git(mine, "config", "user.signingkey", str(place / "keys" / (key or "alice")))
    signing = "-S" if key else "--no-gpg-sign"
    commit = git(mine, "commit-tree", signing, f"{BOARD}^{{tree}}", "-p", BOARD, "-m", "board")
    git(mine, "update-ref", f"refs/heads/{BOARD}", commit)
    git(mine, "config", "user.signingkey", str(place / "keys" / "alice"))
    again = published(mine)
    assert (added in files(mine)) is stays
    assert (added in json.loads(page(mine, "board.json"))["files"]) is stays
    assert again.overwritten == (() if stays else (added,))
    assert page(mine, "notes.txt") == "somebody's own"
    assert set(files(mine, first.commit)) <= set(files(mine))
    assert published(mine).overwritten == ()
    assert git(mine, "fsck", "--strict", "--no-dangling") == ""


def test_a_reason_as_long_as_a_page_takes_one_line_of_the_board(mine: Path) -> None:
    with at_work(mine) as workspace:
        reject(workspace, None, "accounts", "many\nlines " * 1500)
        publish(workspace)
    [row] = [line for line in page(mine).splitlines() if "many lines" in line]
    assert len(row) < 500
    assert "…" in row
