"""The roster as the pipeline proposes it: people, their roles and their public keys."""

from datetime import UTC, datetime, timedelta

from promoter.checklist.forms import (
    Form,
    Schema,
    judged,
    list_of,
    mapped,
    optional,
    record,
    required,
)
from promoter.checklist.keys import SSH_TYPES, gpg_key, ssh_key, x509_key
from promoter.checklist.leaves import choice, converted, declaring, line, matching, slug, written
from promoter.checklist.nodes import Node, Table
from promoter.checklist.reporting import Report
from promoter.messages import N_, phrase
from promoter.model.authors import folded
from promoter.model.roster import Key, Person, PersonClass, Roster

_NOT_AN_EMAIL = phrase(N_("must be an e-mail address"))
_NOT_A_KEY = phrase(
    N_(
        "must be a public SSH key that can sign (ssh-ed25519 AAAA…), or {{gpg: …}} with an armoured public GPG key, or {{x509: …}} with a certificate in PEM"
    )
)
_NOT_A_TIME = phrase(N_("must be a day (2026-11-28), or a time with its zone (2026-11-28T18:00:00+01:00)"))

_email = declaring(
    "email",
    matching(r"[^\s@<>\x00-\x1f\x7f]{1,200}@[^\s@<>\x00-\x1f\x7f]{1,200}", "not-an-email", _NOT_AN_EMAIL),
    same=folded,
)
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?"
_time = matching(_TIME, "not-a-time", _NOT_A_TIME)


def _start(word: str) -> datetime:
    moment = datetime.fromisoformat(word)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _end(word: str) -> datetime:
    """A day counts whole: it ends where the next begins."""
    whole_day = timedelta(days=1) if len(word) == len("2026-11-28") else timedelta()
    try:
        return _start(word) + whole_day
    except OverflowError as cause:
        raise ValueError("beyond the last day there is") from cause


def _read_key(node: Node, report: Report) -> Key:
    certificate = isinstance(node, Table) and "x509" in node.keys()  # noqa: SIM118 - of a YAML mapping
    form = _certificate if certificate else _armoured
    text = form.read(node, report) if isinstance(node, Table) else written(node, report)
    if "PRIVATE KEY" in text:
        words = phrase(
            N_("this is a private key: take it out of this file and of git's history, and make a new one")
        )
        report.refuse(node.place, "private-key", words)
    try:
        read = (x509_key if certificate else gpg_key) if isinstance(node, Table) else ssh_key
        key = read(text)
    except ValueError:
        report.refuse(node.place, "not-a-key", _NOT_A_KEY)
    report.declare("key", key.id, node.place)
    return key


def _key_schema() -> Schema:
    types = "|".join(each.replace(".", "[.]") for each in SSH_TYPES)
    return {
        "anyOf": [
            {"type": "string", "pattern": f"^\\s*({types})\\s+[A-Za-z0-9+/]+"},
            _armoured.schema(),
            _certificate.schema(),
        ]
    }


_armoured = record(
    str,
    required(
        "gpg",
        Form(written, lambda: {"type": "string", "pattern": "BEGIN PGP PUBLIC KEY BLOCK"}),
        "An armoured public key, as gpg --armor --export prints it",
        into="object",
    ),
)
_certificate = record(
    str,
    required(
        "x509",
        Form(written, lambda: {"type": "string", "pattern": "BEGIN CERTIFICATE"}),
        "A certificate in PEM, as gpgsm --armor --export prints it",
        into="object",
    ),
)


def _lives(person: Person, node: Node, report: Report) -> None:
    if person.valid_from and person.valid_until and person.valid_from >= person.valid_until:
        report.wrong(node.place, "never-valid", phrase(N_("'until' is not after 'from'")))


_person = judged(
    record(
        Person,
        required("id", declaring("person"), "How entries and reports call them"),
        required("name", line, "Their name"),
        required("emails", list_of(_email, at_least=1), "The addresses they commit with"),
        optional("roles", list_of(slug), "What they may sign as; roster-admin may change the roster", ()),
        optional("keys", list_of(Form(_read_key, _key_schema)), "The public keys they sign with", ()),
        optional(
            "class",
            choice(PersonClass),
            "A machine records outcomes and signs nothing off",
            PersonClass.PERSON,
            into="person_class",
        ),
        optional(
            "from",
            converted(_time, _start, "not-a-time", _NOT_A_TIME),
            "From when they count",
            into="valid_from",
        ),
        optional(
            "until",
            converted(_time, _end, "not-a-time", _NOT_A_TIME),
            "Until when they count; a day counts whole",
            into="valid_until",
        ),
    ),
    _lives,
)
roster: Form[Roster] = mapped(list_of(_person), Roster)
