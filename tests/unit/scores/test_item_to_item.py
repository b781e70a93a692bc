"""Likeness and the best products, held to a computation without any cleverness."""

import numpy as np
import pytest
from scipy import sparse

from orchestration.scores import item_to_item
from orchestration.scores.item_to_item import Best, best_products, likeness


@pytest.fixture(scope="module")
def taken() -> np.ndarray:
    rng = np.random.default_rng(3)
    return (rng.random((40, 12)) < 0.3) * rng.choice([0.25, 0.5, 1.0], (40, 12))


def plain_likeness(taken: np.ndarray) -> np.ndarray:
    alike = np.zeros((taken.shape[1],) * 2)
    for one in range(len(alike)):
        for other in range(len(alike)):
            if one != other:
                a, b = taken[:, one], taken[:, other]
                alike[one, other] = sum(a * b) / (
                    sum(a**2) ** 0.5 * sum(b**2) ** 0.5 + item_to_item._COINCIDENCE
                )
    return alike


def best_of(taken: np.ndarray, barred: np.ndarray, popularity: np.ndarray, count: int):
    matrix = sparse.csr_matrix(taken)
    blocks = list(
        best_products(
            matrix, likeness(matrix), popularity, sparse.csr_matrix(barred), count
        )
    )
    return Best(
        *(
            np.vstack([getattr(block, name) for block in blocks])
            for name in ("products", "values", "because")
        )
    )


def test_likeness_is_the_cosine_of_columns(taken):
    assert np.allclose(
        likeness(sparse.csr_matrix(taken)).toarray(), plain_likeness(taken)
    )


def test_only_the_nearest_products_are_kept(taken, monkeypatch):
    monkeypatch.setattr(item_to_item, "_NEIGHBOURS", 3)
    found = likeness(sparse.csr_matrix(taken)).toarray()
    alike = plain_likeness(taken)
    for kept, all_of_them in zip(found, alike, strict=True):
        assert np.allclose(np.sort(kept)[-3:], np.sort(all_of_them)[-3:])
        assert (kept > 0).sum() == 3


@pytest.mark.parametrize("cells", [20_000_000, 30])
def test_the_best_are_those_of_the_largest_sums(taken, cells, monkeypatch):
    monkeypatch.setattr(item_to_item, "_CELLS", cells)
    popularity = np.arange(12.0) + 1
    popularity[4] = 0
    barred = taken == 1
    found = best_of(taken, barred, popularity, 4)
    value = taken @ plain_likeness(taken) + 1e-6 * popularity / 12
    value[barred] = -np.inf
    value[:, 4] = -np.inf
    assert np.array_equal(found.products, np.argsort(-value, axis=1)[:, :4])
    assert 4 not in found.products
    shares = taken[:, :, None] * plain_likeness(taken)[None]
    for customer, products in enumerate(found.products):
        reasons = shares[customer][:, products].argmax(axis=0)
        assert found.because[customer].tolist() == reasons.tolist()


def test_who_took_to_nothing_gets_what_is_popular():
    taken = np.array([[1.0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]])
    found = best_of(taken, taken, np.array([5.0, 9.0, 1.0, 0.0]), 3)
    assert found.products.tolist() == [[2, -1, -1], [2, -1, -1], [1, 0, 2]]
    assert found.because.tolist()[2] == [-1, -1, -1]
