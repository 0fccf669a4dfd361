"""The file of providers: read whole, or every fault named with its line."""

import pytest
from joserfc.jwk import ECKey, RSAKey

from app.openid.providers import Audience, AuthMethod, read
from app.settings import SettingsError

from .providers import EC_KEY, KEY, SECRET

GOOD = """\
providers:
  - key: idporten
    audience: resident
    label: {nb: ID-porten, nn: ID-porten, en: ID-porten}
    issuer: https://test.idporten.no
    client_id: 1a2b
    auth_method: private_key_jwt
    key_file: key.pem
    acr_values: [idporten-loa-substantial]
    accepted_acr: [idporten-loa-substantial, idporten-loa-high]
  - key: entra
    audience: staff
    label: {nb: Jobbkonto, nn: Jobbkonto, en: Work account}
    issuer: https://login.microsoftonline.com/tenant/v2.0
    client_id: 3c4d
    auth_method: client_secret_post
    client_secret_file: secret
    scopes: [openid, profile]
    claims: {subject: oid, email: email, roles: roles}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    (tmp_path / "key.pem").write_bytes(KEY.as_pem(private=True))
    (tmp_path / "ec.pem").write_bytes(EC_KEY.as_pem(private=True))
    (tmp_path / "public.pem").write_bytes(KEY.as_pem(private=False))
    (tmp_path / "short.pem").write_bytes(RSAKey.generate_key(1024).as_pem(private=True))
    (tmp_path / "other.pem").write_bytes(ECKey.generate_key("P-384").as_pem(private=True))
    (tmp_path / "empty").write_text("\n")
    return tmp_path


def written(folder, text):
    path = folder / "providers.yaml"
    path.write_text(text)
    return path


def faults(folder, text, environ=None):
    with pytest.raises(SettingsError) as caught:
        read(written(folder, text), environ or {})
    return caught.value.faults


def test_no_file_means_no_providers():
    assert read(None, {}) == {}


def test_all_that_was_agreed_is_read(folder):
    found = read(written(folder, GOOD), {})
    assert list(found) == ["idporten", "entra"]
    idporten, entra = found.values()
    assert idporten.audience == Audience.RESIDENT
    assert idporten.auth_method == AuthMethod.PRIVATE_KEY_JWT
    assert idporten.claims == {"subject": "sub"}
    assert idporten.scopes == ("openid",)
    assert idporten.private_key.as_dict(private=False)["n"] == KEY.as_dict(private=False)["n"]
    assert (entra.secret, entra.claims["subject"]) == (SECRET, "oid")
    assert (entra.acr_values, entra.accepted_acr) == ((), ())


def test_a_level_that_is_asked_for_must_come_back(folder):
    text = GOOD.replace("    accepted_acr: [idporten-loa-substantial, idporten-loa-high]\n", "")
    assert read(written(folder, text), {})["idporten"].accepted_acr == ("idporten-loa-substantial",)


def test_a_secret_may_come_from_the_environment(folder):
    text = GOOD.replace("client_secret_file: secret", "client_secret_env: ENTRA_SECRET")
    assert read(written(folder, text), {"ENTRA_SECRET": "x\n"})["entra"].secret == "x"
    (fault,) = faults(folder, text)
    assert fault.endswith("providers.yaml:17: client_secret_env: there is nothing in it")


def test_neither_key_nor_secret_is_printed(folder):
    shown = repr(read(written(folder, GOOD), {}))
    assert SECRET not in shown
    assert "RSAKey" not in shown


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("key: entra", "key: idporten", 11, "two providers have this key"),
        ("key: entra", "key: Entra ID", 11, "small letters"),
        ("audience: staff", "audience: everybody", 12, "audience"),
        ("nn: Jobbkonto, ", "", 13, "missing in nn"),
        ("https://test.idporten.no", "http://test.idporten.no", 5, "https://"),
        ("https://test.idporten.no", "https://test.idporten.no?x=1", 5, "without a query"),
        ("    client_id: 3c4d\n", "", 11, "client_id"),
        ("client_secret_post", "client_secret_jwt", 16, "auth_method"),
        ("    client_secret_file: secret\n", "", 16, "one of the two"),
        ("client_secret_file: secret", "client_secret_file: nowhere", 17, "cannot read nowhere"),
        ("client_secret_file: secret", "client_secret_file: empty", 17, "nothing in it"),
        ("    key_file: key.pem\n", "", 2, "needs a file with a private key"),
        ("key_file: key.pem", "key_file: public.pem", 8, "private RSA key"),
        ("key_file: key.pem", "key_file: short.pem", 8, "2048 bits"),
        ("key_file: key.pem", "key_file: ec.pem", 8, "private RSA key"),
        ("key_file: key.pem", "key_file: secret", 8, "in PEM"),
        ("key_file: key.pem", "key_file: key.pem\n    key_algorithm: ES256", 8, "EC key on P-256"),
        ("key_file: key.pem", "key_file: other.pem\n    key_algorithm: ES256", 8, "P-256"),
        ("key_file: key.pem", "key_file: key.pem\n    key_algorithm: HS256", 9, "key_algorithm"),
        ("scopes: [openid, profile]", "scopes: [profile]", 18, "openid must be one of them"),
        ("subject: oid", "subject: pid", 19, "national identity number"),
        (
            "acr_values:",
            "claims: {subject: sub, name: name}\n    acr_values:",
            9,
            "only the subject",
        ),
        ("acr_values:", "arc_values:", 9, "Unknown field"),
    ],
)
def test_each_fault_is_named_with_its_line(folder, old, new, line, said):
    assert old in GOOD
    (fault,) = faults(folder, GOOD.replace(old, new, 1))
    assert fault.startswith(f"MELDE_OPENID_PROVIDERS: providers.yaml:{line}: ")
    assert said in fault


def test_all_faults_are_named_at_once(folder):
    text = GOOD.replace("key_file: key.pem", "key_file: no.pem").replace("file: secret", "file: no")
    assert len(faults(folder, text)) == 2


@pytest.mark.parametrize("text", ["", "providers: 7", "- x", "providers: [", "other: []"])
def test_a_file_that_is_none_is_told_of(folder, text):
    assert all("providers.yaml" in fault for fault in faults(folder, text))


def test_a_missing_file_is_told_of(tmp_path):
    with pytest.raises(SettingsError, match=r"away\.yaml: the file is missing"):
        read(tmp_path / "away.yaml", {})


def test_an_elliptic_key_is_read_for_es256(folder):
    text = GOOD.replace("key_file: key.pem", "key_file: ec.pem\n    key_algorithm: ES256")
    assert isinstance(read(written(folder, text), {})["idporten"].private_key, ECKey)
