"""What the portal asks of its environment before it opens to families."""

import json
import secrets

import pytest

from portal.config.env import BadEnvironment, read

GOOD = {
    "PORTAL_MODE": "production",
    "BASE_URL": "https://families.example.org",
    "MAIL_URL": "smtp://mail.example.org:587",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "PIN_KEY": secrets.token_urlsafe(48),
    "PASSWORD_PEPPER": secrets.token_urlsafe(48),
    "AUDIT_KEY": secrets.token_urlsafe(48),
}


@pytest.fixture
def environ(tmp_path):
    return GOOD | {"DATA_DIR": str(tmp_path)}


def test_a_district_with_good_settings_starts(environ):
    env = read(environ)
    assert (env.mode, env.hosts, env.secure) == ("production", ("families.example.org",), True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"PIN_KEY": ""}, "PIN_KEY is missing"),
        ({"SECRET_KEY": "x7-short"}, "shorter than 43"),
        ({"SECRET_KEY": "change-me-" + secrets.token_urlsafe(48)}, "looks like a sample"),
        ({"PASSWORD_PEPPER": "a" * 60}, "looks like a sample"),
        ({"AUDIT_KEY": ""}, "AUDIT_KEY is missing"),
        ({"AUDIT_KEY": "audit-key"}, "shorter than 43"),
        ({"AUDIT_KEY": "insecure-" + secrets.token_urlsafe(48)}, "looks like a sample"),
        ({"PIN_KEY": GOOD["SECRET_KEY"]}, "must differ"),
        ({"DEMO": "1"}, "without the demo"),
        ({"BASE_URL": "http://families.example.org"}, "https://"),
        ({"MAIL_URL": ""}, "MAIL_URL is missing"),
        ({"PORTAL_MODE": "prod"}, "demo, production or test"),
        ({"PORT": "eighty"}, "whole number"),
        ({"DISTRICT": "nowhere"}, "nowhere.toml"),
        ({"DATABASE_URL": "postgresql://one@host/portal"}, "are set together"),
        ({"DATABASE_OWNER_URL": "postgresql://one@host/portal"}, "are set together"),
    ],
)
def test_production_refuses_to_start_and_says_why(environ, change, says):
    with pytest.raises(BadEnvironment, match=says):
        read(environ | change)


def test_the_demo_makes_secrets_of_its_own_and_keeps_them(tmp_path):
    first = read({"DATA_DIR": str(tmp_path)})
    assert read({"DATA_DIR": str(tmp_path)}) == first
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0
    assert len(first.secret_keys[0]) >= 43
    assert first.secret_keys[0] != read({"DATA_DIR": str(tmp_path / "other")}).secret_keys[0]


def test_a_secret_that_a_later_portal_needs_joins_those_that_were_kept(tmp_path):
    first = read({"DATA_DIR": str(tmp_path)})
    kept = json.loads((tmp_path / "secrets.json").read_text())
    (tmp_path / "secrets.json").write_text(json.dumps({k: v for k, v in kept.items() if k != "AUDIT_KEY"}))
    again = read({"DATA_DIR": str(tmp_path)})
    assert (again.pin_keys, len(again.audit_keys[0]) >= 43) == (first.pin_keys, True)
    assert read({"DATA_DIR": str(tmp_path)}) == again


def test_every_district_file_can_be_read():
    from portal.config import district
    from portal.config.env import ROOT

    names = {path.stem: district.read(path).name for path in (ROOT / "districts").glob("*.toml")}
    assert names == {
        "demo": "Sample Unified School District",
        "lausd": "Los Angeles Unified School District",
    }
