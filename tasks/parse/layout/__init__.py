"""The layout of a digest, shared by all text-like formats: saved pages, READMEs, chats, mails.

A thin reader for each format (`markup` for texts, the mailbox's own for HTML) makes lines of words
and links. `blocks` gives each piece a role: words that may be a title, names, prose, a link to a
paper, a vote, a date. `titles` learns from the whole body where and how titles are printed, and
`records` puts the pieces together. No rule belongs to one format.
"""
