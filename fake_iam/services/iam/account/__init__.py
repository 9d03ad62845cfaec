"""Operations on what an account has one of."""
