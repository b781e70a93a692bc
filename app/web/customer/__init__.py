"""One customer: finding them, and what is known, with where each of it comes from."""
