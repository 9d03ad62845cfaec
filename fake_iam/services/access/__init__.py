"""What a caller may: who it is in the terms of policies, and what a decision about it takes."""
