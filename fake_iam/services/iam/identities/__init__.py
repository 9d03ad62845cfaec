"""Operations on users and groups."""
