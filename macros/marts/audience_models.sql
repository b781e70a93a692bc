{#-
    The models of the folder models/audiences, by name: an audience is its file there.
    Each is a dict with the name, the query and what the file says of it.
-#}
{% macro audience_models() -%}
    {%- set channels = ['email', 'sms', 'phone', 'post', 'ads'] -%}
    {%- set found = [] -%}
    {%- for node in (graph.nodes.values() if execute else [])
        if node.resource_type == 'model' and node.fqn[1] == 'audiences' -%}
        {%- set meta = node.config.meta -%}
        {%- set cap = meta.get('frequency_cap') or {} -%}
        {%- set control_share = meta.get('control_share', 0) -%}
        {%- set wrong = [] -%}
        {%- for key in ('name', 'description', 'purpose', 'channel')
            if not meta.get(key) -%}
            {%- do wrong.append('does not say its ' ~ key) -%}
        {%- endfor -%}
        {%- if meta.get('channel') and meta.channel not in channels -%}
            {%- do wrong.append(
                'has the channel ' ~ meta.channel ~ ', which is none of '
                ~ channels | join(', ')
            ) -%}
        {%- endif -%}
        {%- if cap and not (cap.get('contacts') and cap.get('days')) -%}
            {%- do wrong.append('has a frequency_cap without contacts or days') -%}
        {%- elif cap and meta.get('channel') == 'ads' -%}
            {%- do wrong.append(
                'has a frequency_cap on ads, and nothing tells us who saw an ad'
            ) -%}
        {%- endif -%}
        {%- if not 0 <= control_share < 1 -%}
            {%- do wrong.append('has a control_share that is not from 0 to below 1') -%}
        {%- endif -%}
        {%- if wrong -%}
            {{ exceptions.raise_compiler_error(
                "Audience " ~ node.name ~ " " ~ wrong[0] ~ ": mend config(meta={…}) in "
                ~ node.original_file_path ~ "."
            ) }}
        {%- endif -%}
        {%- do found.append({
            'name': node.name,
            'query': node.raw_code,
            'title': meta.name | replace("'", "''"),
            'description': meta.description | replace("'", "''"),
            'purpose': meta.purpose | replace("'", "''"),
            'channel': meta.channel,
            'contacts': cap.get('contacts'),
            'days': cap.get('days'),
            'control_share': control_share,
        }) -%}
    {%- endfor -%}
    {{ return(found | sort(attribute='name')) }}
{%- endmacro %}
