"""The hall: one report, its statuses, its history, what may be done with it, how it is found and shown as JSON.

Words and fields follow Open311 GeoReport v2. Whoever wants to hear of changes is called by a job's name
(`notifications.…`), never imported.
"""
