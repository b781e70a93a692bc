"""What people do with identity: explain, correct, try other rules, measure.

The identity itself is SQL, under models/identity.
"""
