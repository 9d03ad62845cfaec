"""Operations on what a user signs or signs in with."""
