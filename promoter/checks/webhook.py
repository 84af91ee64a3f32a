"""Does an endpoint take signed events, and refuse forged ones?"""

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from promoter.checks import webhook_events, webhook_rulings
from promoter.checks.declaration import conclude, kind
from promoter.checks.webhook_events import Event, Signer
from promoter.messages import N_, Message, Template, message
from promoter.model.address import Url, split_url
from promoter.model.context import Context
from promoter.model.duration import Duration
from promoter.model.outcome import Evidence, Outcome
from promoter.model.reference import Fact, JsonValue, Variable
from promoter.model.ruling import Ruling
from promoter.net.route import Reach
from promoter.net.signing import SCHEMES, Scheme, bare, shell_digest
from promoter.net.trouble import CERTIFICATE_RULINGS, FACTS, HTTP_RULINGS, RULINGS, Trouble
from promoter.redaction import Secret

_TIMEOUT = 180.0
_LONGEST_SHOWN = 400
_SAID_BY_SCHEME = ("header", "algorithm", "encoding", "prefix")
_RULINGS: Mapping[str, Ruling] = {**RULINGS, **CERTIFICATE_RULINGS, **HTTP_RULINGS, **webhook_rulings.RULINGS}
_REMEDIES: Mapping[str, Template] = {
    f"do-about-{code}": ruling.remedy for code, ruling in _RULINGS.items() if ruling.remedy is not None
}


