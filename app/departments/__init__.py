"""Departments and outside bodies (road authority, county, energy company): who answers, and how they receive.

Exactly one department of a municipality is its first line: what no rule places ends there.
"""
