"""Setting a repository up: the checklists, and who may sign."""

import re
from dataclasses import dataclass
from pathlib import Path

from promoter.checklist.keys import as_written
from promoter.checklist.loading import load_checklist
from promoter.errors import CannotAct, Refused
from promoter.messages import N_, phrase
from promoter.model.roster import ROSTER_ADMIN, Key, Person
from promoter.os_words import why_of
from promoter.shipped import shipped
from promoter.trail.identity import git_identity
from promoter.trail.repository import Repository
from promoter.usecases.identity import how_to_sign
from promoter.usecases.settings import Settings
from promoter.usecases.workspace import CHECKLISTS, PIPELINE_FILE, Workspace

_NO_ROSTER = re.compile(r"^roster: \[\].*$", re.MULTILINE)
_ANY_ROSTER = re.compile(r"roster['\"]?\s*:")
_BLOCK_STYLE = re.compile(r"^pipeline:", re.MULTILINE)
_ROSTER_AT_THE_END = re.compile(r"^roster:\n(?:  .*\n)+\Z", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Initialised:
    """What `init` did: files written, files left as they were, and the person put on the roster."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    person: Person | None


def init(directory: Path, *, me: bool) -> Initialised:
    """Copies the shipped checklists into the repository; with `me`, puts you on its roster.

    Where there is a pipeline already, nothing is copied beside it. Raises UsageError for a directory that
    is not there, CannotAct when there is no repository or, with `me`, no
    signing key; nothing is written then; CannotAct too when the files cannot be written.
    """
    with Workspace.open(Settings(directory)) as workspace:
        person = _me(workspace.repository) if me else None
        target = workspace.root / CHECKLISTS
        try:
            written, kept = _copy(target)
            if person is not None:
                enlist(target / PIPELINE_FILE, person)
        except OSError as error:
            raise CannotAct(
                phrase(
                    N_("{path} cannot be written: {why}"),
                    path=str(error.filename or target),
                    why=why_of(error),
                ),
                phrase(N_("move aside what stands there, or have yourself allowed to write there")),
            ) from error
        if person is not None:
            kept = [each for each in kept if each.name != PIPELINE_FILE]
    return Initialised(tuple(written), tuple(kept), person)


def _copy(target: Path) -> tuple[list[Path], list[Path]]:
    if (target / PIPELINE_FILE).exists():
        return [], [target / PIPELINE_FILE]
    target.mkdir(exist_ok=True)
    written, kept = [], []
    for source in sorted(each for each in shipped(CHECKLISTS).iterdir() if each.suffix in (".yaml", ".json")):
        copy = target / source.name
        if copy.exists():
            kept.append(copy)
        else:
            copy.write_bytes(source.read_bytes())
            written.append(copy)
    return written, kept


def _me(repository: Repository) -> Person:
    git = git_identity(repository)
    if not git.signing or git.key_id is None or git.public_key is None:
        raise CannotAct(
            phrase(N_("git has no signing key here, and a roster is a list of keys")),
            how_to_sign(),
        )
    key = Key(git.key_id, git.key_type or "", git.public_key)
    return Person(
        id=re.sub(r"[^a-z0-9]+", "-", git.email.partition("@")[0].lower()).strip("-") or "me",
        name=git.name,
        emails=(git.email,),
        roles=(ROSTER_ADMIN, *_roles_named()),
        keys=(key,),
    )


def _roles_named() -> list[str]:
    roles: set[str] = set()
    for path in sorted(shipped(CHECKLISTS).glob("*-to-*.yaml")):
        checklist, _ = load_checklist(path.read_bytes(), path.name, None, pinned=True)
        for item in checklist.items if checklist else ():
            roles |= set(item.sign_off.roles) if item.sign_off else set()
    return sorted(roles - {ROSTER_ADMIN})


def enlist(pipeline: Path, person: Person) -> None:
    """Adds a person to the roster in a pipeline file, leaving every other line as it is.

    Raises Refused, quoting the lines to add, when the roster is not where `init` leaves it.
    """
    text = pipeline.read_text(encoding="utf-8")
    if re.search(rf"^ *- id: {re.escape(person.id)}$", text, re.MULTILINE):
        raise Refused(
            phrase(N_("{id} is on the roster of {path} already"), id=person.id, path=str(pipeline)),
            phrase(N_("'promoter roster show' lists who may sign")),
        )
    block = roster_block(person)
    if _NO_ROSTER.search(text):
        text = _NO_ROSTER.sub(lambda _: "roster:\n" + block, text, count=1)
    elif _ROSTER_AT_THE_END.search(text):
        text += block + "\n"
    elif _BLOCK_STYLE.search(text) and not _ANY_ROSTER.search(text):
        text = f"{text.rstrip()}\nroster:\n{block}\n"
    else:
        raise Refused(
            phrase(N_("{path} has a roster already"), path=str(pipeline)),
            phrase(N_("add yourself to it:\n{block}"), block=block),
        )
    pipeline.write_text(text, encoding="utf-8")


def roster_block(person: Person) -> str:
    """A person as the pipeline's roster writes them."""
    import yaml

    key = person.keys[0]
    written = {
        "id": person.id,
        "name": person.name,
        "emails": list(person.emails),
        "roles": list(person.roles),
        "keys": [as_written(key)],
    }
    dumped = yaml.safe_dump([written], allow_unicode=True, sort_keys=False, width=200)
    return "".join(f"  {line}\n" for line in dumped.splitlines()).rstrip("\n")
