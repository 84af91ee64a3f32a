"""What is pinned is copied onto the trail: nothing that only this machine has gets there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from promoter.errors import Refused
from promoter.usecases.opening import open_promotion
from tests.support.git_repositories import Signer, git
from tests.support.shop_floor import at_work, shop
from tests.support.tls_servers import Wanted, make

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nalices-very-own\n-----END OPENSSH PRIVATE KEY-----\n"
SECRET = "DB_PASSWORD=hunter2hunter2\n"


def linked_template(directory: Path, private: Path) -> None:
    (directory / "templates").mkdir()
    (directory / "templates" / "report.md.j2").symlink_to(private)


def linked_templates(directory: Path, private: Path) -> None:
    (private.parent / "report.md.j2").write_text(SECRET)
    (directory / "templates").symlink_to(private.parent)


def linked_within(directory: Path, private: Path) -> None:
    (directory / "templates").mkdir()
    (directory / "templates" / "report.md.j2").symlink_to("../.env.preprod")


def key_as_template(directory: Path, private: Path) -> None:
    (directory / "templates").mkdir()
    (directory / "templates" / "report.md.j2").write_text(KEY)


def ignored_template(directory: Path, private: Path) -> None:
    (directory / "templates").mkdir()
    (directory / "templates" / "report.md.j2").write_text("# mine\n")
    (directory / ".git" / "info").mkdir(exist_ok=True)
    (directory / ".git" / "info" / "exclude").write_text("templates/\n")


def with_ca(directory: Path) -> None:
    pipeline = directory / "checklists" / "pipeline.yaml"
    text = pipeline.read_text().replace(
        "    data: real\n", "    data: real\n    network: {ca_file: ca.pem}\n"
    )
    pipeline.write_text(text)


def linked_ca(directory: Path, private: Path) -> None:
    with_ca(directory)
    (directory / "checklists" / "ca.pem").symlink_to(private)


def variables_as_ca(directory: Path, private: Path) -> None:
    with_ca(directory)
    (directory / "checklists" / "ca.pem").write_text(SECRET)


def certificate_and_more_as_ca(directory: Path, private: Path) -> None:
    with_ca(directory)
    pem = make(Wanted(name="Root", authority=True)).pem.decode()
    (directory / "checklists" / "ca.pem").write_text(pem + SECRET)


@pytest.mark.parametrize(
    "attack",
    [
        linked_template,
        linked_templates,
        linked_within,
        key_as_template,
        ignored_template,
        linked_ca,
        variables_as_ca,
        certificate_and_more_as_ca,
    ],
)
def test_nothing_private_is_copied_onto_the_trail(
    attack: Callable[[Path, Path], None], tmp_path: Path, alice: Signer
) -> None:
    directory = shop(tmp_path / "shop", alice)
    private = tmp_path / "elsewhere" / "id_ed25519"
    private.parent.mkdir()
    private.write_text(KEY)
    attack(directory, private)
    with at_work(directory) as workspace, pytest.raises(Refused, match="not copied onto the trail"):
        open_promotion(workspace, "staging-to-preprod", "v1")
    assert git(directory, "for-each-ref", "refs/heads/promoter/trail") == "" or not any(
        "opened" in each for each in git(directory, "ls-tree", "-r", "--name-only", "promoter/trail").split()
    )


def test_certificates_and_a_template_of_one_s_own_are(tmp_path: Path, alice: Signer) -> None:
    directory = shop(tmp_path / "shop", alice)
    with_ca(directory)
    roots = [make(Wanted(name=name, authority=True)).pem.decode() for name in ("One", "Two")]
    (directory / "checklists" / "ca.pem").write_text("# One\n" + roots[0] + "\n# Two\n" + roots[1])
    (directory / "templates").mkdir()
    (directory / "templates" / "report.md.j2").write_text("# {{ release.name }}\n")
    with at_work(directory) as workspace:
        assert (
            open_promotion(workspace, "staging-to-preprod", "v1").standing.promotion.pinned.ca_file
            is not None
        )
