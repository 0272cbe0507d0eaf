"""The environment, read once and typed; nothing else in the portal looks at os.environ.

Three modes. `demo` (the default) starts the sample district on this machine alone and makes its own secrets;
`production` refuses to start on a missing, short or sample secret; `test` is what the test runner sets.
"""

import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRETS = ("SECRET_KEY", "PIN_KEY", "PASSWORD_PEPPER", "AUDIT_KEY")
SHORTEST_SECRET = 43  # characters: 256 bits written in base64
SAMPLES = ("sample", "change", "example", "secret", "insecure", "password", "test")


class BadEnvironment(SystemExit):
    """The portal may not start like this; the message says what to set."""


@dataclass(frozen=True)
class SignOn:
    """The district's sign-on for staff: OpenID Connect, or SAML 2.0, or neither yet."""

    oidc_issuer: str = ""  # https address of the provider; its discovery document lies below it
    oidc_client: str = ""
    oidc_secret: str = ""
    saml_metadata: str = ""  # the identity provider's metadata, as XML
    employee_claim: str = "employee_number"  # claim or attribute that holds the roster's id of the employee
    strength: str = ""  # acr value or AuthnContext class the provider must vouch for; empty: any


@dataclass(frozen=True)
class Env:
    mode: str  # demo, production or test
    data_dir: Path  # embedded database, secrets of the demo, collected files
    port: int
    base_url: str  # scheme and host that links in mail are built from
    hosts: tuple[str, ...]  # host names we answer to
    database_url: str | None  # the login that serves; None: the embedded PostgreSQL in data_dir
    database_owner_url: str | None  # the login that owns the tables and migrates
    district: Path  # settings file of the district
    mail_url: str | None  # smtp://user:password@host:port, or smtps://…
    sms_url: str | None  # gateway of text messages, see people/texts.py; None: none are sent
    sms_token: str
    sis_url: str | None  # where changes go, see docs/sis_write_back.md; None: the registrar desk
    sis_secret: str  # signs what goes there
    sis_once_only: bool  # the other side promises that a change sent twice counts once
    drop_dir: Path | None  # watched for bundles, see sis/drop.py
    oneroster_url: (
        str | None
    )  # rostering service of a OneRoster 1.2 provider, see sis/pull.py; None: none is asked
    oneroster_token_url: str
    oneroster_client: str
    oneroster_secret: str
    oneroster_source: str  # the name its rows go by
    trusted_proxies: tuple[str, ...]
    web_processes: int
    requests_times: (
        int  # how many times the limits on plain requests: above 1 for measuring only, 0 counts none
    )
    # Of each secret the first value makes, every value opens: two stand there while one takes over, see docs/keys.md.
    secret_keys: tuple[str, ...]
    pin_keys: tuple[str, ...]
    password_peppers: tuple[str, ...]
    audit_keys: tuple[str, ...]  # sign the record of access
    staff_sign_on: SignOn
    audit_dir: Path  # the second place for the heads of the record of access

    @property
    def demo(self) -> bool:
        return self.mode == "demo"

    @property
    def secure(self) -> bool:
        """Whether families reach us over HTTPS; the demo on 127.0.0.1 does not."""
        return self.base_url.startswith("https://")


