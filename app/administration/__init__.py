"""The administrators' door: the rules of routing as a draft, tried on last year's reports, then put in force.

Rules, their matching and their log are the routing room's; here are the pages, and what a draft would have
done to the reports.
"""
