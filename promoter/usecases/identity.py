"""Who is at the keyboard: as git names them, and as the roster knows them."""

from pathlib import Path

from promoter.frozen import frozen
from promoter.messages import N_, Phrase, phrase
from promoter.model.authors import folded
from promoter.model.roster import Actor, Roster
from promoter.trail.identity import GitIdentity, git_identity
from promoter.usecases.workspace import Workspace


@frozen
class Identity:
    """Who would write, and how. `signing` when git will sign; `interactive` when the key may ask for a
    passphrase or a touch, so that a full-screen program must step aside first."""

    actor: Actor
    roles: tuple[str, ...]
    signing: bool
    key_description: str | None
    interactive: bool
    on_roster: bool


def identity(workspace: Workspace) -> Identity:
    """The person git is configured for, as the roster in force knows them.

    Raises CannotAct when git has no name and e-mail to write with.
    """
    return seen_by(
        workspace.state.roster or workspace.pipeline_unruled.roster, git_identity(workspace.repository)
    )


def seen_by(roster: Roster, git: GitIdentity) -> Identity:
    """Git's identity as a roster knows it: both the key and the e-mail must be the same person's."""
    owner = roster.owner_of(git.key_id) if git.key_id else None
    known = owner is not None and git.email in owner.emails
    if owner is not None and known:
        actor = Actor(owner.id, owner.name, git.email, git.key_id, owner.person_class)
        roles = owner.roles
    else:
        actor = Actor(folded(git.email), git.name, git.email, git.key_id)
        roles = ()
    return Identity(
        actor=actor,
        roles=roles,
        signing=git.signing,
        key_description=git.key_description,
        interactive=git.interactive,
        on_roster=known,
    )


def how_to_sign() -> Phrase:
    """What to run, in one line, so that git signs: with the SSH key that is there, else with a new one."""
    there = next((each for each in _USUAL_KEYS if _exists(f"{each}.pub")), None)
    if there is not None:
        return phrase(
            N_(
                "run: git config gpg.format ssh && git config user.signingkey {key}.pub && git config commit.gpgsign true"
            ),
            key=there,
        )
    return phrase(
        N_(
            "run: ssh-keygen -t ed25519 -f {key} && git config gpg.format ssh && git config user.signingkey {key}.pub && git config commit.gpgsign true"
        ),
        key=_USUAL_KEYS[0],
    )


_USUAL_KEYS = ("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa")


def _exists(path: str) -> bool:
    try:
        return Path(path).expanduser().is_file()
    except (OSError, RuntimeError):
        return False
