{#-
    Stop with a sentence where the rules and weights of matching are wrong: what dbt's
    tests of one seed cannot see, since it is between two of them or in the vocabulary.
-#}
{% macro check_match_model(model) -%}
    {%- set known = match_fields() -%}
    {%- set tests = [
        'same', 'swapped', 'in_common', 'similar', 'starts', 'one_edit', 'two_edits',
        'typo', 'same_place', 'similar_place', 'differs_within', 'silent', 'otherwise',
    ] -%}
    {%- set wrong = [] -%}
    {%- for block in model.blocks -%}
        {%- for field in block.fields if field not in known.all -%}
            {%- do wrong.append(
                "blocking rule '" ~ block.name ~ "' names the field '" ~ field
                ~ "', which int_identity__match_profiles does not have"
            ) -%}
        {%- endfor -%}
        {%- if not block.fields or not block.max_entities or block.max_entities < 2 -%}
            {%- do wrong.append(
                "blocking rule '" ~ block.name ~ "' needs fields, and max_entities of at"
                ~ " least 2"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name, comparison in model.comparisons.items() -%}
        {%- for field in comparison.silent if field not in known.all -%}
            {%- do wrong.append(
                "the silent level of comparison '" ~ name ~ "' names the field '" ~ field
                ~ "', which int_identity__match_profiles does not have"
            ) -%}
        {%- endfor -%}
        {%- if comparison.levels[-1].test != 'otherwise' -%}
            {%- do wrong.append(
                "the last level of comparison '" ~ name ~ "' must be of test 'otherwise'"
            ) -%}
        {%- endif -%}
        {%- for level in comparison.levels -%}
            {%- set place = "level '" ~ level.level ~ "' of comparison '" ~ name ~ "' " -%}
            {%- if level.test not in tests -%}
                {%- do wrong.append(
                    place ~ "has the test '" ~ level.test ~ "'; there are "
                    ~ tests | join(', ')
                ) -%}
            {%- endif -%}
            {%- if level.test == 'otherwise' and not loop.last -%}
                {%- do wrong.append(place ~ "hides the levels after it") -%}
            {%- endif -%}
            {%- for field in level.fields if field not in known.all -%}
                {%- do wrong.append(
                    place ~ "names the field '" ~ field
                    ~ "', which int_identity__match_profiles does not have"
                ) -%}
            {%- endfor -%}
            {%- if level.weighs_rarity and (
                level.test != 'same' or level.fields[0] not in known.rarities
            ) -%}
                {%- do wrong.append(
                    place ~ "can weigh rarity only by the test 'same' on one of "
                    ~ known.rarities | join(', ')
                ) -%}
            {%- endif -%}
            {%- if not level.m or not level.u or level.weight is none -%}
                {%- do wrong.append(
                    place ~ "has no m, u or weight in match_weights: a field that every"
                    ~ " training rule demands equal stays untrained, so train with"
                    ~ " another rule or give the level by hand"
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for setting in [
        'accept', 'queue', 'matches_per_entity', 'trained_matches', 'families',
        'unseen_pair',
    ] -%}
        {%- if setting not in model.settings -%}
            {%- do wrong.append("match_weights lacks the setting '" ~ setting ~ "'") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not wrong and model.settings.queue > model.settings.accept -%}
        {%- do wrong.append('the threshold queue is above the threshold accept') -%}
    {%- endif -%}
    {%- if wrong -%}
        {{ exceptions.raise_compiler_error(
            'The rules of matching (seeds/match_rules.csv, seeds/match_weights.csv)'
            ~ ' cannot be used: ' ~ wrong | join('; ') ~ '.'
        ) }}
    {%- endif -%}
{%- endmacro %}
