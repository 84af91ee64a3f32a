"""The secrets this process could leak: values of its environment whose names say that they are secret."""

import re
from collections.abc import Iterator, Mapping

from promoter.redaction import Redactor, Secret

_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL|PRIVATE|API_?KEY", re.IGNORECASE)


def known_secrets(environ: Mapping[str, str]) -> Redactor:
    """A redactor for everything in the environment that looks like a secret by its name."""
    return Redactor(secret_values(environ))


def secret_values(environ: Mapping[str, str]) -> Iterator[Secret]:
    """The values of the environment whose names say that they are secret."""
    return (Secret(value) for name, value in environ.items() if _SECRET_NAME.search(name) and value)
