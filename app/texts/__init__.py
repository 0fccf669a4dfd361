"""The pages of running text: about, privacy, cookies, accessibility, help; in Markdown, in each language.

Each text has a default, shipped with the product or in the municipality's folder, and may be edited in the
browser. Knows nothing of reports.
"""
