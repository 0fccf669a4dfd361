from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roles import Role
from app.service_requests.status import (
    CHANGES,
    CLOSED,
    OPEN,
    Need,
    Party,
    Phase,
    Status,
    change,
    phase,
    possible,
)

STATUSES = st.sampled_from(Status)
ROLES = st.sets(st.sampled_from(Role))
CREW, DESK = {Role.CREW}, {Role.FIRST_LINE}


@given(STATUSES, STATUSES, ROLES)
def test_what_is_possible_and_what_is_allowed_agree(source, target, roles):
    assert (target in possible(source, roles)) == (change(source, target, roles) is not None)


@given(STATUSES, ROLES, ROLES)
def test_more_roles_never_allow_less(source, some, more):
    assert set(possible(source, some)) <= set(possible(source, some | more))


@pytest.mark.parametrize("status", Status)
def test_every_status_is_open_or_closed_and_has_one_of_four_phases(status):
    assert (status in OPEN) != (status in CLOSED)
    assert phase(status) in Phase
    assert (phase(status) in {Phase.FIXED, Phase.CLOSED}) == (status in CLOSED)


@pytest.mark.parametrize("source", OPEN)
def test_every_open_report_can_be_fixed_by_its_crew(source):
    found = change(source, Status.FIXED, CREW)
    assert found is not None
    assert found.needs == {Need.IMPROVEMENT}


@pytest.mark.parametrize("source", OPEN)
@pytest.mark.parametrize(
    ("target", "need"),
    [
        (Status.FORWARDED, Need.DEPARTMENT),
        (Status.DUPLICATE, Need.ORIGINAL),
        (Status.NO_ACTION, Need.REASON),
        (Status.REJECTED, Need.REASON),
    ],
)
def test_every_open_report_can_be_closed_by_the_desk_with_what_it_needs(source, target, need):
    found = change(source, target, DESK)
    assert found is not None
    assert found.needs == {need}


@pytest.mark.parametrize("source", sorted(set(CLOSED) - {Status.FORWARDED}))
def test_a_closed_report_can_only_be_taken_up_again_and_by_the_desk(source):
    assert possible(source, DESK) == [Status.ASSESSING]
    assert possible(source, CREW) == []


def test_what_was_passed_on_can_be_answered_by_the_outside_body_or_written_down_by_the_desk():
    assert possible(Status.FORWARDED, {Party.OUTSIDE}) == [Status.FIXED]
    answers = {Status.FIXED, Status.NO_ACTION, Status.ASSESSING}
    assert set(possible(Status.FORWARDED, DESK)) == answers
    assert possible(Status.FORWARDED, CREW) == []


@pytest.mark.parametrize("source", sorted(set(Status) - {Status.FORWARDED}))
def test_an_outside_body_answers_only_for_what_was_passed_to_it(source):
    assert possible(source, {Party.OUTSIDE}) == []


@pytest.mark.parametrize("target", [Status.REJECTED, Status.FORWARDED])
def test_a_crew_may_not_reject_or_pass_on(target):
    assert change(Status.IN_PROGRESS, target, CREW) is None


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (Status.FIXED, Status.ASSIGNED),
        (Status.FIXED, Status.REJECTED),
        (Status.IN_PROGRESS, Status.RECEIVED),
        (Status.ASSIGNED, Status.RECEIVED),
        (Status.PLANNED, Status.ASSIGNED),
        (Status.RECEIVED, Status.PLANNED),
        (Status.DUPLICATE, Status.FIXED),
    ],
)
def test_a_change_that_is_not_in_the_table_is_nobodys(source, target):
    assert change(source, target, set(Role)) is None


@pytest.mark.parametrize("source", Status)
def test_the_one_who_reported_withdraws_what_is_open_and_opens_what_was_closed(source):
    allowed = possible(source, {Party.REPORTER})
    if source in {Status.FIXED, Status.NO_ACTION}:
        assert allowed == [Status.ASSESSING]
    elif source in {*OPEN, Status.FORWARDED}:
        assert allowed == [Status.NO_ACTION]
    else:
        assert allowed == []


def test_nobody_sets_not_known():
    assert not [target for _, target in CHANGES if target == Status.UNKNOWN]


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_sign_of_its_own_name(status):
    signs = Path(__file__).parents[2] / "static/img/pins.svg"
    assert f'id="sign-{status}"' in signs.read_text("utf-8")


@pytest.mark.parametrize("status", Status)
def test_staying_is_no_change(status):
    assert change(status, status, set(Role)) is None


def test_administrators_and_analysts_change_nothing():
    assert not [row for row in CHANGES.values() if row.roles & {Role.ADMINISTRATOR, Role.ANALYST}]
