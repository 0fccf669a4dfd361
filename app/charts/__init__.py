"""Charts that can be printed in a newspaper: pictures drawn on the server, each with its finding and its table.

The room reads figures from `statistics` and never counts itself. Geometry (`marks`, `scale`, `bars`, `lines`,
`heat`, `shapes`) knows no colours and makes no words; what a chart says stands in the module of its name.
"""
