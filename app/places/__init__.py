"""Where things are in words: addresses and place names from Kartverket, our own places and streets.

Owns the answers that are kept of Kartverket. Must not know reports.
"""
