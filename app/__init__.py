"""Melde feil i gata mi: residents report faults, whoever answers for them is told, everyone can
count what came of it.

The house is drawn in docs/architecture.md. Doors on top (reporting, fieldwork), the hall of reports
in the middle,
the rooms that decide what, where and who below it, the ground at the bottom. Imports point downwards only.
"""
