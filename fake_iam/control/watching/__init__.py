"""What a test can see of the calls: the journal."""
