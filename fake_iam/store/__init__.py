"""Where rows live; knows the domain's types, holds no rules."""
