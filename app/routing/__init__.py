"""Which department answers for a report, and why: rules in rank order over facts about the place
and the service.

One SQL statement decides. Facts that later rules ask for (road owner, lamp owner, season) become
further columns of
`routing_rule` and further fields of `Facts`; the statement and the stored decision keep their shape.
"""
