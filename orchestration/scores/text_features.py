"""What is counted in a text: its words, negated or not, and pairs of neighbours.

Belongs here: the one query that training and scoring both take features from, so that
they can never differ. Does not belong here: what a feature is worth.
"""

from __future__ import annotations

_NEGATION_REACH = 3
"""Words after a negation that it turns, as in "not a very good fit"."""

_FEATURES = r"""
with

cleaned as (

    -- Addresses, links and handles say who and where, not how somebody feels.
    select
        text_id,
        regexp_replace(
            replace(lower(body), chr(8217), ''''),
            '(https?://|www\.)\S+|\S+@\S+|@\w+',
            ' ',
            'g'
        ) as body
    from {texts}

),

split as (

    select
        text_id,
        regexp_extract_all(
            body,
            '\p{{L}}+(?:''\p{{L}}+)*|[:;=8][''-]?[()dp/|\]]+|<3|[.,;:()!?\n]|\p{{So}}'
        ) as tokens
    from cleaned

),

tokens as (

    select
        text_id,
        unnest(tokens) as token,
        generate_subscripts(tokens, 1) as position
    from split

),

in_clauses as (

    select
        text_id,
        token,
        position,
        regexp_matches(token, '^\p{{L}}') as is_word,
        token in (
            'not', 'no', 'never', 'none', 'nobody', 'nothing', 'neither', 'nor',
            'without', 'hardly', 'barely', 'cannot', 'cant', 'dont', 'doesnt', 'didnt',
            'isnt', 'wasnt', 'wont', 'aint'
        )
        or token like '%n''t' as is_negation,
        count(*) filter (where regexp_matches(token, '^[.,;:()!?\n]$')) over (
            partition by text_id
            order by position
        ) as clause
    from tokens

),

in_context as (

    select
        text_id,
        token,
        is_word,
        is_word
        and not is_negation
        and coalesce(
            bool_or(is_negation) over (
                partition by text_id, clause
                order by position
                rows between {reach} preceding and 1 preceding
            ),
            false
        ) as is_negated,
        lead(token) over (
            partition by text_id, clause
            order by position
        ) as next_token
    from in_clauses
    where not regexp_matches(token, '^[.,;:()\n]$')

)

select distinct
    text_id,
    if(is_negated, 'not ' || token, token) as feature,
    if(is_word, token, null) as word
from in_context

union

select
    text_id,
    token || ' ' || next_token as feature,
    null as word
from in_context
where is_word and regexp_matches(next_token, '^\p{{L}}')
"""


def text_features(texts: str) -> str:
    """Return a query of the features of texts, each once a text.

    Args:
        texts: a relation with `text_id` and `body`.

    Returns:
        SQL with the columns text_id, feature, and word: the word that a feature is,
        negated or not; null for pairs and signs.
    """
    return _FEATURES.format(texts=texts, reach=_NEGATION_REACH)
