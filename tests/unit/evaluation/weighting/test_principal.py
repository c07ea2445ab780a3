"""PCA weights: the OECD/JRC handbook's own example, COINr's loadings, varimax against brute force."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluation.weighting.given import WeightingError
from evaluation.weighting.principal import pca_weights, principal_components, varimax

# Technology Achievement Index, 23 countries: OECD/JRC (2008), Handbook on Constructing Composite Indicators, p. 152:
# patents, royalties, internet, exports, telephones (log), electricity (log), schooling, university
TAI = np.array(
    [
        [187, 125.6, 200.2, 50.7, 3.08, 4.15, 10.0, 27.4],
        [289, 130.0, 179.1, 66.2, 3.00, 4.07, 12.0, 13.9],
        [271, 156.6, 125.8, 59.7, 3.10, 4.14, 11.4, 15.3],
        [994, 64.6, 49.0, 80.8, 3.00, 3.86, 9.5, 10.0],
        [779, 9.8, 4.8, 66.7, 2.97, 3.65, 10.8, 23.2],
        [189, 151.2, 136.0, 50.9, 3.02, 3.77, 9.4, 9.5],
        [82, 134.0, 57.4, 61.9, 3.02, 3.73, 9.4, 14.9],
        [31, 38.6, 108.0, 48.7, 2.94, 4.18, 11.6, 14.2],
        [75, 18.2, 125.9, 16.2, 2.94, 3.94, 10.9, 25.3],
        [8, 25.5, 72.3, 74.9, 2.95, 3.83, 7.1, 24.2],
        [235, 36.8, 41.2, 64.2, 2.94, 3.75, 10.2, 14.4],
        [103, 20.2, 193.6, 19.0, 3.12, 4.39, 11.9, 11.2],
        [106, 110.3, 48.6, 53.6, 2.97, 3.68, 9.4, 12.3],
        [72, 73.9, 58.9, 47.6, 2.91, 3.86, 9.3, 13.6],
        [103, 13.0, 146.7, 15.4, 2.86, 3.91, 11.7, 13.1],
        [165, 14.8, 84.2, 50.3, 2.99, 3.79, 8.4, 13.6],
        [205, 33.6, 36.4, 58.9, 2.97, 3.80, 7.9, 12.6],
        [74, 43.6, 43.2, 45.0, 2.96, 3.74, 9.6, 11.0],
        [42, 8.6, 21.0, 53.4, 2.86, 3.62, 7.3, 15.6],
        [13, 9.8, 30.4, 51.0, 3.00, 3.65, 7.2, 13.0],
        [28, 4.2, 25.0, 51.7, 2.75, 3.68, 9.5, 8.2],
        [26, 6.2, 21.6, 63.5, 2.73, 3.46, 9.1, 7.7],
        [105, 4.0, 20.3, 49.5, 2.84, 3.71, 7.1, 10.6],
    ]
)


def test_the_handbooks_eigenvalues() -> None:
    # Table 16; the logarithms are printed with two decimals only, so its last digit is not always ours (5.9 for 6.0)
    shares = 100 * principal_components(TAI).variances / 8
    np.testing.assert_allclose(shares, [41.9, 21.8, 12.3, 11.1, 6.0, 3.7, 2.2, 0.9], atol=0.12)


def test_the_handbooks_rotated_loadings() -> None:
    # Table 17, four components: row of patents, and the shares of explained variance in its foot
    found = principal_components(TAI)
    rotated = varimax(found.vectors[:, :4] * np.sqrt(found.variances[:4]))
    np.testing.assert_allclose(np.abs(rotated[0]), [0.07, 0.97, 0.06, 0.06], atol=0.01)
    explained = (rotated**2).sum(axis=0)
    np.testing.assert_allclose(explained / explained.sum(), [0.38, 0.20, 0.17, 0.25], atol=0.01)


def test_the_handbooks_weights() -> None:
    # Table 18 (figures recalled, not read again); exports count where their share is greater, not their loading
    np.testing.assert_allclose(
        pca_weights(TAI, components=4), [0.17, 0.15, 0.11, 0.06, 0.08, 0.12, 0.14, 0.16], atol=0.007
    )


def test_the_first_component_equals_coinr(shared_data: Path) -> None:
    folder = shared_data / "index" / "asem"
    results = pl.read_csv(folder / "07_Aggregated.csv", null_values="NA")
    loadings = pl.read_csv(folder / "18_PCA_loadings.csv").filter(PC=1)
    compared = 0
    for (_, level), group in loadings.group_by("group", "level", maintain_order=True):
        if level != 2:
            continue
        values = results.select(group["iCode"].to_list()).to_numpy()
        theirs = group["loading"].to_numpy()
        np.testing.assert_allclose(np.abs(principal_components(values).vectors[:, 0]), np.abs(theirs), rtol=1e-9)
        np.testing.assert_allclose(pca_weights(values, variant="first"), theirs**2, rtol=1e-9)
        compared += 1
    assert compared == 2  # connectivity and sustainability


@given(arrays(np.float64, (5, 2), elements=st.integers(-9, 9).map(lambda i: i / 10)))
@settings(max_examples=50, deadline=None)
def test_varimax_is_the_best_of_all_angles(loadings) -> None:
    def criterion(rotated: np.ndarray) -> float:
        length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
        return float(((rotated / np.where(length > 0, length, 1)) ** 2).var(axis=0).sum())

    def turned(angle: float) -> np.ndarray:
        return loadings @ [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]

    best = max(criterion(turned(angle)) for angle in np.linspace(0, np.pi / 2, 721))
    ours = varimax(loadings)
    assert criterion(ours) >= best - 1e-12
    np.testing.assert_allclose((ours**2).sum(axis=1), (loadings**2).sum(axis=1), atol=1e-12)  # communalities stay


def test_where_every_angle_is_as_good_nothing_is_turned() -> None:
    angles = np.radians([0, 60, 120])  # three rows evenly around: the criterion is flat
    loadings = np.column_stack([np.cos(angles), np.sin(angles)])
    np.testing.assert_allclose(varimax(loadings), loadings, atol=1e-15)


def test_indicators_that_share_nothing_weigh_the_same() -> None:
    values = [[0, 0], [0, 1], [1, 0], [1, 1]]  # correlation 0: both variances are one
    np.testing.assert_array_equal(pca_weights(values), [0.5, 0.5])


def test_a_constant_column_weighs_nothing() -> None:
    values = [[1, 5, 2], [2, 5, 3], [3, 5, 7], [4, 5, 5]]
    weights = pca_weights(values)
    assert weights[1] == 0
    np.testing.assert_allclose(weights, [0.5, 0, 0.5])
    np.testing.assert_array_equal(pca_weights([[1, 5]] * 3), [0.5, 0.5])


def test_one_column_twice_shares_one_columns_weight_of_its_component() -> None:
    # components: the pair (variance 2) and the uncorrelated third (variance 1): two loadings of 1 and one of 1
    values = [[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]]
    np.testing.assert_allclose(pca_weights(values, components=2), [1 / 3] * 3)
    np.testing.assert_allclose(pca_weights(values), [0.5, 0.5, 0], atol=1e-12)
    np.testing.assert_allclose(pca_weights(values, components=3), [1 / 3] * 3)  # the third has no variance


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"components": 4}, "4 components of 2 indicators"),
        ({"variant": "third"}, "no PCA variant 'third'; one of handbook"),
    ],
)
def test_errors_teach(options, says) -> None:
    with pytest.raises(WeightingError, match=says):
        pca_weights([[1, 2], [2, 1], [3, 3]], **options)


def test_a_constant_column_has_no_components() -> None:
    with pytest.raises(WeightingError, match="column 1 is constant"):
        principal_components([[1, 2], [2, 2]])
