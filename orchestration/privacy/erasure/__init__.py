"""Erasure: nothing that a person alone held is left in a file of the data directory.

One concept a module, in the order of the work: who is meant (`subjects.py`), which
words are theirs (`own_words.py`, `words.py`, `needles.py`), what would be touched
(`plan.py`), one row (`rows.py`), one file (`files.py`, `parquet_files.py`,
`changes.py`), what is kept beside the warehouse (`kept_state.py`, `copies.py`), the
phases and their journal (`erase.py`, `journal.py`), the proof (`scan.py`), the receipt
(`receipts.py`), and keeping people erased (`suppression.py`, `resent.py`).
"""
