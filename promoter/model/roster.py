"""Who may sign, with which keys, in which roles."""

from collections.abc import Container
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from promoter.frozen import frozen

ROSTER_ADMIN = "roster-admin"


class PersonClass(StrEnum):
    """Machines record outcomes; they never fill a person's seat."""

    PERSON = "person"
    MACHINE = "machine"


@frozen
class Key:
    """A public key. `id` is `SHA256:…` for SSH, the fingerprint for GPG and `X509:…` for a certificate;
    `public` is the OpenSSH line (`ssh-ed25519 AAAA…`), the armoured GPG key or the certificate in PEM."""

    id: str
    type: str
    public: str


@frozen
class Person:
    """One signer: however many keys and roles, counted once."""

    id: str
    name: str
    emails: tuple[str, ...]
    roles: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    person_class: PersonClass = PersonClass.PERSON
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@frozen
class Roster:
    """The people of a trail. Empty means that sign-offs are claimed, and every answer says so."""

    people: tuple[Person, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.people)

    def person(self, person_id: str) -> Person | None:
        """The person with this id."""
        return next((each for each in self.people if each.id == person_id), None)

    def end_of(self, person_id: str) -> datetime | None:
        """When a person's membership ends, if it does."""
        person = self.person(person_id)
        return person.valid_until if person is not None else None

    def owner_of(self, key_id: str) -> Person | None:
        """The person whose key this is."""
        return next((each for each in self.people if any(key.id == key_id for key in each.keys)), None)

    def without_keys(self, gone: Container[tuple[str, str]]) -> "Roster":
        """The roster less some keys, each named by its person's id and its own."""
        if not any((who.id, key.id) in gone for who in self.people for key in who.keys):
            return self
        return Roster(
            tuple(
                replace(who, keys=tuple(key for key in who.keys if (who.id, key.id) not in gone))
                for who in self.people
            )
        )

    def with_role(self, role: str) -> tuple[Person, ...]:
        """Everyone who has the role."""
        return tuple(each for each in self.people if role in each.roles)


@frozen
class Actor:
    """Who made an entry: the person as the roster knows them, or as git names them."""

    id: str
    name: str
    email: str
    key: str | None = None
    person_class: PersonClass = PersonClass.PERSON
