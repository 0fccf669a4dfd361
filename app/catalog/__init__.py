"""What can be reported: services (= categories) in groups, with texts, targets and what they need to be routed.

The seven groups are those of the annual report's table. Open311 calls these `service` and `group`.
"""
