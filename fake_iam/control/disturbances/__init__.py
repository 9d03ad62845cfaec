"""What a test does to time and to calls: the clock, faults, delays."""