def read(environ: os._Environ[str] | dict[str, str] = os.environ) -> Env:
    """The environment as one frozen value, or BadEnvironment in words."""
    mode = environ.get("PORTAL_MODE", "demo")
    if mode not in ("demo", "production", "test"):
        raise BadEnvironment(f"PORTAL_MODE is {mode!r}; it can be demo, production or test.")
    data_dir = Path(environ.get("DATA_DIR") or ROOT / ".data").resolve()
    port = _whole(environ, "PORT", 8000)
    production = mode == "production"
    if production and environ.get("DEMO", "").lower() in ("1", "true", "yes", "on"):
        raise BadEnvironment(
            "DEMO is on, and PORTAL_MODE is production. A real district runs without the demo."
        )
    base_url = (environ.get("BASE_URL") or ("" if production else f"http://127.0.0.1:{port}")).rstrip("/")
    if production and not base_url.startswith("https://"):
        raise BadEnvironment(
            "BASE_URL must be the portal's https:// address, like https://families.example.org."
        )
    if production and not environ.get("MAIL_URL"):
        raise BadEnvironment(
            "MAIL_URL is missing: families sign up by mail. Use smtp://user:password@host:587."
        )
    if mode != "test" and bool(environ.get("DATABASE_URL")) != bool(environ.get("DATABASE_OWNER_URL")):
        raise BadEnvironment(
            "DATABASE_URL and DATABASE_OWNER_URL are set together: the first login serves and owns nothing, the second "
            "makes the tables. docs/decisions/08-second-wall.md has the three statements that make both."
        )
    if production and environ.get("SIS_URL"):
        _check_sis(environ["SIS_URL"], environ.get("SIS_SECRET", ""))
    if environ.get("ONEROSTER_URL"):
        _check_oneroster(environ, production)
    host = base_url.partition("://")[2].partition("/")[0].partition(":")[0]
    hosts = tuple(filter(None, (h.strip() for h in environ.get("HOSTS", "").split(","))))
    known = _secrets(environ) if production else {**_own_secrets(data_dir), **_given(environ)}
    district = ROOT / "districts" / f"{environ.get('DISTRICT', 'demo')}.toml"
    if not district.is_file():
        raise BadEnvironment(f"DISTRICT names {district.name}, which is not in districts/.")
    return Env(
        mode=mode,
        data_dir=data_dir,
        port=port,
        base_url=base_url,
        hosts=hosts or ((host,) if production else (host, "localhost", "127.0.0.1", "testserver")),
        database_url=environ.get("DATABASE_URL") or None,
        database_owner_url=environ.get("DATABASE_OWNER_URL") or None,
        district=district,
        mail_url=environ.get("MAIL_URL") or None,
        sms_url=environ.get("SMS_URL") or None,
        sms_token=environ.get("SMS_TOKEN", ""),
        sis_url=environ.get("SIS_URL") or None,
        sis_secret=environ.get("SIS_SECRET", ""),
        sis_once_only=environ.get("SIS_ONCE_ONLY", "yes").lower() in ("1", "true", "yes", "on"),
        drop_dir=Path(environ["DROP_DIR"]).resolve() if environ.get("DROP_DIR") else None,
        oneroster_url=environ.get("ONEROSTER_URL") or None,
        oneroster_token_url=environ.get("ONEROSTER_TOKEN_URL", ""),
        oneroster_client=environ.get("ONEROSTER_CLIENT", ""),
        oneroster_secret=environ.get("ONEROSTER_SECRET", ""),
        oneroster_source=environ.get("ONEROSTER_SOURCE") or "rest",
        trusted_proxies=tuple(filter(None, environ.get("TRUSTED_PROXIES", "").split(","))),
        web_processes=_whole(environ, "WEB_PROCESSES", 2),
        requests_times=1 if production else _whole(environ, "REQUESTS_TIMES", 1),
        secret_keys=_values(known["SECRET_KEY"]),
        pin_keys=_values(known["PIN_KEY"]),
        password_peppers=_values(known["PASSWORD_PEPPER"]),
        audit_keys=_values(known["AUDIT_KEY"]),
        staff_sign_on=_sign_on(environ, production),
        audit_dir=Path(environ.get("AUDIT_DIR") or data_dir / "audit").resolve(),
    )


