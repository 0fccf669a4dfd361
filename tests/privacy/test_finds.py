import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.finds import FIRST, SECOND, Kind, finds, is_identity_number

from ..casework.desk import come_in
from ..factories import submitted

BIRTH = ("010190", "311299", "290200", "410190", "014190", "018190")
"""Born, born last in a year, on a leap day, a D-number, two kinds of made-up ones."""


def whole(six: str, number: int) -> str | None:
    """The eleven digits of a day and a number, unless that number is never given out."""
    digits = [int(digit) for digit in f"{six}{number:03}"]
    for weights in (FIRST, SECOND):
        rest = sum(n * w for n, w in zip(digits, weights, strict=True)) % 11
        if rest == 1:
            return None
        digits.append((11 - rest) % 11)
    return "".join(map(str, digits))


@pytest.mark.parametrize("six", BIRTH)
def test_identity_numbers_are_known_by_their_check_digits(six):
    made = [number for number in (whole(six, at) for at in range(1000)) if number]
    assert len(made) > 500
    assert all(is_identity_number(number) for number in made)
    changed = [f"{n[:10]}{(int(n[10]) + 1) % 10}" for n in made]
    assert not any(is_identity_number(number) for number in changed)


@pytest.mark.parametrize(
    "text", ["", "00000000000", "32019012345", "0101901234", "abcdefghijk", "١٢٣٤٥٦٧٨٩٠١"]
)
def test_other_digits_are_none(text):
    assert not is_identity_number(text)


def test_what_is_personal_is_found_where_it_stands():
    number = whole("010190", 123) or whole("010190", 124)
    text = f"Ring 40 61 22 33 eller skriv til nabo@example.org. Han er {number[:6]} {number[6:]}."
    found = [(find.kind, text[find.start : find.end]) for find in finds(text)]
    assert found == [
        (Kind.PHONE, "40 61 22 33"),
        (Kind.EMAIL, "nabo@example.org"),
        (Kind.IDENTITY_NUMBER, f"{number[:6]} {number[6:]}"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Hull ved Storgata 12, 6510",
        "Lykt 12345 er mørk",
        "3 m bredt og 20 cm dypt",
        "KSU-2026-000123",
        "kl. 08.30 den 12.03.2026",
    ],
)
def test_streets_lamps_and_numbers_of_reports_are_not_personal(text):
    assert finds(text) == []


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    for find in finds(text):
        assert 0 <= find.start < find.end <= len(text)


def test_the_desk_is_told_of_what_was_found(client, jurisdiction):
    come_in(client, jurisdiction)
    plain = submitted(jurisdiction, description="Dypt hull")
    marked = submitted(jurisdiction, description="Ring nabo@example.org")
    words = "Personopplysninger funnet"
    assert words not in client.get(f"/innboks/{plain.number}").get_data(as_text=True)
    assert words in client.get(f"/innboks/{marked.number}").get_data(as_text=True)
