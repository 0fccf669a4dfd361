"""Open data: every dataset described once, in all formats; OGC API Features; the catalogue; nightly files.

Nothing personal and nothing that is not public comes through here.
"""
