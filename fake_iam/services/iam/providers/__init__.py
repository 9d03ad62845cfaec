"""Operations on identity providers outside AWS."""
