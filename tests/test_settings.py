import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.cli.push_key import new_key
from app.settings import SettingsError, read_settings, setting_names

KEY = "k" * 40
ROOT = Path(__file__).parents[1]


def faults_of(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_settings(environ)
    return caught.value.faults


def test_an_empty_environment_gives_the_defaults():
    settings = read_settings({})
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.instance == Path("instance").absolute()
    assert settings.database_url is None
    assert settings.tile_max_native_zoom == 18


def test_an_empty_value_counts_as_not_given():
    assert read_settings({"MELDE_SMTP_URL": "", "PORT": " "}).port == 8000


def test_all_faults_are_named_at_once_one_a_line():
    faults = faults_of(
        PORT="many", MELDE_DATABASE_URL="mysql://there", MELDE_TILE_URL="no", MELDE_MAIL_FROM="me"
    )
    assert [fault.partition(":")[0] for fault in faults] == [
        "MELDE_DATABASE_URL",
        "MELDE_MAIL_FROM",
        "MELDE_TILE_URL",
        "PORT",
    ]
    assert all("Write" in fault and "\n" not in fault for fault in faults)


def test_an_unknown_name_is_refused_with_the_nearest_known_one():
    assert faults_of(MELDE_DATABSE_URL="postgresql://h/d") == [
        "MELDE_DATABSE_URL: is not a setting. Did you mean MELDE_DATABASE_URL?"
    ]


def test_a_fault_never_repeats_a_secret():
    faults = faults_of(MELDE_SECRET_KEY="short-secret", MELDE_DATABASE_URL="x://u:hidden@h/d")
    assert "short-secret" not in str(faults)
    assert "hidden" not in str(faults)


def test_the_printed_settings_hold_no_secret():
    settings = read_settings({"MELDE_SECRET_KEY": KEY, "MELDE_SMTP_URL": "smtp://u:hidden@h:25"})
    assert KEY not in repr(settings)
    assert "hidden" not in repr(settings)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_a_database_address_becomes_sqlalchemys(scheme):
    settings = read_settings({"MELDE_DATABASE_URL": f"{scheme}://me:p%40ss@there:5433/faults"})
    assert settings.database_url == "postgresql+psycopg://me:p%40ss@there:5433/faults"


def test_a_secret_can_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text(f"{KEY}\n")
    assert read_settings({"MELDE_SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == KEY


def test_a_secret_file_that_cannot_be_read_is_a_fault_among_the_others(tmp_path):
    faults = faults_of(MELDE_SECRET_KEY_FILE=str(tmp_path / "none"), PORT="0")
    assert len(faults) == 2
    assert "No such file" in faults[0]


def test_a_secret_given_twice_is_refused(tmp_path):
    faults = faults_of(MELDE_SECRET_KEY=KEY, MELDE_SECRET_KEY_FILE=str(tmp_path))
    assert faults == [
        "MELDE_SECRET_KEY_FILE: MELDE_SECRET_KEY is given as well. Write only one of the two."
    ]


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://127.0.0.1:81"), ("::1", "http://[::1]:81"), ("name", "http://name:81")],
)
def test_the_own_address_follows_host_and_port(host, address):
    assert read_settings({"HOST": host, "PORT": "81"}).base_url == address


def test_production_names_everything_that_is_missing():
    with pytest.raises(SettingsError) as caught:
        read_settings({}).for_production()
    assert len(caught.value.faults) == 2


def test_production_is_content_with_a_key_and_a_database():
    environ = {"MELDE_SECRET_KEY": KEY, "MELDE_DATABASE_URL": "postgresql://h/d"}
    settings = read_settings(environ)
    assert settings.for_production() is settings


def test_the_documentation_names_exactly_the_settings_that_are_read():
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `([A-Z_]+)`(?: or `([A-Z_]+)`)?", text, re.MULTILINE)
    names = [name for row in documented for name in row if name]
    assert sorted(names) == sorted(setting_names())


def test_nvdbs_contact_becomes_a_header_and_must_fit_into_one():
    settings = read_settings({"MELDE_NVDB_CONTACT": "drift@example.org"})
    assert settings.nvdb_contact == "drift@example.org"
    assert settings.nvdb_url == "https://nvdbapiles.atlas.vegvesen.no"
    for written in ("drift", "Åse <drift@example.org>"):
        assert faults_of(MELDE_NVDB_CONTACT=written) == [
            "MELDE_NVDB_CONTACT: cannot be read. Write an e-mail address."
        ]


def test_the_days_of_an_answer_link_are_a_whole_number():
    assert read_settings({}).answer_link_days == 90
    assert read_settings({"MELDE_ANSWER_LINK_DAYS": "14"}).answer_link_days == 14
    assert len(faults_of(MELDE_ANSWER_LINK_DAYS="0")) == 1


def test_a_photo_store_is_a_folder_or_a_bucket():
    assert read_settings({}).photo_store is None
    assert read_settings({"MELDE_PHOTO_STORE": "photos"}).photo_store == str(
        Path("photos").absolute()
    )
    bucket = read_settings({"MELDE_PHOTO_STORE": "s3://bucket/place/"})
    assert bucket.photo_store == "s3://bucket/place"
    assert faults_of(MELDE_PHOTO_STORE="ftp://bucket")


def test_a_bucket_needs_its_key():
    settings = read_settings(
        {"MELDE_DATABASE_URL": "postgresql://h/d", "MELDE_SECRET_KEY": KEY}
        | {"MELDE_PHOTO_STORE": "s3://bucket", "MELDE_PHOTO_STORE_KEY": "key"}
    )
    with pytest.raises(SettingsError) as caught:
        settings.for_production()
    assert caught.value.faults[0].startswith("MELDE_PHOTO_STORE_KEY")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MELDE_SMS_URL", "http://sms.example.org/send"),
        ("MELDE_SMS_METHOD", "DELETE"),
        ("MELDE_SMS_HEADERS", "no colon"),
        ("MELDE_SMS_HEADERS", "Bad Name: x"),
        ("MELDE_SMS_BODY", '{"to": "{to}"'),
        ("MELDE_BOUNCE_ADDRESS", "retur+x@example.org"),
        ("MELDE_BOUNCE_ADDRESS", "nobody"),
        ("MELDE_DIGEST_MINUTES", "-1"),
        ("MELDE_FOLLOW_LIMIT", "often"),
    ],
)
def test_a_way_to_residents_that_cannot_work_is_refused(name, value):
    (fault,) = faults_of(**{name: value})
    assert fault.startswith(name)


