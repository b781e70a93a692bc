"""What is kept outside of the warehouse."""
