"""The console: pages on which a person sees and steers the server."""
