{#-
    The models of attribution by name, each with the weight of a touch on a path: SQL over
    the touch's position, the path's touch_count and what `attribution` adds to them.
-#}
{% macro attribution_models() -%}
    {{ return({
        'first': "case when position = 1 then 1 else 0 end",
        'last': "case when position = touch_count then 1 else 0 end",
        'last_non_direct': "case when position = last_led_position then 1 else 0 end",
        'linear': "1",
        'time_decay': "power(0.5, days_before_last / "
            ~ var('attribution_half_life_days') ~ ")",
        'position_based': "case when touch_count <= 2 then 1 "
            ~ "when position in (1, touch_count) then 0.4 "
            ~ "else 0.2 / (touch_count - 2) end",
        'markov': "removal_effect",
    }) }}
{%- endmacro %}
