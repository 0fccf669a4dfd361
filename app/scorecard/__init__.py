"""Figures from elsewhere beside our own: indicators, target bands, and what residents think of how it went.

Imported figures are never mixed with counted ones, and never corrected.
"""
