"""Those who wrote a release do not approve it: told at once, refused, warned of, on a real repository."""

from pathlib import Path

from promoter.model.entry import EntryType, SignedOff
from promoter.usecases.drafting import write
from promoter.usecases.standing import status
from tests.support.command_line import promoter
from tests.support.git_repositories import Signer, become, git
from tests.support.shop_floor import at_work
from tests.support.small_shop import make_shop, set_variables


def with_rule(shop: Path, rule: str) -> None:
    pipeline = shop / "checklists" / "pipeline.yaml"
    words = f'    data: real\n    separation: {{opener: "off", authors: "{rule}"}}\n'
    pipeline.write_text(pipeline.read_text().replace("    data: real\n", words))
    git(shop, "add", ".")
    git(shop, "commit", "-q", "--no-gpg-sign", "-m", "Rule")


def test_an_author_is_told_at_once_refused_and_somebody_else_opens_the_gate(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make_shop(
        tmp_path / "shop", (alice, ("operations", "security")), (bob, ("operations", "security"))
    )
    with_rule(shop, "on")
    assert (
        promoter(
            "-C", shop, "adopt", "preprod", "--release", "v1", "--commit", "HEAD", "-m", "in service"
        ).code
        == 0
    )
    become(shop, bob)
    git(shop, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "Sell more")
    git(shop, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "Sell even more")
    assert promoter("-C", shop, "adopt", "staging", "--release", "v2", "-m", "in service").code == 0
    opened = promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2")
    assert opened.code == 0, opened.err
    set_variables(shop)
    promoter("-C", shop, "run")
    for item in (("rollback",), ("accounts", "--field", "kept=vault")):
        signed = promoter("-C", shop, "sign", *item)
        assert (signed.code, "they wrote 2 of its commits" in signed.err) == (1, True)
        with at_work(shop) as workspace:
            standing = status(workspace)
            asked = next(each.item for each in standing.decision.items if each.item.id == item[0])
            write(
                workspace,
                EntryType.SIGNED_OFF,
                SignedOff(fields={"kept": "vault"}),
                promotion=standing.promotion,
                item=asked,
            )
    gate = promoter("-C", shop, "status", "--gate")
    assert gate.code == 5
    assert "they wrote 2 of its commits" in gate.out
    document = promoter("-C", shop, "--json", "status").document
    assert "sign-off-by-author" in {each["code"] for each in document["gate"]["reasons"]}
    become(shop, alice)
    assert promoter("-C", shop, "sign", "rollback").code == 0
    assert promoter("-C", shop, "sign", "accounts", "--field", "kept=vault").code == 0
    assert promoter("-C", shop, "status", "--gate").code == 0
    promoted = promoter("-C", shop, "promote")
    assert promoted.code == 0, promoted.err
    report = promoter("-C", shop, "report").out
    assert "authors may not sign" in report

    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{shop}", str(clone))
    git(clone, "fetch", "-q", "origin", "promoter/trail:promoter/trail")
    judged = promoter("-C", clone, "status", "--gate", "-p", "v2")
    assert judged.code == 1, judged.out
    assert "nobody can tell who wrote the release" in judged.out
    git(clone, "fetch", "-q", "--unshallow", "origin")
    assert promoter("-C", clone, "status", "--gate", "-p", "v2").code == 0


def test_an_author_who_only_approves_or_waives_is_told_of_where_separation_warns(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    rules = (
        "checklist: staging-to-preprod\nfrom: staging\nto: preprod\nwaivers: {roles: [security]}\n"
        "approvals: {roles: [security]}\nitems:\n"
        "  - {id: a, title: A, sign_off: {roles: [operations]}}\n  - {id: b, title: B, sign_off: {}}\n"
    )
    shop = make_shop(tmp_path / "shop", (alice, ("operations",)), (bob, ("security",)), checklist=rules)
    with_rule(shop, "warn")
    adopted = ("adopt", "preprod", "--release", "v1", "--commit", "HEAD", "-m", "in service")
    assert promoter("-C", shop, *adopted).code == 0
    become(shop, bob)
    git(shop, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "Sell more")
    become(shop, alice)
    assert promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2").code == 0
    become(shop, bob)
    assert promoter("-C", shop, "approve").code == 0
    assert "approved it as well" in promoter("-C", shop, "status").err + promoter("-C", shop, "status").out
    assert promoter("-C", shop, "waive", "a", "--until", "2d", "-m", "late").code == 0
    words = promoter("-C", shop, "status").out
    assert "Bob" in words
    assert "let items be as well: a" in " ".join(words.split())


def test_opening_says_at_once_that_nobody_is_left_who_could_sign(
    tmp_path: Path, alice: Signer, bob: Signer
) -> None:
    shop = make_shop(tmp_path / "shop", (alice, ("operations",)), (bob, ("security",)))
    with_rule(shop, "on")
    assert (
        promoter(
            "-C", shop, "adopt", "preprod", "--release", "v1", "--commit", "HEAD", "-m", "in service"
        ).code
        == 0
    )
    become(shop, bob)
    git(shop, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "Sell more")
    become(shop, alice)
    opened = promoter("-C", shop, "open", "staging-to-preprod", "--release", "v2")
    assert opened.code == 0, opened.err
    assert "0 people could sign as security" in opened.err
    assert "Bob Durand wrote one of its commits" in opened.err
    assert "Alice" not in opened.err.replace("opened by Alice", "")


def test_where_authors_are_only_warned_of_the_gate_opens_and_the_report_says_who(
    tmp_path: Path, alice: Signer
) -> None:
    shop = make_shop(tmp_path / "shop", (alice, ("operations", "security")))
    with_rule(shop, "warn")
    assert promoter("-C", shop, "adopt", "staging", "--release", "v1", "-m", "in service").code == 0
    assert promoter("-C", shop, "open", "staging-to-preprod", "--release", "v1").code == 0
    assert promoter("-C", shop, "sign", "rollback").code == 0
    status = promoter("-C", shop, "status")
    assert "Alice Martin wrote one of its commits and signed it off as well" in status.out + status.err
    assert "wrote one of its commits" in promoter("-C", shop, "report").out
