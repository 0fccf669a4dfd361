"""The annual report as page, PDF and CSV; years that are sealed, and what was corrected after.

A sealed year stands for ever. This room knows the figures of `statistics`, and nothing of who downloads them.
"""
