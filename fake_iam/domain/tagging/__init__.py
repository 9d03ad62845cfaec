"""What is true of the Resource Groups Tagging API."""
