"""Why counts of a sealed year changed, in words."""

from collections.abc import Mapping

from app.i18n import gettext
from app.statistics.models import RevisionReason


def revision_reasons() -> Mapping[str, str]:
    """All reasons by code, in the language in use."""
    return {
        RevisionReason.ADDED.value: gettext("A report from that year was added."),
        RevisionReason.REMOVED.value: gettext("A report was removed."),
        RevisionReason.REJECTED.value: gettext("A report was rejected: it was no fault, or spam."),
        RevisionReason.NOT_REJECTED.value: gettext(
            "A report that had been rejected counts after all."
        ),
        RevisionReason.MOVED.value: gettext("A report was moved to another year or municipality."),
        RevisionReason.CATEGORY.value: gettext("A report was moved to another category."),
        RevisionReason.IMPROVEMENT.value: gettext(
            "The answer about improvement changed: the fault was fixed, opened again or answered anew."
        ),
        RevisionReason.OUTCOME.value: gettext(
            "What became of a report is now known, or no longer known."
        ),
    }
