"""Charts, maps of figures and comparisons: SVG drawn on the server, each with its table.

This room draws what `statistics` counts; it counts nothing itself.
"""
