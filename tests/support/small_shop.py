"""A small shop with a release to promote: a real repository whose checks need no network."""

from pathlib import Path

from tests.support.command_line import Said, promoter
from tests.support.git_repositories import Signer, become, git, make_repository

PIPELINE = """\
pipeline: shop
title: {fr: La boutique, en: The shop}
environments:
  staging:
    urls: {app: https://staging.shop.example}
    data: simulated
  preprod:
    urls: {app: https://preprod.shop.example}
    data: real
    variables:
      from: [{dotenv: .env.preprod}]
      SHOP_URL: {equals: {fact: urls.app}}
      SHOP_SECRET: {secret: true}
transitions: [staging-to-preprod]
"""
CHECKLIST = """\
checklist: staging-to-preprod
from: staging
to: preprod
items:
  - id: variables
    title: {fr: Les variables sont en place, en: The variables are in place}
    checks: [credentials: {}]
  - id: rollback
    title: {fr: Le retour arrière est écrit, en: The way back is written down}
    sign_off: {roles: [operations]}
  - id: accounts
    title: {fr: Les comptes sont connus, en: The accounts are known}
    checks: [credentials: {variables: [SHOP_SECRET]}]
    sign_off: {roles: [security], fields: [{id: kept, title: Where they are kept}]}
  - id: training
    title: {fr: Les équipes sont formées, en: The teams are trained}
    level: advisory
    sign_off: {}
"""
VARIABLES = "SHOP_URL=https://preprod.shop.example\nSHOP_SECRET=7b1e6f04c2a94d33a1f0\n"


def person_line(signer: Signer, *roles: str) -> str:
    """A person as a pipeline's roster has them."""
    name = signer.email.partition("@")[0]
    return (
        f"  - id: {name}\n    name: {signer.name}\n    emails: [{signer.email}]\n"
        f"    roles: [{', '.join(roles)}]\n    keys: [{signer.public}]\n"
    )


def make_shop(directory: Path, *people: tuple[Signer, tuple[str, ...]], checklist: str = CHECKLIST) -> Path:
    """The shop's repository with its checklists and one commit, tagged v1; at the keyboard is the first of the people,
    who are its roster (without any, sign-offs are claimed)."""
    make_repository(directory)
    if people:
        become(directory, people[0][0])
    else:
        git(directory, "config", "user.name", "Nobody Signs")
        git(directory, "config", "user.email", "nobody@example.com")
    roster = "roster:\n" + "".join(person_line(signer, *roles) for signer, roles in people)
    checklists = directory / "checklists"
    checklists.mkdir()
    (checklists / "pipeline.yaml").write_text(PIPELINE + (roster if people else ""), encoding="utf-8")
    (checklists / "staging-to-preprod.yaml").write_text(checklist, encoding="utf-8")
    (directory / ".gitignore").write_text(".env.*\n", encoding="utf-8")
    git(directory, "add", ".")
    git(directory, "commit", "-q", "--no-gpg-sign", "-m", "Open the shop")
    git(directory, "tag", "--no-sign", "v1")
    return directory


def open_v1(shop: Path) -> Said:
    """Opens the promotion of v1 into preprod."""
    return promoter("-C", shop, "open", "staging-to-preprod", "--release", "v1")


def set_variables(shop: Path) -> None:
    """Writes what the checks look for."""
    path = shop / ".env.preprod"
    path.touch(mode=0o600)
    path.write_text(VARIABLES, encoding="utf-8")
