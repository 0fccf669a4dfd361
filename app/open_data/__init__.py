"""Data anyone can use: each dataset described once, as files, tables and addresses for programs.

What is here is public. Rows come from other rooms' tables; nothing is stored but how often public data changed.
"""
