"""The SQL that splits one row of a CSV file into its fields."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestration.ingestion.sql import literal


@dataclass(frozen=True)
class CsvRow:
    """SQL that splits the text of a row, `body`, into its fields."""

    delimiter: str
    width: int

    @property
    def is_well_formed(self) -> str:
        """True when every quote opens a field, closes one, or is doubled in one."""
        mark = re.escape(self.delimiter)
        field = f'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
        return f"regexp_matches(body, {literal(f'^{field}(?:{mark}{field})*$')})"

    @property
    def fields(self) -> str:
        """The fields of a row, null if it is not well formed."""
        mark = re.escape(self.delimiter)
        all_quoted = literal(f'^"[^"]*"(?:{mark}"[^"]*")*$')
        return f"""case
            when not contains(body, '"') then list_transform(
                string_split(body, {literal(self.delimiter)}),
                lambda field: nullif(field, '')
            )
            when regexp_matches(body, {all_quoted})
                then string_split(body[2:-2], {literal(f'"{self.delimiter}"')})
            when {self.is_well_formed} then {self._fields_partly_quoted}
        end"""

    @property
    def _fields_partly_quoted(self) -> str:
        """The fields of a row of which some are quoted.

        What is quoted are the even pieces between quotes. Delimiters in there become
        NUL, which no line that comes so far contains, until the row is split.
        """
        mark = literal(self.delimiter)
        return f"""list_transform(
            string_split(
                array_to_string(
                    list_transform(
                        string_split(body, '"'),
                        lambda piece, i:
                            if(i % 2 = 0, replace(piece, {mark}, chr(0)), piece)
                    ),
                    '"'
                ),
                {mark}
            ),
            lambda field: case
                when field = '' then null
                when starts_with(field, '"')
                    then replace(replace(field[2:-2], '""', '"'), chr(0), {mark})
                else field
            end
        )"""
