"""What single macros compute, asked of a database."""
