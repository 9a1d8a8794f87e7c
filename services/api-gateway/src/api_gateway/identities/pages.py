"""The HTML pages of the OpenID provider: who signs in, the way back as a form, and errors. No scripts, nothing loaded.

Pure: every text that is put in comes from outside and is escaped here.
"""

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlencode, urlsplit

from api_gateway.identities.rules import provider_name
from api_gateway.rendering.document import document, style_source
from mayfly.records.identity import Identity, OAuthClient

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:10vh auto;padding:0 1rem;color:#1b1f24;"
    "background:#fff}"
    "button{display:block;width:100%;margin:.5rem 0;padding:.75rem 1rem;font:inherit;text-align:left;color:inherit;"
    "background:#f6f8fa;border:1px solid #d0d7de;border-radius:6px;cursor:pointer;overflow-wrap:anywhere}"
    "button:hover,button:focus{border-color:#06c}small{display:block;color:#59636e}.warning{color:#b00}"
    "@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}button{background:#161b22;"
    "border-color:#3d444d}small{color:#9198a1}.warning{color:#ff7b72}}"
)
# No `form-action`: browsers disagree whether it also holds for the redirect to the application that follows the form.
POLICY = f"default-src 'none'; style-src {style_source(_STYLE)}; frame-ancestors 'none'; base-uri 'none'"
HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}


def sign_in_page(
    client: OAuthClient, redirect_uri: str, identities: Sequence[Identity], parameters: Mapping[str, str]
) -> str:
    """The page that lets the user choose an identity. Its form sends the request again, with the choice."""
    provider, host = provider_name(client), urlsplit(redirect_uri).netloc or urlsplit(redirect_uri).scheme
    people = "".join(map(_button, identities)) or (
        "<p>No identity can sign in to this application. Create one with <code>POST /v1/identities</code>.</p>"
    )
    # The request is in the URL, because fields of a form do not bring back every character as it was.
    action = escape("?" + urlencode(parameters), quote=True)
    return _page(
        f"Sign in with {provider}",
        f"<p>Choose who signs in to <b>{escape(client.name)}</b> ({escape(host)}).</p>"
        f'<form method="post" action="{action}">{people}'
        '<button name="cancel" value="1">Cancel</button></form>'
        "<p><small>This is a simulation for tests by Mayfly. These people do not exist, and no password is needed."
        "</small></p>",
    )


def return_page(redirect_uri: str, parameters: Mapping[str, str]) -> str:
    """The page that sends the response as a form (OAuth 2.0 Form Post Response Mode), by a button: it has no script."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name, quote=True)}" value="{escape(value, quote=True)}">'
        for name, value in parameters.items()
    )
    return _page(
        "Signed in" if "code" in parameters else "Not signed in",
        f'<form method="post" action="{escape(redirect_uri, quote=True)}">{fields}<button>Continue</button></form>',
    )


def signed_out_page() -> str:
    return _page("Signed out", "<p>There was no session at this provider: its people are simulated.</p>")


def error_page(detail: str) -> str:
    return _page(
        "This sign-in cannot go on",
        f"<p>{escape(detail)}.</p><p><small>The application that sent you here made a request that is not valid, so "
        "you are not sent back to it. See the settings of its OAuth client.</small></p>",
    )


def _button(identity: Identity) -> str:
    warning = "" if identity.email_verified else '<small class="warning">E-mail address not verified</small>'
    return (
        f'<button name="identity" value="{escape(identity.id, quote=True)}">{escape(identity.name)}'
        f"<small>{escape(identity.username)} · {escape(identity.mailbox_address)}</small>{warning}</button>"
    )


def _page(title: str, body: str) -> str:
    return document(title, f"<h1>{escape(title)}</h1>{body}", style=_STYLE, lang="en")
