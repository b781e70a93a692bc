"""The page about the model of sentiment: what it learnt from, and how good it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from orchestration.sentiment.training import Figures

_CARD = """\
# The model of sentiment

Trained on {trained_on} by `c360 sentiment train`. Version {version}, {features}
features in `orchestration/scores/sentiment_weights.csv`.

It says of a text in English whether it is negative, neutral or positive; a score from
-1 to 1 is the chance of positive less that of negative. Texts of which less than
{known_share:.0%} of the words are known are not taken for English: their label is
`unknown`.

## Held-out figures

A fifth of the topics (garments, products, films, articles) was kept from training.
Texts that did not pass as English count as neutral in the rows of these weights.
VADER is the library of that name, with the thresholds of its authors.

| texts | method | n | accuracy | macro-F1 |
|---|---|--:|--:|--:|
{rows}

{understood:.1%} of the held-out texts pass as English; all of them are.

## What it learnt from

- `clothing_reviews`: 22,641 Women's E-Commerce Clothing Reviews, by stars (1-2, 3,
  4-5). Kaggle lists them as CC0.
- `product_snippets`, `tweets`, `editorials`, `film_snippets`: 23,703 texts, each with
  the mean of 20 ratings from -4 to 4 (neutral within 0.5 of 0). C.J. Hutto and E.
  Gilbert, "VADER" (ICWSM 2014), `additional_resources` of the source package of
  vaderSentiment 3.3.2. MIT, copyright 2016 C.J. Hutto.
- The lexicon of words, emoticons and emoji where each word begins: the same.
- `bank_queries`: 13,083 queries of BANKING77 (PolyAI), without labels, for the words
  that count as English. CC BY 4.0.

Weights are a multinomial logistic regression (scikit-learn) on words, negated words
and pairs, each counted once a text. No text is kept in the repository. The weights
are under the licence of this project.

## What it cannot do

- Languages other than English. About 1 in 100 short messages in another language
  passes for English.
- Irony, and feelings about anything but what is said: "Where is my order?" is
  neutral.
- It learnt from American texts up to 2018; agreement with people on three labels is
  far from complete even for people.
- It judges texts, never people: do not decide about somebody by it alone.
"""


def model_card(
    figures: Iterable[Figures],
    *,
    version: str,
    features: int,
    understood: float,
    known_share: float,
    trained_on: date,
) -> str:
    """Return the page as Markdown."""
    rows = [
        f"| {found.domain} | {found.method} | {found.texts:,} | "
        f"{found.accuracy:.3f} | {found.macro_f1:.3f} |"
        for found in sorted(figures, key=lambda found: (found.domain, found.macro_f1))
    ]
    return _CARD.format(
        rows="\n".join(rows),
        version=version,
        features=f"{features:,}",
        understood=understood,
        known_share=known_share,
        trained_on=trained_on,
    )
