"""Positions, boxes and areas: the shapes that come in, checked, and the coordinate systems they are in.

EPSG:4326, longitude before latitude, everywhere in this house (RFC 7946). Knows nothing of reports
or municipalities.
"""
