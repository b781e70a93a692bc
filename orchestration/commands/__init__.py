"""The `c360` commands, a module a group.

Belongs here: how a command asks and answers. Does not belong here: what it does.
"""
