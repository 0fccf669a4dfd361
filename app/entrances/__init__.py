"""Other ways in: our map in other people's pages, shared computers, a paper form, labels on lamps and bins.

They lead to the same form and the same pages, and know nothing of how these are made.
"""
