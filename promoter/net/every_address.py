"""Judging each address of a name, not only the first that answers: one of them may be broken."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from promoter.messages import N_, Message, Parameter, message
from promoter.model.address import HostPort
from promoter.model.context import Context
from promoter.model.outcome import Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import Trouble

RULINGS: Mapping[str, Ruling] = {
    "an-address-fails": Ruling(
        Verdict.FAILED,
        N_("{address}, one of {count} addresses: {why}"),
        N_("Correct the server at {address}, or take the address out of the DNS; the evidence names each."),
    ),
    "an-address-is-unknown": Ruling(
        Verdict.ERRORED,
        N_("{address}, one of {count} addresses: {why}"),
        N_("Run the check where {address} can be reached, or ask for one family only in `addresses`."),
    ),
    "an-address-warns": Ruling(
        Verdict.WARNED,
        N_("{address}, one of {count} addresses: {why}"),
        N_("Correct the server at {address}; the evidence names each address."),
    ),
    "proxy-looks-up": Ruling(
        Verdict.ERRORED,
        N_("{host} is not known here: the proxy {proxy} looks it up, and its addresses are not to be had"),
        N_("Ask for `first` in `addresses`, or run the check where {host} can be looked up."),
    ),
    "no-answer": Ruling(
        Verdict.ERRORED,
        N_("{address} gave no answer in time, while {doing}"),
        N_("Run it again; if the service is merely slow, raise the check's `timeout`."),
    ),
}
_CODES = {
    Verdict.FAILED: "an-address-fails",
    Verdict.ERRORED: "an-address-is-unknown",
    Verdict.SKIPPED: "an-address-is-unknown",
    Verdict.WARNED: "an-address-warns",
}
_SHARE = 0.9


async def judge_each(
    addresses: Sequence[HostPort], judge: Callable[[HostPort, Context], Awaitable[Outcome]], context: Context
) -> Outcome:
    """What they come to when each is judged, side by side: the outcome of the first, with the evidence for
    all, when every one passes.

    Raises Trouble, with a code of `RULINGS`, for the worst that does not; a lone address's own outcome is
    returned as it is. An address that hangs leaves time to say so.
    """
    import asyncio

    if len(addresses) == 1:
        return await judge(addresses[0], context)
    left = context.deadline - asyncio.get_running_loop().time()
    until = context.deadline - left * (1 - _SHARE)

    async def one(address: HostPort) -> Outcome | Trouble:
        own = replace(context, journal=replace(context.journal, doing=None), deadline=until)
        try:
            async with asyncio.timeout_at(until):
                return await judge(address, own)
        except TimeoutError:
            doing = own.journal.doing or message("connecting", address=str(address))
            return Trouble("no-answer", address=str(address), doing=doing)

    tasks = [asyncio.create_task(one(each)) for each in addresses]
    try:
        return _together(addresses, await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _together(addresses: Sequence[HostPort], outcomes: Sequence[Outcome | Trouble]) -> Outcome:
    evidence = tuple(line for each in outcomes for line in each.evidence)
    for verdict, code in _CODES.items():
        for address, outcome in zip(addresses, outcomes, strict=True):
            if verdict is (outcome.verdict if isinstance(outcome, Outcome) else Verdict.ERRORED):
                why = _why(outcome)
                raise Trouble(code, evidence, address=str(address), count=len(addresses), why=why)
    first = outcomes[0]
    assert isinstance(first, Outcome)  # noqa: S101 - a trouble has been raised above
    return replace(first, evidence=evidence)


def _why(outcome: Outcome | Trouble) -> Message:
    if isinstance(outcome, Outcome):
        return outcome.reason
    parameters: dict[str, Parameter] = outcome.parameters
    return message(outcome.code, **parameters)
