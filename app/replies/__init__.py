"""Answers to reporters: templates for services and statuses, with placeholders, and hints for plain language.

Owns: the templates. Must not know: the desk's pages.
"""
