"""What is wrong with a field, in the reader's words.

marshmallow speaks English, and so does what reads a query. The command line and OGC's JSON show that
as it stands; at the edge of pages and JSON `in_words` says it in the language in use.
"""

import re

from app.i18n import lazy_gettext

FILL_IN = lazy_gettext("This field must be filled in.")
NUMBER = lazy_gettext("Write a number.")
OBJECT = lazy_gettext("Send an object with names and values.")
OTHER_VALUE = lazy_gettext("This value cannot be used. Choose another.")
EMAIL = lazy_gettext("Write an e-mail address, for example name@example.org.")
MAP_SECTION = lazy_gettext("Write the map section as four numbers: west,south,east,north.")

EXACT = {
    "Missing data for required field.": FILL_IN,
    "Field may not be null.": FILL_IN,
    "Shorter than minimum length 1.": FILL_IN,
    "Invalid value.": OTHER_VALUE,
    "Invalid input.": OTHER_VALUE,
    "Invalid type.": OBJECT,
    "Invalid input type.": OBJECT,
    "Not a valid mapping type.": OBJECT,
    "Unknown field.": lazy_gettext("There is no field with this name. Leave it out."),
    "Not a valid list.": lazy_gettext("Send a list."),
    "Not a valid integer.": lazy_gettext("Write a whole number."),
    "Not a valid number.": NUMBER,
    "Special numeric values (nan or infinity) are not permitted.": NUMBER,
    "Number too large.": lazy_gettext("Write a smaller number."),
    "Not a valid string.": lazy_gettext("Write a text."),
    "Not a valid utf-8 string.": lazy_gettext("The text holds a character that cannot be stored."),
    "Not a valid boolean.": lazy_gettext("Write true or false."),
    "Not a valid date.": lazy_gettext("Write the date like this: 2026-01-31."),
    "Not a valid datetime.": lazy_gettext(
        "Write the date like this: 2026-01-31. With a time: 2026-01-31T14:30."
    ),
    "Not a valid aware datetime.": lazy_gettext(
        "Write date, time and time zone like this: 2026-01-31T14:30:00+01:00."
    ),
    "Not a valid email address.": EMAIL,
    "Not a valid UUID.": lazy_gettext(
        "Send an id like this: 6f1c2d3e-0a1b-4c2d-8e3f-405162738495."
    ),
    "Not a valid URL.": lazy_gettext("Write a web address, for example https://www.example.org."),
    "String does not match expected pattern.": lazy_gettext(
        "This is not written as it should be. See how the field is described."
    ),
    # our own, of `service_requests`, `geo.positions`
    "use true or false": lazy_gettext("Write true or false."),
    "follow the next link as it is given": lazy_gettext("Follow the link as it is given."),
    "a box is four numbers: west,south,east,north": MAP_SECTION,
    "a box is west,south,east,north in degrees, west before east, south before north": lazy_gettext(
        "Write the map section in degrees as west,south,east,north: west before east, south before north."
    ),
    "coordinates must be finite numbers": lazy_gettext("Write longitude and latitude as numbers."),
    "longitude must be within ±180 and latitude within ±90 degrees": lazy_gettext(
        "Latitude is within 90 and longitude within 180 degrees."
    ),
}
PATTERNS = {
    r"Must be one of: (?P<known>.*)\.": lazy_gettext("Use one of these: %(known)s."),
    r"Must be equal to (?P<known>.*)\.": lazy_gettext("Use %(known)s."),
    r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.": lazy_gettext(
        "Write from %(least)s to %(most)s characters."
    ),
    r"Length must be (?P<count>\d+)\.": lazy_gettext("The number of characters must be %(count)s."),
    r"Longer than maximum length (?P<count>\d+)\.": lazy_gettext(
        "Write at most %(count)s characters."
    ),
    r"Shorter than minimum length (?P<count>\d+)\.": lazy_gettext(
        "Write at least %(count)s characters."
    ),
    r"Must be greater than or equal to (?P<least>\S+) and less than or equal to (?P<most>\S+)\.": (
        lazy_gettext("Use a number from %(least)s to %(most)s.")
    ),
    r"Must be greater than or equal to (?P<least>\S+)\.": lazy_gettext(
        "Use a number that is at least %(least)s."
    ),
    r"Must be less than or equal to (?P<most>\S+)\.": lazy_gettext(
        "Use a number that is at most %(most)s."
    ),
    # our own, of `service_requests`, `statistics`
    r"(?P<given>.+): use (?P<known>.+); comma between": lazy_gettext(
        "Here you cannot use %(given)s. Use %(known)s, with commas between."
    ),
    r"use one or more of (?P<known>.+), comma between": lazy_gettext(
        "Use one or more of these, with commas between: %(known)s."
    ),
    r"use a moment from (?P<first>\d+) to (?P<last>\d+)": lazy_gettext(
        "Use a date in the years %(first)s–%(last)s."
    ),
    r"use at most (?P<most>\d+)": lazy_gettext("Use at most %(most)s, with a comma between."),
    r"the zoom goes from 0 to (?P<most>\d+)": lazy_gettext("Use a zoom from 0 to %(most)s."),
    r"at zoom (?P<zoom>\d+) x and y go from 0 to (?P<most>\d+)": lazy_gettext(
        "At zoom %(zoom)s, x and y go from 0 to %(most)s."
    ),
}
_READ = [(re.compile(pattern, re.DOTALL), words) for pattern, words in PATTERNS.items()]


def in_words(sentence: str) -> str:
    """The sentence in the language in use; one that is not known here comes back as it is."""
    if sentence in EXACT:
        return str(EXACT[sentence])
    for pattern, words in _READ:
        if found := pattern.fullmatch(sentence):
            return str(words) % found.groupdict()
    return sentence
