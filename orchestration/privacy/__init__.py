"""What people may ask of us, and what we can prove: access, erasure, their log."""
