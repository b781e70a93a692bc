"""What people and programs read: the published release, searched, and by right.

Everything here reads releases only, so it never waits for a run and holds none up. What
is written is the access log and what a person decides, both journals under `state/`.
"""
