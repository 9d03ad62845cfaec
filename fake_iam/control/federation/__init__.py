"""What identity providers sign, signed here in their place."""
