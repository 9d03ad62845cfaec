"""Operations that report on an account."""
