"""What each role may do: every address for staff, asked by everybody, against the table in `app/roles.py`."""

import pytest

from app.roles import MAY, Deed, Role, may, who_may
from app.security import ANYONE

from .factories import staff, submitted

ARGUMENTS = {
    "code": "nothing",
    "comment_id": 1,
    "decision": "vis",
    "group": "road",
    "key": "00000000-0000-4000-8000-000000000000",
    "language": "nb",
    "link_id": 1,
    "claim_id": 1,
    "token": "token",
    "photo_id": "00000000-0000-4000-8000-000000000000",
    "verb": "merknad",
    "year": 2025,
}
NOT_ALLOWED = {401, 403}
NOBODY = 2**31 - 1
"""An account that there is none of: the walk must not end its own session."""


def staff_rules(app):
    """The addresses that only staff may see, with the rights that open them."""
    for rule in app.url_map.iter_rules():
        audience = getattr(app.view_functions[rule.endpoint], "audience", (ANYONE,))
        if ANYONE not in audience:
            yield rule, audience


def path_of(app, rule, number):
    known = ARGUMENTS | {"number": number}
    values = {name: known.get(name, 1) for name in rule.arguments}
    for name in rule.arguments:
        kind = type(rule._converters[name]).__name__
        if kind == "IntegerConverter":
            values[name] = NOBODY if name == "person_id" else 1
        elif kind == "AnyConverter":
            values[name] = sorted(rule._converters[name].items)[0]
        elif name == "key" and kind == "UnicodeConverter":
            values[name] = "1"
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def answers(app, client, rule, number):
    """The status of each of the rule's methods."""
    path = path_of(app, rule, number)
    found = {}
    for method in sorted(rule.methods & {"GET", "POST", "PUT", "DELETE"}):
        sent = {"json": {}} if path.startswith("/api/") and method != "GET" else {}
        found[method] = client.open(path, method=method, **sent).status_code
    return found


def test_the_table_knows_every_role_and_right():
    assert set(MAY) == set(Role)
    assert {deed for deeds in MAY.values() for deed in deeds} == set(Deed)
    assert may([Role.CREW, Role.ANALYST], Deed.EARLY_FIGURES)
    assert who_may(Deed.SET_UP) == (Role.ADMINISTRATOR,)


@pytest.mark.parametrize("role", list(Role))
def test_every_address_for_staff_opens_for_those_who_have_the_right_and_nobody_else(
    app, client, jurisdiction, role
):
    number = submitted(jurisdiction).number
    who = staff(jurisdiction, "roads", role, "someone@example.org")
    wrong, asked = [], 0
    for rule, audience in staff_rules(app):
        with client.session_transaction() as cookie:
            cookie.clear()
            cookie["_user_id"] = who.session_id
        is_allowed = any(may([role], deed) for deed in audience)
        for method, status in answers(app, client, rule, number).items():
            asked += 1
            refused = status in NOT_ALLOWED
            if refused == is_allowed or status >= 500:
                wrong.append((role.value, method, rule.rule, status))
    assert wrong == []
    assert asked > 60


def test_whoever_is_not_signed_in_is_asked_to(app, client, jurisdiction):
    number = submitted(jurisdiction).number
    wrong = []
    for rule, _ in staff_rules(app):
        expected = {401} if rule.rule.startswith("/api/") else {303}
        for method, status in answers(app, client, rule, number).items():
            if status not in expected:
                wrong.append((method, rule.rule, status))
    assert wrong == []
