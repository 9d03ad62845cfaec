"""What the gate understands of requests, without a socket."""
