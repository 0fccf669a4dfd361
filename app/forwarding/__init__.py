"""Outside bodies: how a report is handed over to one, and how it answers.

Listens for the job `forwarding.forward`. Each handing over is a row with its way, state, attempts and last
failure. Knows reports and departments; only doors, which show staff how it goes, know it.
"""
