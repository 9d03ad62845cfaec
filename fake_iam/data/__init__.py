"""Reference data of AWS as the package carries it: files made of published packages, and their reader."""