def test_a_gateways_headers_come_one_a_line_from_a_file(tmp_path):
    (tmp_path / "headers").write_text("Authorization: Bearer a:b\n\nX-Sender: Kommune\n")
    settings = read_settings({"MELDE_SMS_HEADERS_FILE": str(tmp_path / "headers")})
    assert settings.sms_headers == {"Authorization": "Bearer a:b", "X-Sender": "Kommune"}
    assert "Bearer" not in repr(settings)


SUBJECT = "mailto:drift@example.org"


def test_a_key_for_push_messages_is_read_from_pem_and_from_base64url(tmp_path):
    (tmp_path / "key").write_text(new_key())
    first = read_settings(
        {"MELDE_PUSH_KEY_FILE": str(tmp_path / "key"), "MELDE_PUSH_SUBJECT": SUBJECT}
    )
    assert first.push_key is not None
    again = read_settings({"MELDE_PUSH_KEY": first.push_key, "MELDE_PUSH_SUBJECT": SUBJECT})
    assert again.push_key == first.push_key
    assert first.push_key not in repr(first)


def test_all_that_is_wrong_with_push_messages_is_named_at_once():
    faults = faults_of(
        MELDE_PUSH_KEY="short",
        MELDE_PUSH_SUBJECT="drift@example.org",
        MELDE_PUSH_HOSTS="https://x/",
    )
    names = [fault.partition(":")[0] for fault in faults]
    assert names == ["MELDE_PUSH_HOSTS", "MELDE_PUSH_KEY", "MELDE_PUSH_SUBJECT"]
    assert all("Write" in fault and "short" not in fault for fault in faults)


@pytest.mark.parametrize(
    "key",
    [
        "A" * 43,
        "_" * 43,
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        ed25519.Ed25519PrivateKey.generate()
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode(),
    ],
)
def test_what_is_no_key_for_push_messages_is_refused(key):
    (fault,) = faults_of(MELDE_PUSH_KEY=key, MELDE_PUSH_SUBJECT=SUBJECT)
    assert fault.startswith("MELDE_PUSH_KEY: cannot be read. Write")


def test_a_key_for_push_messages_needs_a_subject(tmp_path):
    (tmp_path / "key").write_text(new_key())
    (fault,) = faults_of(MELDE_PUSH_KEY_FILE=str(tmp_path / "key"))
    assert fault.startswith("MELDE_PUSH_SUBJECT: missing")
