"""A municipality: its number, boundary with sea, languages, addresses on the web and place names.

`jurisdiction` is the tenant and Open311's `jurisdiction_id`. Knows nothing of departments or services.
"""
