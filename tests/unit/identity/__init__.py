"""What people do with identity."""
