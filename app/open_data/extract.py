"""What a writer is given: the rows of a dataset with everything that is said about them.

All words are looked up here, so that writers need neither a language nor a request while rows stream.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from app.i18n import gettext, language, localised
from app.jurisdictions.licence import Licence, licence_of
from app.jurisdictions.models import Jurisdiction
from app.open_data.columns import Dataset, Key, Row
from app.service_requests.filter import Filter

BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Extract:
    """Rows on their way out. `zone` is the municipality's; `yes_no` are the words for true and false."""

    dataset: Dataset
    title: str
    description: str
    publisher: str
    language: str
    made_at: datetime
    titles: Mapping[str, str]
    names: Mapping[str, Mapping[str, str]]
    descriptions: Mapping[str, str]
    yes_no: tuple[str, str]
    zone: ZoneInfo
    licence: Licence
    rows: Iterator[Row]

    def batches(self) -> Iterator[Sequence[Row]]:
        """The rows, some at a time; the source is closed when the reader ends early."""
        source = self.rows
        if hasattr(source, "close"):
            with closing(source):  # type: ignore[type-var]
                yield from _batches(source)
        else:
            yield from _batches(source)

    def with_rows(self, rows: Iterable[Row]) -> "Extract":
        """The same with these rows."""
        return replace(self, rows=iter(rows))

    def about(self) -> dict[str, Any]:
        """What stands at the head of a file."""
        return {
            "dataset": self.dataset.code,
            "title": self.title,
            "description": self.description,
            "publisher": self.publisher,
            "licence": self.licence.uri,
            "licence_name": self.licence.name,
            "language": self.language,
            "made_at": moment(self.made_at),
        }


def _batches(rows: Iterator[Row]) -> Iterator[Sequence[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def extract(
    dataset: Dataset,
    jurisdiction: Jurisdiction,
    wanted: Filter,
    *,
    after: Key | None = None,
    now: datetime,
    limit: int | None = None,
) -> Extract:
    """The dataset's rows in the language in use. Reading begins with the first row that is taken."""
    rows = dataset.rows(jurisdiction, wanted, after, now)
    return Extract(
        dataset=dataset,
        title=dataset.title(),
        description=dataset.description(),
        publisher=localised(jurisdiction.name),
        language=language(),
        made_at=now,
        titles={column.code: column.title() for column in dataset.columns},
        names={
            column.code: column.codes(jurisdiction) for column in dataset.columns if column.codes
        },
        descriptions={column.code: column.description() for column in dataset.columns},
        yes_no=(gettext("Yes"), gettext("No")),
        zone=ZoneInfo(jurisdiction.time_zone),
        licence=licence_of(jurisdiction),
        rows=rows if limit is None else islice(rows, limit),
    )


def moment(value: datetime) -> str:
    """ISO 8601 in UTC: `2026-03-03T08:12:00Z`."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def plain(value: Any) -> Any:
    """A value as JSON has it: times as text, numbers as they are."""
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else value
