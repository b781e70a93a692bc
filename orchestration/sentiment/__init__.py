"""Learning from labelled texts how people feel in what they write."""
