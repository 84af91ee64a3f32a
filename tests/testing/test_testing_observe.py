"""What the harness for kinds of third parties makes of a check."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest

from promoter.checks.declaration import conclude, kind
from promoter.checks.tcp import Tcp
from promoter.messages import N_, message
from promoter.model.address import HostPort
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.release import Release
from promoter.model.ruling import Ruling
from promoter.redaction import Secret
from promoter.testing import observe, observed
from tests.support.tls_servers import serving


@kind(
    "telling",
    rulings={"told": Ruling(Verdict.PASSED, N_("told"))},
    facts={"said": N_("said")},
    example={"key": "k"},
    timeout=0.2,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Tells what it knows, secrets and all; or never comes to an end."""

    key: Annotated[Secret, N_("A secret it is given")]
    waits: Annotated[bool, N_("Whether it waits for ever")] = False

    async def observe(self, context: Context) -> Outcome:
        token = Secret("t0ken-that-was-issued")
        context.journal.secrets.append(token)
        if self.waits:
            await asyncio.Event().wait()
        name = context.release.name if context.release else "nothing"
        said = f"{self.key.reveal()} {token.reveal()} {name} \x1b[2J {context.root.name}"
        return conclude(self, "told", [Evidence(message("said"), observed=said)])


async def test_a_check_is_observed_beside_its_server() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        await writer.drain()
        writer.close()

    async with serving(greet) as port:
        outcome = await observe(Tcp(address=HostPort("127.0.0.1", port), banner="220 "))
    assert outcome.reason.code == "tcp.accepts"


def test_an_outcome_is_scrubbed_of_what_the_check_was_given_and_came_by(tmp_path: Path) -> None:
    outcome = observed(Telling(key=Secret("g1ven-key")), root=tmp_path, release=Release("v1.4"))
    assert outcome.evidence[0].observed == f"*** *** v1.4 ␛[2J {tmp_path.name}"


def test_what_is_late_or_no_check_raises() -> None:
    with pytest.raises(TimeoutError):
        observed(Telling(key=Secret("g1ven-key"), waits=True))
    with pytest.raises(TypeError, match="@kind"):
        observed(Release("v1"))  # type: ignore[arg-type]
