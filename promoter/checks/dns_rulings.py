"""The words for what may become of a look into the DNS."""

from collections.abc import Mapping

from promoter.messages import N_, Template
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling
from promoter.net import trouble

RULINGS: Mapping[str, Ruling] = {
    **{code: trouble.RULINGS[code] for code in ("name-unknown", "name-not-resolved")},
    "resolves": Ruling(Verdict.PASSED, N_("{name}: {found:list}")),
    "no-such-name": Ruling(
        Verdict.FAILED,
        N_("there is no name {name} in the DNS"),
        N_("Check the spelling of {name}, then publish it in the DNS."),
    ),
    "no-records": Ruling(
        Verdict.FAILED,
        N_("{name} has no record of the type {types:list}"),
        N_("Publish the record in the zone of {name}."),
    ),
    "records-missing": Ruling(
        Verdict.FAILED,
        N_("{name} lacks {missing:list}; it has {found:list}"),
        N_(
            "Correct the zone of {name}, or `expect`; after a recent change wait until the old records have expired."
        ),
    ),
    "leads-nowhere": Ruling(
        Verdict.FAILED,
        N_("{name} has records that lead nowhere: {found:list}"),
        N_(
            "Publish records that lead somewhere; or write those in `expect`, where just that is wanted: 0.0.0.0 is no address to reach, and an MX of `.` takes no mail."
        ),
    ),
    "server-not-in-charge": Ruling(
        Verdict.ERRORED,
        N_("{server} is not in charge of {name} and asks nobody for it: that it knows none says nothing"),
        N_("Ask a name server of the zone, or one that resolves for others."),
    ),
    "server-failed": Ruling(
        Verdict.ERRORED,
        N_("{server} cannot answer for {name}: {detail}"),
        N_("Ask who runs the zone of {name} to check its name servers and its DNSSEC signatures."),
    ),
    "server-refused": Ruling(
        Verdict.ERRORED,
        N_("{server} refuses to answer for {name}"),
        N_("Ask a server that answers from here, or have this machine allowed to ask it."),
    ),
    "server-silent": Ruling(
        Verdict.ERRORED,
        N_("no usable answer came from {server} in time"),
        N_("Check that a name server listens there, and that this machine may reach it over UDP and TCP."),
    ),
    "server-unclear": Ruling(
        Verdict.ERRORED,
        N_("{server} does not answer in the DNS's terms: {detail}"),
        N_("Check that a name server listens there."),
    ),
    "no-server": Ruling(
        Verdict.ERRORED,
        N_("this machine names no DNS server to ask"),
        N_("Name one in /etc/resolv.conf, or in `server`."),
    ),
    "not-usable": Ruling(
        Verdict.ERRORED, N_("the field {field} {why}"), N_("Correct the field, or what it refers to.")
    ),
}
FACTS: Mapping[str, Template] = {
    **trouble.FACTS,
    "records": N_("records of the type {type}"),
    "addresses": N_("addresses"),
    "at-least-one": N_("at least one"),
    "none": N_("none"),
    "alias": N_("alias of"),
    "lifetime": N_("may be remembered for"),
    "seconds": N_("{seconds:duration}"),
    "server": N_("name server"),
    "own-resolver": N_("this machine's resolver"),
    "own-servers": N_("the name servers of this machine"),
    "too-many-aliases": N_("one alias leads to another, too many times"),
    "contradicts-itself": N_("it says that there is no such name, and answers for it"),
    "no-such-answer": N_("its answer cannot be read ({error})"),
    "asking": N_("asking {server} for {name}"),
    "not-a-name": N_("must be the name of a host, or a URL with one, and no address"),
    "not-a-record": N_("must hold records of the type {type}; this is none: {written}"),
    "not-addresses": N_("must hold addresses, as no type is given; this is none: {written}"),
    "not-a-server": N_("must be the ADDRESS:PORT of a name server, not its name"),
}