def _relations(written: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    if written.get("url", "").lower().startswith("http://") and not written.get("plain"):
        yield "url", message("needs-plain")
    if written.keys() >= {"warn_after", "fail_after"} and written["warn_after"] >= written["fail_after"]:
        yield "warn_after", message("warns-never", limit=written["fail_after"])
    scheme = written.get("scheme", "passe-marche")
    if "events" in written and scheme != "passe-marche":
        yield "events", message("of-passe-marche")
    if SCHEMES[scheme].timed:
        for each in _SAID_BY_SCHEME:
            if each in written:
                yield each, message("fixed-by-scheme")


def _presences(written: Collection[str]) -> Iterator[tuple[str, Message]]:
    if {"payload", "events"} <= {*written}:
        yield "payload", message("payload-or-events")


@kind(
    "webhook",
    rulings=_RULINGS,
    facts={**FACTS, **webhook_rulings.FACTS, **_REMEDIES},
    example={
        "url": Fact("urls.webhook"),
        "secret": Variable("PASSEMARCHE_WEBHOOK_SECRET"),
        "events": ["market.completed", "market_application.completed"],
        "warn_after": "5s",
    },
    effects=N_("delivers a test event"),
    relations=_relations,
    presences=_presences,
    timeout=_TIMEOUT,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Reach):
    """An endpoint takes rightly signed events and refuses forged ones.

    Delivers a test event as the sender would, each time over a new connection: rightly signed, which must be
    answered 200 to 299; the same once more, likewise, because senders may deliver an event twice; then with
    a wrong signature, one cut short, a garbled one, one with another character in the middle or at its end, one made
    with an empty secret, a hash made with none, an empty one, nothing after the prefix, none, and another body with the
    signature of the event that was taken, each of which must be answered 401 or 403. Every other event is forged as well:
    with a wrong signature, and with none.
    200 to 299 means that forgeries are accepted; 408 or from 500 on, that the sender would deliver them
    again; another refusal warns. Redirects are not followed.

    The event is about a market that cannot be, VR-0000-PROMOTERTEST: a receiver is expected to ignore what it
    does not know. Its JSON is spaced as no library does it, so that a receiver which verifies anything but
    the raw bytes is found out. In a `payload` of your own, `{timestamp}` becomes the time of the run and
    `{identifier}` that of the test.

    The scheme passe-marche signs the body with HMAC-SHA256 in X-Webhook-Signature-SHA256, github in
    X-Hub-Signature-256; a push is forged too, and never signed. standard-webhooks signs an id and a time too; an event
    signed ten minutes ago, or in an hour, must then be refused as well, and 400 is a refusal. With custom it is `header` (X-Signature by default), `algorithm`
    (sha256), `encoding` (hex) and `prefix` (none).

    An answer later than the sender waits fails: 30 seconds, 10 for github. One later than a third of that,
    or than `warn_after`, warns.
    """

    url: Annotated[Url, N_("The URL that takes events")]
    plain: Annotated[bool, N_("Whether plain http will do")] = False
    secret: Annotated[Secret, N_("The secret that events are signed with")]
    scheme: Annotated[
        Literal["passe-marche", "github", "standard-webhooks", "custom"],
        N_("Whose way of signing it is"),
    ] = "passe-marche"
    header: Annotated[str | None, N_("The header that has the signature, if not the scheme's")] = None
    algorithm: Annotated[
        Literal["sha256", "sha512", "sha1"] | None, N_("The hash of the HMAC, if not the scheme's")
    ] = None
    encoding: Annotated[
        Literal["hex", "base64"] | None, N_("How the signature is written, if not as the scheme does")
    ] = None
    prefix: Annotated[str | None, N_("What stands before the signature, if not what the scheme has")] = None
    events: Annotated[
        tuple[Literal["market.completed", "market_application.completed"], ...],
        N_("The events of Passe Marché to deliver and to forge; market.completed by default"),
    ] = ()
    payload: Annotated[JsonValue | None, N_("The event to deliver instead of the scheme's own")] = None
    headers: Annotated[Mapping[str, str], N_("Headers to send besides, none of them secret")] = field(
        default_factory=dict
    )
    warn_after: Annotated[
        Duration | None, N_("An answer that takes longer than this warns; a third of `fail_after` by default")
    ] = None
    fail_after: Annotated[
        Duration | None, N_("An answer that takes longer than this fails; what the sender waits by default")
    ] = None
    timeout: Annotated[Duration | None, N_("How long the whole check may take; 3 minutes by default")] = None

    async def observe(self, context: Context) -> Outcome:
        """Delivers the events and judges each answer."""
        from promoter.checks.webhook_trial import Findings, Trial

        for name, why in self._mistakes():
            return conclude(self, "not-usable", field=name, why=why)
        scheme = self._way()
        context.journal.secrets.append(Secret(bare(self.secret.reveal())))
        events = self._events(context.now)
        patience = self.fail_after or scheme.patience
        seen, hand = context.journal.afresh()
        trial = Trial(
            url=self.url,
            reach=self,
            signer=Signer(scheme, scheme.key(self.secret.reveal())),
            patience=patience,
            warn_after=self.warn_after or patience / 3,
            context=context,
            findings=Findings(scheme.header),
            seen=seen,
        )
        try:
            hand.append(self._by_hand(scheme, events[0], context))
            forged = [*self._events(context.now - timedelta(seconds=1))]
            if self.scheme == "github" and self.payload is None:
                forged.append(webhook_events.push_of_github().with_headers(self.headers))
            await trial.run(events, forged)
        except Trouble as trouble:
            return conclude(self, trouble.code, (*trial.seen, *trouble.evidence, *hand), **trouble.parameters)
        found = trial.findings.gravest_first()
        also = [each for code, about in found[1:] for each in _also(code, about)]
        evidence = (*trial.lines, *also, *trial.seen, *hand)
        code, about = found[0] if found else ("verifies", {})
        return conclude(self, code, evidence, **about)

    def _mistakes(self) -> Iterator[tuple[str, Message]]:
        """What is wrong with the fields that a reference may have brought."""
        if not self.secret:
            yield "secret", message("empty")
        if split_url(self.url).scheme == "http" and not self.plain:
            yield "url", message("needs-plain")
        try:
            self._way().key(self.secret.reveal())
        except ValueError:
            yield "secret", message("not-base64")

    def _way(self) -> Scheme:
        preset = SCHEMES[self.scheme]
        return replace(
            preset,
            header=self.header or preset.header,
            algorithm=self.algorithm or preset.algorithm,
            encoding=self.encoding or preset.encoding,
            prefix=preset.prefix if self.prefix is None else self.prefix,
        )

    def _events(self, at: datetime) -> Sequence[Event]:
        if self.payload is not None:
            made: Sequence[Event] = [webhook_events.templated(self.payload, at)]
        elif self.scheme == "passe-marche":
            names = dict.fromkeys(self.events or ("market.completed",))
            made = [webhook_events.passe_marche(each, at) for each in names]
        else:
            made = [webhook_events.ping_of_github() if self.scheme == "github" else webhook_events.plain(at)]
        return [each.with_headers(self.headers) for each in made]

    def _by_hand(self, scheme: Scheme, event: Event, context: Context) -> Evidence:
        """The shell commands that deliver the event rightly signed; a long body is to be put into a file."""
        from promoter.net.http import Request, Text
        from promoter.net.reproduce import curl_line, quoted, reproduced

        text = event.body.decode()
        body = shlex.quote(text) if len(text) <= _LONGEST_SHOWN else '"$(cat event.json)"'
        steps = [f"BODY={body}"]
        headers: list[tuple[str, Text]] = [*event.headers.items()]
        signed = 'printf %s "$BODY"'
        if scheme.timed:
            steps += ["ID=msg_promoter_by_hand", "AT=$(date +%s)"]
            headers += [("webhook-id", Secret("", "ID")), ("webhook-timestamp", Secret("", "AT"))]
            signed = 'printf %s.%s.%s "$ID" "$AT" "$BODY"'
        steps.append(f"SIGNATURE=$({shell_digest(scheme, quoted(self.secret), signed)})")
        headers.append((scheme.header, (scheme.prefix, Secret("", "SIGNATURE"))))
        request = Request(url=self.url, method="POST", headers=headers)
        steps.append(curl_line(request, self, context, body=Secret("", "BODY")))
        return reproduced("; ".join(steps))


def _also(code: str, about: Mapping[str, Any]) -> Iterator[Evidence]:
    """What else was found, and what to do about it."""
    from promoter.checks.webhook_trial import verdict_of

    yield Evidence(message("also"), None, Message(code, about), verdict_of(code))
    yield Evidence(message("remedy"), None, Message(f"do-about-{code}", about))
