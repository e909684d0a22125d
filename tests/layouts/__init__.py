"""Lists of papers in many dresses, and how exactly they are read.

The papers are made up. The dresses are what public savers, READMEs, mails and chats print; only
their layout was learnt from there. Which dresses are worked with and which are reported on is
decided by the hash of their names, before any of them is read.
"""
