"""How numbers are told to people."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with what it counts: 1 row, 1,204 rows, 3 people.

    Args:
        number: how many there are.
        one: what one of them is called, with a verb that goes with it if need be.
        many: what others are called; by default `one` with an s.
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
