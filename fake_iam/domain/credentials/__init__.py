"""What a user signs or signs in with."""
