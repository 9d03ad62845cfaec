"""What an account has one of."""
