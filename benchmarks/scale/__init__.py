"""What more people cost: measured on sample worlds, and simulated beyond them."""
