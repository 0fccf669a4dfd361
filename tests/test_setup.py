import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from app.settings import read_settings, setting_names

ROOT = Path(__file__).parents[1]
SCRIPTS = ["bin/up", "bin/test", "bin/secrets", ".ci/run"]


@pytest.fixture(scope="module")
def compose():
    return YAML(typ="safe").load(ROOT / "docker-compose.yml")


def test_the_compose_file_follows_the_compose_specification():
    checker = Path(sys.executable).with_name("check-jsonschema")
    schema = ["--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run([checker, *schema], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_setting_of_the_compose_file_is_known(compose):
    names = {name for service in compose["services"].values() for name in environ(service)}
    assert {name for name in names if name.startswith("MELDE_")} <= set(setting_names())


def test_the_settings_of_the_compose_file_are_enough_for_production(compose, tmp_path):
    contents = {"database-url": "postgresql://melde:x@database/melde", "secret-key": "k" * 48}
    contents |= {"photo-store-secret": "s" * 48}
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    given = json.loads(
        json.dumps(environ(compose["services"]["web"])).replace("/run/secrets", str(tmp_path))
    )
    assert read_settings(given).for_production().host == "0.0.0.0"


def test_every_secret_of_the_compose_file_is_made_by_the_script(compose, tmp_path):
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin/secrets"
    script.write_bytes((ROOT / "bin/secrets").read_bytes())
    subprocess.run(["bash", script], check=True, capture_output=True)
    for secret in compose["secrets"].values():
        assert len((tmp_path / secret["file"]).read_text().strip()) > 32


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_script_can_be_run_and_stops_at_the_first_error(name):
    script = ROOT / name
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", script], check=True)


def test_the_image_and_the_scripts_use_the_same_uv():
    pinned = re.search(r"UV_VERSION=(\S+)", (ROOT / "bin/setup").read_text(encoding="utf-8"))
    assert f"uv=={pinned[1]} " in (ROOT / "Dockerfile").read_text(encoding="utf-8").replace(
        "\n", " "
    )


def environ(service: dict) -> dict[str, str]:
    return service.get("environment", {})
