{#-
    Compose accents (Unicode NFC) and make full-width forms plain, which is the part of
    NFKC (Unicode Standard Annex 15) that forms filled in by hand need. Full NFKC would
    also change what people see, such as ligatures and superscripts. Translating is slow,
    so only text with such forms in it is translated.
-#}
{% macro normalise_unicode(column) -%}
    {{ return(adapter.dispatch('normalise_unicode', 'customer360')(column)) }}
{%- endmacro %}

{% macro default__normalise_unicode(column) -%}
case
    when regexp_matches({{ column }}, '[！-～]')
        then translate(
            nfc_normalize({{ column }}),
            '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～',
            '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~'
        )
    else nfc_normalize({{ column }})
end
{%- endmacro %}
