"""Yearly counts, the annual report's table and its charts, and the figures imported from before.

Counted figures are exact at every moment: the database appends every change of a count to `count_ledger`, a job
folds it into `yearly_count`, and a reader adds both in one snapshot. Imported figures are never
mixed with them.
"""
