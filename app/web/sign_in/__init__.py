"""Who is at the other end: a local user with a password, or an identity provider's."""
