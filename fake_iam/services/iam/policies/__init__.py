"""Operations on managed, inline and attached policies."""
