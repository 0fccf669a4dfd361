"""What a download is asked for: a page of a dataset or all of it, checked before the first byte is sent."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote, unquote

from marshmallow import fields, validate

from app.errors import MalformedQuery, NotFound
from app.i18n import gettext
from app.open_data.columns import Dataset, Format, Key, Kind
from app.open_data.datasets import DATASETS
from app.service_requests.list_schemas import SelectionSchema

MOST = 10_000
"""Rows of one page. Without `limit` a file has all rows."""
EXCEL = "excel"


class DownloadSchema(SelectionSchema):
    """The query of every file: a selection, and a page of it."""

    limit = fields.Integer(
        load_default=None,
        validate=validate.Range(1, MOST),
        metadata={"description": f"so many rows at most, up to {MOST}; without it all rows"},
    )
    after = fields.String(
        load_default=None,
        metadata={"description": "the key of the last row you have; see the next link"},
    )
    dialekt = fields.String(
        load_default=None,
        validate=validate.OneOf([EXCEL]),
        metadata={"description": "CSV as a Norwegian Excel opens it"},
    )


def find(code: str) -> Dataset:
    """The dataset with this code. :raises NotFound: naming those there are."""
    if code not in DATASETS:
        raise NotFound(
            gettext(
                "There is no dataset %(code)s. There are %(known)s.",
                code=code,
                known=", ".join(DATASETS),
            )
        )
    return DATASETS[code]


def find_format(dataset: Dataset, ending: str) -> Format:
    """The format that an address ends with. :raises NotFound: naming those of the dataset."""
    if ending not in list(dataset.formats):
        raise NotFound(
            gettext(
                "%(code)s is not there as %(ending)s. Use %(known)s.",
                code=dataset.code,
                ending=ending,
                known=", ".join(dataset.formats),
            )
        )
    return Format(ending)


def parameters(dataset: Dataset, wanted: Format) -> list[str]:
    """The query parameters of a file, in order."""
    found = sorted(dataset.filters)
    if wanted is not Format.JSON_STAT:
        found += ["limit", "after"]
    return [*found, "dialekt"] if wanted is Format.CSV else found


def refuse_unknown(dataset: Dataset, wanted: Format, given: Collection[str]) -> None:
    """Nothing, when every parameter has a meaning here. :raises MalformedQuery: naming those that have."""
    known = parameters(dataset, wanted)
    for name in given:
        if name not in known:
            raise MalformedQuery(
                name,
                gettext(
                    "%(name)s has no meaning here. Use %(known)s.",
                    name=name,
                    known=", ".join(known) or gettext("none"),
                ),
            )


def key_text(key: Key) -> str:
    """A key as the parameter `after` has it."""
    return ",".join(quote(str(part), safe="") for part in key)


def read_key(dataset: Dataset, written: str) -> Key:
    """The key in the parameter `after`. :raises MalformedQuery: it is none of this dataset."""
    parts = [unquote(part) for part in written.split(",")]
    try:
        if len(parts) != len(dataset.key):
            raise ValueError
        return tuple(
            int(part) if dataset.column(code).kind is Kind.INTEGER else part
            for code, part in zip(dataset.key, parts, strict=True)
        )
    except ValueError as fault:
        raise MalformedQuery(
            "after",
            gettext("Write the key of the last row you have: %(key)s.", key=",".join(dataset.key)),
        ) from fault


def is_late(loaded: Mapping[str, Any]) -> bool:
    """Whether the answer depends on what time it is."""
    return loaded.get("answered_in_time") is not None
