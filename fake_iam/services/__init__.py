"""What the operations do; no HTTP, no XML."""
