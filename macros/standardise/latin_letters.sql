{#-
    A folded text (see fold_name) in Latin letters, so that a name compares with what is
    made of it elsewhere: Cyrillic as the BGN/PCGN system of 1947 has it, with letters of
    other languages than Russian added; Greek as ELOT 743 (ISO 843) has it. Other scripts
    stay as they are: what one would make of Han, Kana or Arabic depends on the reader.
-#}
{% macro latin_letters(text) -%}
{%- set scripts = {
    'Cyrillic': {
        'text': '_folded',
        'groups': {
            'ж': 'zh', 'х': 'kh', 'ц': 'ts', 'ч': 'ch', 'ш': 'sh', 'щ': 'shch',
            'ю': 'yu', 'я': 'ya', 'є': 'ye', 'ї': 'yi', 'ђ': 'dj', 'љ': 'lj',
            'њ': 'nj', 'џ': 'dz',
        },
        'letters': 'абвгдеёзийклмнопрстуфыэіґўјћәғқңөұүһъь',
        'as': 'abvgdeeziyklmnoprstufyeigwjcagknouuh',
    },
    'Greek': {
        'text': customer360.strip_accents('_folded'),
        'groups': {
            'ου': 'ou', 'αυ': 'av', 'ευ': 'ev', 'γγ': 'ng', 'μπ': 'b', 'θ': 'th',
            'χ': 'ch', 'ψ': 'ps', 'ξ': 'x',
        },
        'letters': 'αβγδεζηικλμνοπρσςτυφω',
        'as': 'avgdeziiklmnoprsstyfo',
    },
} -%}
{%- set body -%}
case
    {%- for script, letters in scripts.items() %}
    {%- set latin = namespace(text=letters.text) -%}
    {%- for group, spelling in letters.groups.items() -%}
        {%- set latin.text = "replace(" ~ latin.text ~ ", '" ~ group ~ "', '" ~ spelling
            ~ "')" -%}
    {%- endfor %}
    when regexp_matches(_folded, '\p{ {{- script -}} }')
        then translate({{ latin.text }}, '{{ letters.letters }}', '{{ letters.as }}')
    {%- endfor %}
    else _folded
end
{%- endset -%}
{{ customer360.let('_folded', text, body) }}
{%- endmacro %}