def _sign_on(environ: os._Environ[str] | dict[str, str], production: bool) -> SignOn:
    issuer, metadata = environ.get("STAFF_OIDC_ISSUER", ""), environ.get("STAFF_SAML_METADATA", "")
    client, secret = environ.get("STAFF_OIDC_CLIENT", ""), environ.get("STAFF_OIDC_SECRET", "")
    if issuer and metadata:
        raise BadEnvironment(
            "STAFF_OIDC_ISSUER and STAFF_SAML_METADATA are both set. Staff have one sign-on."
        )
    if issuer and not (client and secret):
        raise BadEnvironment("STAFF_OIDC_ISSUER needs STAFF_OIDC_CLIENT and STAFF_OIDC_SECRET beside it.")
    if issuer and production and not issuer.startswith("https://"):
        raise BadEnvironment("STAFF_OIDC_ISSUER must be an https:// address.")
    if metadata and not Path(metadata).is_file():
        raise BadEnvironment("STAFF_SAML_METADATA must name the file with the identity provider's metadata.")
    return SignOn(
        oidc_issuer=issuer,
        oidc_client=client,
        oidc_secret=secret,
        saml_metadata=Path(metadata).read_text() if metadata else "",
        employee_claim=environ.get("STAFF_EMPLOYEE_CLAIM") or SignOn.employee_claim,
        strength=environ.get("STAFF_STRENGTH", ""),
    )


def _check_sis(url: str, secret: str) -> None:
    if not url.startswith("https://"):
        raise BadEnvironment("SIS_URL must be the https:// address of the student information system.")
    if len(secret) < SHORTEST_SECRET:
        raise BadEnvironment(f"SIS_SECRET is missing or shorter than {SHORTEST_SECRET} characters.")


def _check_oneroster(environ: os._Environ[str] | dict[str, str], production: bool) -> None:
    for name in ("ONEROSTER_URL", "ONEROSTER_TOKEN_URL"):
        if not environ.get(name, "").startswith("https://" if production else ("https://", "http://")):
            raise BadEnvironment(f"{name} must be an https:// address of the OneRoster provider.")
    for name in ("ONEROSTER_CLIENT", "ONEROSTER_SECRET"):
        if not environ.get(name):
            raise BadEnvironment(f"{name} is missing: the provider gives it out.")
    if len(environ.get("ONEROSTER_SOURCE", "")) > 40:
        raise BadEnvironment("ONEROSTER_SOURCE is longer than 40 characters.")


def _whole(environ: os._Environ[str] | dict[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise BadEnvironment(f"{name} is {text!r}; it must be a whole number.")
    return int(text)


def _values(text: str) -> tuple[str, ...]:
    """Of a secret: one value, or several with commas between."""
    return tuple(text.split(","))


def _given(environ: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    return {name: environ[name] for name in SECRETS if environ.get(name)}


def _secrets(environ: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """The secrets of production: all there, long enough, not copied from an example, all different."""
    given = [(name, value) for name in SECRETS for value in _values(environ.get(name, ""))]
    for name, value in given:
        if len(value) < SHORTEST_SECRET:
            raise BadEnvironment(
                f"{name} is missing or shorter than {SHORTEST_SECRET} characters. "
                "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        if any(word in value.lower() for word in SAMPLES) or len(set(value)) < 12:
            raise BadEnvironment(f"{name} looks like a sample. Make a random one, as the README says.")
    if len({value for _name, value in given}) < len(given):
        raise BadEnvironment(f"{', '.join(SECRETS[:-1])} and {SECRETS[-1]} must differ from one another.")
    return _given(environ)


def _own_secrets(data_dir: Path) -> dict[str, str]:
    """Secrets of a demo or a test: made once at random, kept in the data folder, readable by its owner only."""
    path = data_dir / "secrets.json"
    kept = json.loads(path.read_text()) if path.is_file() else {}
    if set(SECRETS) <= set(kept):
        return kept
    made = {name: secrets.token_urlsafe(48) for name in SECRETS} | kept  # a later portal may need one more
    data_dir.mkdir(parents=True, exist_ok=True)
    # Two processes may start at once: the first link wins and both read the same file.
    draft = data_dir / f".secrets.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(made))
    try:
        if kept:
            draft.replace(path)
        else:
            os.link(draft, path)
    except FileExistsError:
        print("secrets were made by another start at the same moment", file=sys.stderr)
    finally:
        draft.unlink(missing_ok=True)
    return json.loads(path.read_text())


env = read()
