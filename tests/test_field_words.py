"""What is wrong with a field is said in Norwegian, whatever class of field it is."""

import ast
import inspect

import pytest
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.charts.schemas import ChartQuerySchema, PictureQuerySchema
from app.field_words import in_words
from app.i18n import force_locale
from app.places.schemas import NearQuerySchema
from app.problems import first_messages
from app.routing.api import AssetQuerySchema
from app.service_requests.grid import Tile
from app.service_requests.list_schemas import FilterSchema, SelectionSchema, TileSchema
from app.service_requests.schemas import PointSchema
from app.statistics.schemas import FiguresQuerySchema, ReportsQuerySchema, TableQuerySchema

from .test_structure import SOURCES

FILLED = {
    validate.Length: [
        (validate.Length(1, 3), ""),
        (validate.Length(min=1), ""),
        (validate.Length(min=2), ""),
        (validate.Length(max=3), "long"),
        (validate.Length(equal=2), ""),
    ],
    validate.Range: [
        (validate.Range(1, 3), 4),
        (validate.Range(-1.5, 3.5), 4),
        (validate.Range(min=1), 0),
        (validate.Range(max=3), 4),
    ],
    validate.OneOf: [(validate.OneOf(["a", "b"]), "c")],
    validate.NoneOf: [(validate.NoneOf(["a"]), "a")],
    validate.Equal: [(validate.Equal("Point"), "Line")],
    validate.Regexp: [(validate.Regexp("a"), "b")],
    validate.Email: [(validate.Email(), "b")],
}
"""Each class of validator, with every way in which it speaks and a value that it refuses."""
EXCLUDING = {"min_inclusive", "max_inclusive"}
NOT_WHEN_READING = {"format"}


def called():
    """The calls of `fields.X(...)` and `validate.X(...)` in the code, as (class, names of arguments)."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
            for module in (fields, validate):
                found = getattr(module, name, None)
                if inspect.isclass(found) and found.__module__ == module.__name__:
                    yield found, {argument.arg for argument in node.keywords}


def subclassed():
    """The classes of fields that the code builds its own on."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            for base in node.bases if isinstance(node, ast.ClassDef) else ():
                inner = base.value if isinstance(base, ast.Subscript) else base
                found = getattr(fields, getattr(inner, "attr", ""), None)
                if inspect.isclass(found):
                    yield found


USED = {found for found, _ in called()} | set(subclassed())
FIELDS = sorted((c for c in USED if issubclass(c, fields.Field)), key=lambda c: c.__name__)
VALIDATORS = sorted(
    (c for c in USED if issubclass(c, validate.Validator)), key=lambda c: c.__name__
)


def norwegian(sentence):
    """The sentence in bokmål and nynorsk, which must be other words than marshmallow's and the English ones."""
    with force_locale("en"):
        english = in_words(sentence)
    said = []
    for language in ("nb", "nn"):
        with force_locale(language):
            words = in_words(sentence)
        assert words not in {sentence, english}, f"{language}: {sentence}"
        assert "%(" not in words
        said.append(words)
    return said


def messages(field):
    """What a class of field can say of what it reads."""
    said = {}
    for kind in reversed(field.__mro__):
        said |= getattr(kind, "default_error_messages", {})
    for key, message in said.items():
        if key in NOT_WHEN_READING or (
            key == "invalid_awareness" and not hasattr(field, "AWARENESS")
        ):
            continue
        yield message.format(
            obj_type=getattr(field, "OBJ_TYPE", ""),
            awareness=getattr(field, "AWARENESS", ""),
            choices="year, month",
        )


def test_the_walk_finds_what_is_used():
    assert {fields.String, fields.Nested, fields.DateTime, fields.Enum} <= set(FIELDS)
    assert {validate.Range, validate.OneOf} <= set(VALIDATORS)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
def test_every_class_of_field_speaks_norwegian(app, field):
    for sentence in messages(field):
        norwegian(sentence)


