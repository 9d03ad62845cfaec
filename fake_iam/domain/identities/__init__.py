"""Who acts in an account: users and groups."""
