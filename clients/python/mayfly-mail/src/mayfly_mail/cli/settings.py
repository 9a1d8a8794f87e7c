"""The SMTP settings of a space in the words of frameworks, ready to paste (`mayfly space smtp --for ...`)."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Login:
    """Where an application sends its mail, and as whom."""

    host: str
    port: int
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.user}@{self.host}:{self.port})"

    @property
    def url(self) -> str:
        """`smtp://user:password@host:port`, with everything escaped that a URL wants escaped."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"smtp://{quote(self.user, safe='')}:{quote(self.password, safe='')}@{host}:{self.port}"


def _django(to: Login) -> str:
    return f"""# settings.py
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = {_python(to.host)}
EMAIL_PORT = {to.port}
EMAIL_HOST_USER = {_python(to.user)}
EMAIL_HOST_PASSWORD = {_python(to.password)}
EMAIL_USE_TLS = False"""


def _rails(to: Login) -> str:
    return f"""# config/environments/development.rb
config.action_mailer.delivery_method = :smtp
config.action_mailer.smtp_settings = {{
  address: {_single(to.host)},
  port: {to.port},
  user_name: {_single(to.user)},
  password: {_single(to.password)},
  authentication: :plain,
  enable_starttls_auto: false
}}"""


def _laravel(to: Login) -> str:
    return f"""# .env
MAIL_MAILER=smtp
MAIL_SCHEME=smtp
MAIL_ENCRYPTION=null
MAIL_HOST={_dotenv(to.host)}
MAIL_PORT={to.port}
MAIL_USERNAME={_dotenv(to.user)}
MAIL_PASSWORD={_dotenv(to.password)}"""


def _nodemailer(to: Login) -> str:
    return f"""const transport = nodemailer.createTransport({{
  host: {json.dumps(to.host)},
  port: {to.port},
  secure: false,
  ignoreTLS: true,
  auth: {{ user: {json.dumps(to.user)}, pass: {json.dumps(to.password)} }},
}});"""


def _spring(to: Login) -> str:
    return f"""# application.properties
spring.mail.host={_property(to.host)}
spring.mail.port={to.port}
spring.mail.username={_property(to.user)}
spring.mail.password={_property(to.password)}
spring.mail.properties.mail.smtp.auth=true
spring.mail.properties.mail.smtp.starttls.enable=false"""


def _symfony(to: Login) -> str:
    return f"# .env\nMAILER_DSN={_dotenv(to.url + '?auto_tls=false')}"


def _env(to: Login) -> str:
    values = {
        "SMTP_HOST": to.host,
        "SMTP_PORT": str(to.port),
        "SMTP_USER": to.user,
        "SMTP_PASSWORD": to.password,
        "SMTP_URL": to.url,
    }
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items())


FRAMEWORKS = {
    "django": _django,
    "rails": _rails,
    "laravel": _laravel,
    "nodemailer": _nodemailer,
    "spring": _spring,
    "symfony": _symfony,
    "env": _env,
}


def settings(framework: str, login: Login) -> str:
    """Return what to paste for a framework, one of FRAMEWORKS."""
    return FRAMEWORKS[framework](login)


def _python(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _single(text: str) -> str:
    """Quote for Ruby, which puts nothing in between single quotes."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _dotenv(text: str) -> str:
    """Quote where a .env file would read the text otherwise; single quotes keep `$` as it is."""
    if all(letter.isalnum() or letter in "._-@:/" for letter in text):
        return text
    return f"'{text}'" if "'" not in text else json.dumps(text)


def _property(text: str) -> str:
    """Escape for a .properties file, where a backslash escapes and letters beyond ASCII are written as UTF-16 units."""
    units = text.replace("\\", "\\\\").encode("utf-16-be")
    codes = (int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2))
    return "".join(chr(code) if code < 0x80 else f"\\u{code:04x}" for code in codes)  # noqa: PLR2004 - ASCII
