"""Identity providers outside AWS that an account trusts."""
