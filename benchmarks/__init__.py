"""Measurements as ratios within one run. Each module prints its own; none is a test."""
