"""The embedded Passe Marché, and how a check in a test gets there."""

import contextlib
from collections.abc import Collection, Iterator
from pathlib import Path

from promoter.demo.flaws import Flaw
from promoter.demo.service import EmbeddedService, Hosts
from promoter.model.reference import Value

HOSTS = Hosts(
    application="preprod.passemarche.data.gouv.fr",
    demonstration_editor="preprod.editeur.passemarche.data.gouv.fr",
    receiver="preprod.plateforme.example",
)


@contextlib.contextmanager
def passe_marche(folder: Path, flaws: Collection[Flaw] = ()) -> Iterator[EmbeddedService]:
    """Serves one environment, its roots in `demo.pem` of the folder."""
    with EmbeddedService({"preprod": HOSTS}, flaws={"preprod": flaws}) as service:
        (folder / "demo.pem").write_bytes(service.ca_pem)
        yield service


def reaching(service: EmbeddedService) -> dict[str, Value]:
    """The fields with which a check gets there."""
    return {"connect_to": f"127.0.0.1:{service.port}", "ca_file": "demo.pem"}
