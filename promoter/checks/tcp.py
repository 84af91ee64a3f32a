"""Does a port accept connections?"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from promoter.checks import withheld
from promoter.checks.declaration import conclude, kind
from promoter.messages import N_, Template, message
from promoter.model.address import HostPort
from promoter.model.context import Context
from promoter.model.duration import Duration
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.net.route import Route, mapped_address
from promoter.net.trouble import FACTS, RULINGS, Trouble, fact

_LONGEST_GREETING = 4096

_OWN_RULINGS = {
    "accepts": Ruling(Verdict.PASSED, N_("{address} accepts connections, after {took:duration}")),
    "wrong-greeting": Ruling(
        Verdict.FAILED,
        N_("{address} does not greet as it should"),
        N_("Check that the right service listens on {address}, and that it is ready."),
    ),
    "hung-up": Ruling(
        Verdict.FAILED,
        N_("{address} accepted the connection and closed it without the greeting"),
        N_("Look into the log of the service behind {address}: it, or what stands before it, hangs up."),
    ),
}
_OWN_FACTS: Mapping[str, Template] = {
    "greeting": N_("greeting"),
    "containing": N_("containing “{text}”"),
    "time": N_("time taken"),
    "seconds": N_("{seconds:duration}"),
    "awaiting-greeting": N_("waiting for the greeting of {address}"),
}


@kind(
    "tcp",
    rulings={
        **{code: RULINGS[code] for code in ("name-unknown", "name-not-resolved", "refused", "unreachable")},
        **_OWN_RULINGS,
    },
    facts={**FACTS, **withheld.FACTS, **_OWN_FACTS},
    example={"address": "mail.preprod.example.org:25", "banner": "220 "},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Tcp:
    """A port accepts connections.

    Connects to the address, trying each one that the name stands for, and says which of them answered.
    With `banner`, the service must also send a greeting that contains this text, as mail, SSH and FTP
    servers do; 4096 bytes of it are read. Nothing is ever sent, and no proxy is used.
    """

    address: Annotated[HostPort, N_("The HOST:PORT to connect to")]
    banner: Annotated[str | None, N_("A text that the greeting of the service must contain")] = None
    timeout: Annotated[Duration | None, N_("How long the whole check may take; 10 seconds by default")] = None

    async def observe(self, context: Context) -> Outcome:
        """Connects once, and reads the greeting where one is expected."""
        import asyncio

        from promoter.net.dial import closed_unless_kept, dial

        started = time.perf_counter()
        mapped = mapped_address(self.address, None, context)
        target = mapped or self.address
        seen, _ = context.journal.afresh()
        seen.append(_by_hand(target))
        try:
            sock, address, attempts = await dial(
                Route(target, mapped is not None, None, (), self.address.host), context
            )
        except Trouble as trouble:
            return conclude(self, trouble.code, (*trouble.evidence, *seen), **trouble.parameters)
        with closed_unless_kept(sock):
            took = round(time.perf_counter() - started, 3)
            seen[:] = [
                *attempts,
                fact("address", observed=address),
                fact("time", None, message("seconds", seconds=took)),
                *seen,
            ]
            if self.banner is None:
                return conclude(self, "accepts", seen, address=address, took=took)
            context.journal.doing = message("tcp.awaiting-greeting", address=address)
            received = b""
            while self.banner.encode() not in received and len(received) < _LONGEST_GREETING:
                try:
                    more = await asyncio.get_running_loop().sock_recv(sock, _LONGEST_GREETING - len(received))
                except OSError:
                    more = b""
                if not more:
                    break
                received += more
        right = self.banner.encode() in received
        code = "accepts" if right else "wrong-greeting" if received else "hung-up"
        line = self._greeting(received, right, context)
        return conclude(self, code, (line, *seen), address=address, took=took)

    def _greeting(self, received: bytes, right: bool, context: Context) -> Evidence:
        observed = withheld.shown_text(received.decode("utf-8", "replace"), context)
        verdict = Verdict.PASSED if right else Verdict.FAILED
        return fact("greeting", message("containing", text=self.banner), observed, verdict)


def _by_hand(target: HostPort) -> Evidence:
    return fact("reproduce", observed=f"nc -v {target.host} {target.port}")