@pytest.mark.parametrize("validator", VALIDATORS, ids=lambda validator: validator.__name__)
def test_every_class_of_validator_speaks_norwegian(app, validator):
    for refusing, value in FILLED[validator]:
        with pytest.raises(ValidationError) as refused:
            refusing(value)
        norwegian(refused.value.messages[0])


def test_no_range_is_open_at_an_end():
    """Bounds that are excluded themselves would need words of their own."""
    for validator, arguments in called():
        assert validator is not validate.Range or not arguments & EXCLUDING


def test_a_schema_speaks_norwegian(app):
    for sentence in Schema().error_messages.values():
        norwegian(sentence)


@pytest.mark.parametrize(
    "schema",
    [
        AssetQuerySchema,
        ChartQuerySchema,
        FiguresQuerySchema,
        FilterSchema,
        NearQuerySchema,
        PictureQuerySchema,
        ReportsQuerySchema,
        SelectionSchema,
        TableQuerySchema,
        TileSchema,
    ],
    ids=lambda schema: schema.__name__,
)
def test_what_a_query_does_not_understand_is_said_in_norwegian(app, schema):
    names = [field.data_key or name for name, field in schema().fields.items()]
    with pytest.raises(ValidationError) as refused:
        schema().load(dict.fromkeys(names, "æ" * 200), unknown=RAISE)

    said = {}
    for language in ("en", "nb", "nn"):
        with force_locale(language):
            said[language] = first_messages(refused.value)
    for name in said["en"]:
        assert said["nb"][name] != said["en"][name] != said["nn"][name], said["en"][name]


@pytest.mark.parametrize(
    ("schema", "sent"),
    [
        (SelectionSchema, {"from": "0001-01-01"}),
        (SelectionSchema, {"bbox": "9,9,8,8"}),
        (
            FilterSchema,
            {"cursor": "MjAyNi0wMS0wMVQwMDowMDowMCswMDowMCAx", "latitude": 1, "longitude": 1},
        ),
        (FiguresQuerySchema, {"by": "group,service,channel"}),
        (PointSchema, {"type": "Point", "coordinates": [200, 100]}),
        (PointSchema, {"type": "Point", "coordinates": [1, float("inf")]}),
    ],
)
def test_our_own_sentences_are_said_in_norwegian(app, schema, sent):
    with pytest.raises(ValidationError) as refused:
        schema().load(sent)

    for said in refused.value.messages_dict.values():
        norwegian(said[0] if isinstance(said, list) else said[1][0])


@pytest.mark.parametrize("place", [(99, 0, 0), (1, 5, 5)])
def test_a_tile_that_is_none_is_said_in_norwegian(app, place):
    with pytest.raises(ValueError, match="0 to") as refused:
        Tile(z=place[0], x=place[1], y=place[2])

    norwegian(str(refused.value))


def test_a_sentence_of_the_pages_comes_back_as_it_is(app):
    assert in_words("Velg hva det gjelder.") == "Velg hva det gjelder."


# --- as people and machines see it -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/meldinger?from=igaar", "/statistikk/tabell?from=igaar"])
def test_a_page_tells_how_to_write_a_date(client, path):
    answer = client.get(path)

    assert answer.status_code == 400
    assert "Skriv datoen slik: 2026-01-31." in answer.text
    assert "Not a valid" not in answer.text


def test_json_speaks_the_callers_language(client):
    said = client.post("/api/v1/service-requests", json={}).json["errors"]

    assert set(said) >= {"service_code", "position", "description"}
    assert {sentence for told in said.values() for sentence in told} == {
        "Dette feltet må fylles ut."
    }


def test_ogc_speaks_english(client):
    answer = client.get("/ogc/collections/service-requests/items?bbox=1,2&road=Z")

    assert answer.status_code == 400
    assert "Skriv" not in answer.text
    assert "Bruk" not in answer.text
