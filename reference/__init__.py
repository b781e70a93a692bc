"""The reference of the documentation site, written from what the project declares.

Belongs here: pages that can be derived from dbt's manifest and from the commands, so
that nobody keeps them by hand. Does not belong here: what people have to say, in docs/.
"""
