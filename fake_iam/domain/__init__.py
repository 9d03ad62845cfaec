"""What is true of IAM; standard library only."""
