{#-
    The rules and weights of matching, read from their seeds and checked: `blocks`, a list
    of {name, fields, max_entities}; `comparisons`, by name, each {fields, silent,
    levels} with levels {level, test, fields, weighs_rarity, m, u, weight}; and `settings`, by name.
    The weights are those trained, or those that a relation of the same columns tells.
-#}
{% macro match_model(learnt=none) -%}
    {%- set found = {'blocks': [], 'comparisons': {}, 'settings': {}, 'trained': {}} -%}
    {%- set rules = ref('match_rules') -%}
    {%- set weights = learnt or ref('match_weights') -%}
    {%- if execute -%}
        {%- for row in run_query('select * from ' ~ weights).rows -%}
            {%- do found.trained.update({(row['comparison'], row['level']): row}) -%}
        {%- endfor -%}
        {%- for row in run_query(
            'select * from ' ~ rules ~ ' order by part, name, position'
        ).rows -%}
            {%- set fields = (row['fields'] or '').split() -%}
            {%- if row['part'] == 'block' -%}
                {%- do found.blocks.append({
                    'name': row['name'],
                    'position': row['position'],
                    'fields': fields,
                    'max_entities': row['max_entities'],
                }) -%}
            {%- elif row['part'] == 'compare' -%}
                {%- set comparison = found.comparisons.setdefault(
                    row['name'], {'fields': [], 'silent': [], 'levels': []}
                ) -%}
                {%- set trained = found.trained.get((row['name'], row['level']), {}) -%}
                {%- if row['test'] == 'silent' -%}
                    {%- do comparison.silent.extend(fields) -%}
                {%- else -%}
                    {%- do comparison.levels.append({
                        'level': row['level'],
                        'test': row['test'],
                        'fields': fields,
                        'weighs_rarity': row['weighs_rarity'],
                        'm': trained.get('m'),
                        'u': trained.get('u'),
                        'weight': trained.get('weight'),
                    }) -%}
                {%- endif -%}
                {%- if row['test'] == 'otherwise' -%}
                    {%- do comparison.update({'fields': fields}) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for key, row in found.trained.items() if key[0] == 'setting' -%}
            {%- do found.settings.update({key[1]: row['weight']}) -%}
        {%- endfor -%}
        {%- do check_match_model(found) -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
