"""What is measured, and the published rule of each measure. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.i18n import gettext
from app.service_requests.filter import Basis


class Unit(StrEnum):
    """What a measure's values are."""

    REPORTS = "reports"
    SHARE = "share"
    """0 to 1."""
    DAYS = "days"
    """Calendar days, with decimals."""
    PER_1000 = "per_1000"
    """Reports for each 1000 inhabitants."""


@dataclass(frozen=True, kw_only=True)
class MeasureInfo:
    """A measure. `basis` says which of the selected reports it is made of; None: all of them.

    `decimals` is how many people read; values are not rounded.
    """

    code: str
    unit: Unit
    decimals: int
    basis: Basis | None = None

    @property
    def is_count(self) -> bool:
        """Whether values are whole numbers that can be added."""
        return self.unit == Unit.REPORTS


MEASURES: tuple[MeasureInfo, ...] = (
    MeasureInfo(code="received", unit=Unit.REPORTS, decimals=0),
    MeasureInfo(code="led_to_improvement", unit=Unit.REPORTS, decimals=0, basis=Basis.IMPROVED),
    MeasureInfo(code="improvement_share", unit=Unit.SHARE, decimals=1, basis=Basis.OUTCOME_KNOWN),
    MeasureInfo(code="answered_in_time_share", unit=Unit.SHARE, decimals=1, basis=Basis.ANSWER_DUE),
    MeasureInfo(code="first_answer_days_median", unit=Unit.DAYS, decimals=1, basis=Basis.ANSWERED),
    MeasureInfo(code="first_answer_days_p90", unit=Unit.DAYS, decimals=1, basis=Basis.ANSWERED),
    MeasureInfo(code="fix_days_median", unit=Unit.DAYS, decimals=1, basis=Basis.FIXED),
    MeasureInfo(code="fix_days_p90", unit=Unit.DAYS, decimals=1, basis=Basis.FIXED),
    MeasureInfo(code="still_open", unit=Unit.REPORTS, decimals=0, basis=Basis.OPEN),
    MeasureInfo(code="received_per_1000", unit=Unit.PER_1000, decimals=1),
)
BY_CODE: Mapping[str, MeasureInfo] = {measure.code: measure for measure in MEASURES}
COUNTS = tuple(measure.code for measure in MEASURES if measure.is_count)


def title(code: str) -> str:
    """The measure's name: «Førte til forbedring». :raises KeyError: there is no such measure."""
    return {
        "received": gettext("Enquiries received"),
        "led_to_improvement": gettext("Led to improvement"),
        "improvement_share": gettext("Share that led to improvement"),
        "answered_in_time_share": gettext("Share answered in time"),
        "first_answer_days_median": gettext("Days to first answer, median"),
        "first_answer_days_p90": gettext("Days to first answer, 90th percentile"),
        "fix_days_median": gettext("Days until fixed, median"),
        "fix_days_p90": gettext("Days until fixed, 90th percentile"),
        "still_open": gettext("Still open"),
        "received_per_1000": gettext("Enquiries per 1000 inhabitants"),
    }[code]


def rule(code: str) -> str:
    """How the measure is counted, in a few sentences. :raises KeyError: there is no such measure."""
    return {
        "received": gettext(
            "Every report counts in the period it was received, by the municipality's local time. Reports "
            "of the same fault count one each. Rejected reports (spam, not a fault) do not count."
        ),
        "led_to_improvement": gettext(
            "The reports that led to an improvement, counted in the period they were received, whenever "
            "the fault was fixed. A repeated report follows the first one."
        ),
        "improvement_share": gettext(
            "The reports that led to an improvement, divided by all whose outcome is known. Open reports "
            "count as not improved so far. Reports that came from another system without an outcome are "
            "left out."
        ),
        "answered_in_time_share": gettext(
            "Of the reports that have a first answer, or whose day for it has passed: the share that was "
            "answered on that day or before."
        ),
        "first_answer_days_median": gettext(
            "Calendar days from receipt to the first answer: half of the answered reports waited shorter, "
            "half longer. Reports without an answer are left out."
        ),
        "first_answer_days_p90": gettext(
            "Calendar days from receipt to the first answer: nine of ten answered reports waited no "
            "longer. Reports without an answer are left out."
        ),
        "fix_days_median": gettext(
            "Calendar days from receipt until the report was closed as fixed: half took shorter, half "
            "longer. Reports that are not fixed are left out."
        ),
        "fix_days_p90": gettext(
            "Calendar days from receipt until the report was closed as fixed: nine of ten took no longer. "
            "Reports that are not fixed are left out."
        ),
        "still_open": gettext(
            "The reports received in the period that are open now, whether new, sent on to the one "
            "responsible, planned or in progress."
        ),
        "received_per_1000": gettext(
            "Reports received, divided by the number of inhabitants of that year in thousands. Missing "
            "where the number of inhabitants is not known."
        ),
    }[code]
