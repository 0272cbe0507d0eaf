"""The two providers, started once, and the portal that trusts one of them."""

import datetime as dt
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from portal.access.models import Post
from portal.config.env import SignOn
from portal.people.models import Person
from portal.students.models import Employee, Job
from tests import cast
from tests.node import running

HERE = Path(__file__).parent
BASE = "http://testserver"
NUMBERS = {"joan": "reed-1", "mei": "lee-1", "kim": "new-1"}  # by login name, the roster's id


@pytest.fixture(autouse=True)
def provider_logs_stay_quiet(caplog):
    caplog.set_level("CRITICAL", logger="authlib")


@pytest.fixture(scope="session")
def oidc() -> Iterator[str]:
    """The address of an OpenID provider."""
    port = free_port()
    with running(HERE / "oidc.mjs", str(port), f"{BASE}/staff/sign-on/oidc/", json.dumps(NUMBERS)):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def saml(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a SAML identity provider."""
    key, certificate = key_pair(tmp_path_factory.mktemp("saml"))
    port = free_port()
    acs = f"{BASE}/staff/sign-on/saml/"
    with running(HERE / "saml.mjs", str(port), str(key), str(certificate), json.dumps(NUMBERS), ACS=acs):
        yield f"http://localhost:{port}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def key_pair(folder: Path) -> tuple[Path, Path]:
    """A provider's key and certificate, as PEM files."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sample provider")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - dt.timedelta(days=1))
    signed = made.not_valid_after(now + dt.timedelta(days=9)).sign(key, hashes.SHA256())
    files = folder / f"key{os.getpid()}.pem", folder / "certificate.pem"
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    files[0].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    files[1].write_bytes(signed.public_bytes(pem))
    return files


@pytest.fixture
def by_oidc(oidc, settings, employees):
    """The portal with this OpenID provider as the district's sign-on."""
    settings.BASE_URL = BASE
    settings.STAFF_SIGN_ON = SignOn(
        oidc_issuer=oidc, oidc_client="portal", oidc_secret="portal keeps this one"
    )
    return employees


@pytest.fixture
def by_saml(saml, settings, employees):
    """The portal with this SAML provider as the district's sign-on."""
    settings.BASE_URL = BASE
    settings.STAFF_SIGN_ON = SignOn(saml_metadata=httpx.get(f"{saml}/metadata").text)
    return employees


@pytest.fixture
def employees(family):
    """Ms Reed and Ms Lee as the roster knows them; nobody has signed in yet."""
    for person, number, place in (
        (family.ms_reed, "reed-1", family.oak),
        (family.ms_lee, "lee-1", family.lincoln),
    ):
        employee = Employee.objects.create(
            **cast.rostered(number),
            given_name=person.first_name,
            family_name=person.last_name,
            email=person.email,
        )
        Job.objects.create(
            **cast.rostered(f"job-{number}"), employee=employee, org=place, role="siteAdministrator"
        )
        Post.objects.filter(person=person).update(employee=employee)
    Person.objects.filter(kind="staff").update(subject="")
    return family
