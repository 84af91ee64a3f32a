"""The words for what a token endpoint may answer (RFC 6749, sections 5.1 and 5.2)."""

from collections.abc import Mapping

from promoter.checks import json_text, withheld
from promoter.messages import N_, Template
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling

RULINGS: Mapping[str, Ruling] = {
    "invalid-client": Ruling(
        Verdict.FAILED,
        N_("the server does not accept the client (invalid_client)"),
        N_(
            "Check that the client id and secret are those issued for this environment; if they are, ask whoever runs it whether the client is authorised and active there."
        ),
    ),
    "unauthorized-client": Ruling(
        Verdict.FAILED,
        N_("the client may not ask for tokens in this way (unauthorized_client)"),
        N_("Ask whoever runs the server to allow the client the grant type client_credentials."),
    ),
    "invalid-scope": Ruling(
        Verdict.FAILED,
        N_("the server does not grant the scope asked for (invalid_scope)"),
        N_(
            "Check the spelling of `scope`; if it is right, ask whoever runs the server to allow it to the client."
        ),
    ),
    "invalid-request": Ruling(
        Verdict.FAILED,
        N_("the server does not understand the request (invalid_request)"),
        N_("Check the URL, and whether the server takes `credentials` in the body or as basic."),
    ),
    "invalid-grant": Ruling(
        Verdict.FAILED,
        N_("the server refuses the grant (invalid_grant)"),
        N_("Check that the URL is the one for client credentials: there is nothing else in this grant."),
    ),
    "unsupported-grant-type": Ruling(
        Verdict.FAILED,
        N_("the server does not support client credentials (unsupported_grant_type)"),
        N_("Check the URL of the token endpoint; have the grant type client_credentials enabled there."),
    ),
    "refused": Ruling(
        Verdict.FAILED,
        N_("the server refuses to issue a token: {error}"),
        N_("Look the error up in the server's documentation, or ask whoever runs it."),
    ),
    "refused-without-why": Ruling(
        Verdict.FAILED,
        N_("the server tells of an error, but leaves empty which"),
        N_(
            "Look into the server's log, or ask whoever runs it; `error` must say why (RFC 6749, section 5.2)."
        ),
    ),
    "rate-limited": Ruling(
        Verdict.ERRORED,
        N_("the token endpoint takes no more requests for now (429)"),
        N_(
            "Wait, then run the check again; Retry-After in the evidence says for how long, where the server does."
        ),
    ),
    "server-failed": Ruling(
        Verdict.FAILED,
        N_("the token endpoint failed: it answered {status}"),
        N_("Run the check again later; if it lasts, tell whoever runs the server: nobody gets a token."),
    ),
    "redirected": Ruling(
        Verdict.FAILED,
        N_("the token endpoint answered {status}, a redirect to {to}"),
        N_("Name the token endpoint's own URL: credentials are not sent on to where a redirect leads."),
    ),
    "web-page": Ruling(
        Verdict.FAILED,
        N_("answered {status} with a web page instead of a token"),
        N_(
            "Check the URL of the token endpoint, and what stands before it: a login page or a proxy's error."
        ),
    ),
    "not-json": Ruling(
        Verdict.FAILED,
        N_("the answer is not JSON: {detail}"),
        N_("Check the URL of the token endpoint: its answer must be JSON (RFC 6749, section 5.1)."),
    ),
    "answer-too-large": Ruling(
        Verdict.FAILED,
        N_("the answer is larger than {limit} bytes, which is no token's"),
        N_("Check the URL of the token endpoint."),
    ),
    "encoded-answer": Ruling(
        Verdict.ERRORED,
        N_("the answer is encoded as {encoding}, though this was not asked for"),
        N_("Make the server respect Accept-Encoding."),
    ),
    "wrong-status": Ruling(
        Verdict.FAILED,
        N_("the token endpoint answered {status}, and does not say why"),
        N_("Check the URL of the token endpoint and the credentials; the server's log says more."),
    ),
    "no-token": Ruling(
        Verdict.FAILED,
        N_("the answer has no access_token"),
        N_("Check the URL: a token endpoint answers with access_token (RFC 6749, section 5.1)."),
    ),
    "unusable-token": Ruling(
        Verdict.FAILED,
        N_("the access_token cannot be used: it is empty, or not a text that a header can carry"),
        N_("Tell whoever runs the server: a token is a text without spaces (RFC 6750, section 2.1)."),
    ),
    "wrong-token-type": Ruling(
        Verdict.FAILED,
        N_("the token is of the type {observed}, not Bearer"),
        N_("Ask whoever runs the server to issue Bearer tokens: callers could not use any other."),
    ),
    "wrong-lifetime": Ruling(
        Verdict.FAILED,
        N_("expires_in is not a number of seconds, one or more"),
        N_("Tell whoever runs the server: callers cannot know when to ask for the next token."),
    ),
    "short-lived": Ruling(
        Verdict.FAILED,
        N_("the token is valid for {lifetime:duration}, less than {least:duration}"),
        N_("Have the lifetime of tokens raised on the server, or lower `expires_in`."),
    ),
    "lifetime-unknown": Ruling(
        Verdict.ERRORED,
        N_("the server does not say for how long the token is valid, so `expires_in` cannot be judged"),
        N_("Have the server send expires_in, or do not ask for it."),
    ),
    "scope-dropped": Ruling(
        Verdict.FAILED,
        N_("the token was issued without {dropped:list}, which was asked for"),
        N_("Ask whoever runs the server to allow the client {dropped:list}: calls that need it will fail."),
    ),
    "wrong-scope": Ruling(
        Verdict.FAILED,
        N_("the scope in the answer is not a text, so nobody knows what was granted"),
        N_("Tell whoever runs the server: scope is a text of names with spaces between them."),
    ),
    "odd-status": Ruling(
        Verdict.WARNED,
        N_("issued a token, but did not answer 200"),
        N_("Have the server answer 200 (RFC 6749, section 5.1): some clients take nothing else for a token."),
    ),
    "endless-lifetime": Ruling(
        Verdict.WARNED,
        N_("issued a token that is said to be valid for more than ten years"),
        N_(
            "Have the server send expires_in in seconds from now, not in milliseconds or as a date; a token that lasts for ever should not be."
        ),
    ),
    "no-lifetime": Ruling(
        Verdict.WARNED,
        N_("issued a token, but without saying for how long it is valid"),
        N_("Have the server send expires_in: without it callers learn of an expired token by failing."),
    ),
    "wrong-content-type": Ruling(
        Verdict.WARNED,
        N_("issued a token, but does not call its answer JSON"),
        N_("Have the server send Content-Type: application/json: some clients go by it."),
    ),
}
FACTS: Mapping[str, Template] = {
    **withheld.FACTS,
    **json_text.FACTS,
    "status": N_("status"),
    "content-type": N_("content type"),
    "retry-after": N_("Retry-After"),
    "cache-control": N_("Cache-Control"),
    "absent": N_("absent"),
    "error": N_("error"),
    "error-description": N_("error description"),
    "token": N_("access token"),
    "characters": N_("{length} characters"),
    "token-type": N_("token type"),
    "lifetime": N_("lifetime"),
    "at-least": N_("at least {seconds:duration}"),
    "seconds": N_("{seconds:duration}"),
    "scope": N_("scope"),
    "as-asked": N_("not said, so as asked for"),
    "scopes-withheld": N_("only scopes that were not asked for; they are withheld, because the data is real"),
    "some-scopes-withheld": N_(
        "{known:list}; scopes that were not asked for are withheld, because the data is real"
    ),
}
