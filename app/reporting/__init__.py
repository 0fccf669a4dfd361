"""The residents' door: the map, the list, the form in three steps, the page of one report.

Every page works without JavaScript; the map makes it good. The form keeps its answers in the pages
themselves, so
nothing about a person is stored before they send.
"""
