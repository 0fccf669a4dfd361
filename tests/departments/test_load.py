import shutil
from pathlib import Path

import pytest

from app.departments.operations import load
from app.departments.queries import by_code, first_line, in_jurisdiction

from ..conftest import ROOT

FIRST, OTHER = "\n  first_line: true", "\n  first_line: false"


@pytest.fixture
def file(tmp_path):
    return Path(shutil.copy(ROOT / "municipalities/kristiansund/departments.yaml", tmp_path))


def test_loading_again_changes_nothing(jurisdiction, file):
    assert load(file.parent, jurisdiction.id) == []


def test_the_first_line_can_move_to_another_department(jurisdiction, file):
    desk, rest = file.read_text().split("- code: roads")
    file.write_text(desk.replace(FIRST, OTHER) + "- code: roads" + rest.replace(OTHER, FIRST, 1))
    load(file.parent, jurisdiction.id)
    assert first_line(jurisdiction.id).code == "roads"


def test_a_department_that_is_left_out_is_taken_out_of_use(jurisdiction, file):
    file.write_text(file.read_text().partition("- code: county")[0])
    lines = load(file.parent, jurisdiction.id)
    assert lines == ["department county: taken out of use"]
    assert by_code(jurisdiction.id, "county") is None
    assert len(in_jurisdiction(jurisdiction.id)) == 7


def test_a_department_may_receive_by_email(jurisdiction, file):
    text = file.read_text().replace("\n  receives: inbox", "\n  receives: email", 1)
    file.write_text(text.replace("\n  email: null", "\n  email: desk@example.org", 1))
    assert load(file.parent, jurisdiction.id) == [
        "department service_desk: changed receives, email"
    ]
