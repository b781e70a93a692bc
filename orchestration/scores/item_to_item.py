"""What goes with what: products by the customers that they share.

Each product is a column of how much each customer took to it, and two are as alike as
the angle between their columns is small (Linden, Smith and York, "Amazon.com
Recommendations: Item-to-Item Collaborative Filtering", 2003).

Belongs here: likeness, and the best products of each customer by it. Does not belong
here: what counts as taking to a product, and which products may be recommended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from orchestration.scores.likelihood import Floats

_NEIGHBOURS = 20  # kept of each product: further ones are noise, and cost memory
_COINCIDENCE = 5.0
"""Added to the product of lengths: what one customer bought is not all alike for it."""
_CELLS = 20_000_000  # of a block, 160 MB if it is dense


@dataclass(frozen=True)
class Best:
    """The best products of customers, best first; arrays of one row per customer.

    Attributes:
        products: numbers of the products; -1 where there are no more.
        values: how much each is expected to be taken to.
        because: the product that speaks for it most; -1 if it is its popularity.
    """

    products: np.ndarray
    values: Floats
    because: np.ndarray


def likeness(taken: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the cosine of each product with those most like it, itself left out.

    Args:
        taken: customers by products, how much each took to each.
    """
    columns = taken.tocsc()
    lengths = np.sqrt(np.asarray(columns.multiply(columns).sum(axis=0)).ravel())
    products = columns.shape[1]
    step = max(1, _CELLS // max(products, 1))
    blocks = [sparse.csr_matrix((0, products))]
    for start in range(0, products, step):
        block = (columns[:, start : start + step].T @ columns).tocsr()
        product = start + np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
        block.data /= lengths[product] * lengths[block.indices] + _COINCIDENCE
        block.data[block.indices == product] = 0
        least = _least_kept(block)
        block.data[block.data < least[product - start]] = 0
        block.eliminate_zeros()
        block.sort_indices()
        blocks.append(block)
    return sparse.vstack(blocks, format="csr")


def _least_kept(block: sparse.csr_matrix) -> Floats:
    """Return the value of the last neighbour that each row keeps; 0 to keep all."""
    kept = np.zeros(block.shape[0])
    for row in np.flatnonzero(np.diff(block.indptr) > _NEIGHBOURS):
        values = block.data[block.indptr[row] : block.indptr[row + 1]]
        kept[row] = np.partition(values, -_NEIGHBOURS)[-_NEIGHBOURS]
    return kept


def best_products(
    taken: sparse.csr_matrix,
    alike: sparse.csr_matrix,
    popularity: Floats,
    barred: sparse.csr_matrix,
    count: int,
) -> Iterator[Best]:
    """Find the best products of each customer, a block of customers at a time.

    Who took to nothing, or to nothing that is like anything, gets what is popular.

    Args:
        taken: customers by products, how much each took to each.
        alike: products by products; empty to recommend by popularity alone.
        popularity: of each product, at least 0; one of 0 is never recommended.
        barred: customers by products, not 0 where a product must not be recommended.
        count: products for each customer.
    """
    customers, products = taken.shape
    count = min(count, products)
    step = max(1, _CELLS // max(products, 1))
    # So small that it only orders what likeness does not.
    share = 1e-6 * popularity / max(popularity.max(initial=0), 1)
    allowed = popularity > 0
    for start in range(0, customers, step):
        block = taken[start : start + step]
        liked = (block @ alike).toarray()
        value = np.where(allowed, liked + share, -np.inf)
        value[barred[start : start + step].nonzero()] = -np.inf
        best = np.argpartition(-value, count - 1, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(value, best, 1), axis=1, kind="stable")
        best = np.take_along_axis(best, order, 1)
        found = np.take_along_axis(value, best, 1)
        is_any = np.isfinite(found)
        is_liked = is_any & (np.take_along_axis(liked, best, 1) > 0)
        yield Best(
            np.where(is_any, best, -1),
            found,
            np.where(is_liked, _because(block, alike, best), -1),
        )


def _because(
    taken: sparse.csr_matrix, alike: sparse.csr_matrix, best: np.ndarray
) -> np.ndarray:
    """Return what each customer took to that is most like each best product."""
    columns = alike.tocsc()
    because = np.full(best.shape, -1)
    for place in range(best.shape[1]):
        shares = taken.multiply(columns[:, best[:, place]].T).tocsr()
        if shares.nnz:
            because[:, place] = np.asarray(shares.argmax(axis=1)).ravel()
    return because
