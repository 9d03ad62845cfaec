"""From a request to an answer, in steps whose order is the order of AWS's checks."""
