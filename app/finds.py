"""Personal data in running text: what a person should look at before anybody else reads it. Pure.

Norwegian national identity numbers (also D-numbers and synthetic test numbers) are known by their two check
digits, telephone numbers by phonenumbers, e-mail addresses by their form. A find says where it stands; no find
does not say that the text is harmless.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

ELEVEN = re.compile(r"(?<!\d)\d{6}[ .]?\d{5}(?!\d)")
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
MODULUS = 11
COUNTRY = "NO"


class Kind(StrEnum):
    """What was found."""

    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, kw_only=True)
class Find:
    """Something personal: `text[start:end]`."""

    kind: Kind
    start: int
    end: int


def finds(text: str) -> list[Find]:
    """What is personal in a text, in its order; nothing stands in two finds."""
    found = [*_identity_numbers(text), *_emails(text), *_phones(text)]
    kept: list[Find] = []
    for find in sorted(found, key=lambda find: (find.start, -find.end)):
        if not kept or find.start >= kept[-1].end:
            kept.append(find)
    return kept


def is_identity_number(digits: str) -> bool:
    """Whether eleven digits are a Norwegian national identity number, by their check digits and day.

    D-numbers have 4 added to the first digit, synthetic ones 40 or 80 to the month.
    """
    if len(digits) != MODULUS or not digits.isascii() or not digits.isdigit():
        return False
    numbers = [int(digit) for digit in digits]
    day = int(digits[:2]) - (40 if numbers[0] >= 4 else 0)
    month = int(digits[2:4]) % 40
    is_day = 1 <= day <= 31 and 1 <= month <= 12
    return (
        is_day
        and _check(numbers[:9], FIRST) == numbers[9]
        and _check(numbers[:10], SECOND) == numbers[10]
    )


def _check(numbers: list[int], weights: tuple[int, ...]) -> int:
    """The check digit; 10 for numbers that are never given out."""
    rest = MODULUS - sum(n * w for n, w in zip(numbers, weights, strict=True)) % MODULUS
    return 0 if rest == MODULUS else rest


def _identity_numbers(text: str) -> list[Find]:
    return [
        Find(kind=Kind.IDENTITY_NUMBER, start=found.start(), end=found.end())
        for found in ELEVEN.finditer(text)
        if is_identity_number(re.sub(r"\D", "", found[0]))
    ]


def _emails(text: str) -> list[Find]:
    return [
        Find(kind=Kind.EMAIL, start=found.start(), end=found.end())
        for found in EMAIL.finditer(text)
    ]


def _phones(text: str) -> list[Find]:
    matches = phonenumbers.PhoneNumberMatcher(text, COUNTRY)
    return [Find(kind=Kind.PHONE, start=match.start, end=match.end) for match in matches]
