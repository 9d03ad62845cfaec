"""The steps: each fills slots of a Call or refuses it. Their order is in ``pipeline.order``."""
