"""The photos of residents' forms: what they name and what they bring, as keys."""

from app.photos.views import SomeRefused, allow_photos, taken

__all__ = ["SomeRefused", "allow_photos", "taken"]
