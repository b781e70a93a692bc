"""What the commands of `c360` say and do."""
