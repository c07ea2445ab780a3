"""The censored likelihood against scipy: its maximum, its tails, its closed form."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats

from evaluation.flow_normalisation.kernels import Weighted, between, derivatives, lower_tail
from evaluation.flow_normalisation.regression import censored_regression


def problem(seed: int, n: int = 120) -> tuple[np.ndarray, ...]:
    """Features, values and weights with sigma 0.4."""
    generator = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), generator.standard_normal((n, 4))])
    y = x @ np.array([0.5, -0.2, 0.7, 0.1, -0.4]) + 0.4 * generator.standard_normal(n)
    return x, y, generator.uniform(0.05, 2, n)


def independent_maximum(
    x: np.ndarray, low: np.ndarray, high: np.ndarray, w: np.ndarray
) -> tuple[np.ndarray, float, float]:
    """The same likelihood in (beta, ln sigma) by scipy alone: quasi-Newton, then the root of the score."""
    measured = low == high

    def minus(p: np.ndarray) -> float:
        mean, sigma = x @ p[:-1], np.exp(p[-1])
        upper = stats.norm.logcdf((high - mean) / sigma)
        with np.errstate(divide="ignore"):
            lower = np.where(
                np.isinf(low), -np.inf, stats.norm.logcdf((np.where(np.isinf(low), 0, low) - mean) / sigma)
            )
            inside = np.log(-np.expm1(np.where(measured, -1, lower - upper)))
        terms = np.where(measured, stats.norm.logpdf(high, mean, sigma), upper + inside)
        return -float(w @ terms)

    def score(p: np.ndarray) -> np.ndarray:
        return optimize.approx_fprime(p, minus, 1e-6)

    def central(p: np.ndarray) -> np.ndarray:
        steps = 1e-4 * np.eye(len(p))  # fourth-order differences: the error is far below 1e-8
        return np.array(
            [(8 * (minus(p + h) - minus(p - h)) - (minus(p + 2 * h) - minus(p - 2 * h))) / 12e-4 for h in steps]
        )

    start = np.append(np.linalg.lstsq(x, high, rcond=None)[0], 0.0)
    near = optimize.minimize(minus, start, jac=score, method="BFGS").x
    best = optimize.root(central, near, tol=1e-13).x
    return best[:-1], float(np.exp(best[-1])), -minus(best)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.02, 0.45, 0.8])
def test_maximum_equals_scipys_with_values_below_a_limit(seed: int, share: float) -> None:
    x, y, w = problem(seed)
    limit = np.quantile(y, share)
    low, high = np.where(y < limit, -np.inf, y), np.maximum(y, limit)
    beta, sigma = censored_regression(x, low, high, w)
    expected, expected_sigma, _ = independent_maximum(x, low, high, w)
    np.testing.assert_allclose(beta, expected, rtol=1e-7, atol=1e-8)
    assert sigma == pytest.approx(expected_sigma, rel=1e-7)


def test_maximum_equals_scipys_with_intervals_limits_and_values_mixed() -> None:
    x, y, w = problem(7)
    kind = np.arange(len(y)) % 3
    low = np.select([kind == 0, kind == 1], [y, np.floor(y * 4) / 4], -np.inf)
    high = np.select([kind == 0, kind == 1], [y, np.floor(y * 4) / 4 + 0.25], y + 0.3)
    beta, sigma = censored_regression(x, low, high, w)
    expected, expected_sigma, _ = independent_maximum(x, low, high, w)
    np.testing.assert_allclose(beta, expected, rtol=1e-7, atol=1e-8)
    assert sigma == pytest.approx(expected_sigma, rel=1e-7)


def test_without_censored_values_it_is_weighted_least_squares() -> None:
    x, y, w = problem(3)
    beta, sigma = censored_regression(x, y, y, w)
    root = np.sqrt(w)
    expected = np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0]
    np.testing.assert_allclose(beta, expected, rtol=1e-12)
    assert sigma == pytest.approx(np.sqrt(w @ (y - x @ expected) ** 2 / w.sum()), rel=1e-12)


def test_a_limit_nobody_reaches_changes_nothing() -> None:
    """A value known to lie below a limit far above it says next to nothing: the fit of the others stays."""
    x, y, w = problem(5)
    beta, sigma = censored_regression(x[1:], y[1:], y[1:], w[1:])
    low, high = y.copy(), y.copy()
    low[0], high[0] = -np.inf, 60.0
    with_it, sigma_with_it = censored_regression(x, low, high, w)
    np.testing.assert_allclose(with_it, beta, rtol=1e-9)
    assert sigma_with_it == pytest.approx(sigma, rel=1e-9)


@given(st.integers(0, 10_000), st.floats(0.01, 100))
@settings(max_examples=30, deadline=None)
def test_scale_of_the_weights_does_not_matter(seed: int, scale: float) -> None:
    x, y, w = problem(seed, n=60)
    low = np.where(y < np.median(y), -np.inf, y)
    high = np.maximum(y, np.median(y))
    one, one_sigma = censored_regression(x, low, high, w)
    other, other_sigma = censored_regression(x, low, high, w * scale)
    np.testing.assert_allclose(other, one, rtol=1e-8, atol=1e-10)
    assert other_sigma == pytest.approx(one_sigma, rel=1e-8)


def test_a_feature_that_repeats_another_gets_no_weight() -> None:
    x, y, w = problem(2)
    beta, sigma = censored_regression(np.column_stack([x, 3 * x[:, 1]]), y, y, w)
    without, sigma_without = censored_regression(x, y, y, w)
    np.testing.assert_allclose(beta, [*without, 0.0], rtol=1e-9)
    assert sigma == pytest.approx(sigma_without, rel=1e-9)


def test_a_perfect_fit_has_no_error_left() -> None:
    x, _, w = problem(2, n=30)
    y = x @ np.arange(5.0)
    low = y.copy()
    low[0] = -np.inf
    beta, sigma = censored_regression(x, low, y, w)
    # the likelihood grows without bound as sigma falls: only rounding ends it
    np.testing.assert_allclose(beta, np.arange(5.0), atol=1e-5)
    assert sigma < 1e-4


def leave_nan_in_free_memory() -> None:
    """Blocks of every small size, filled with the bytes of nan and given back: what kernels allocate next."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    blocks = [(libc.malloc(size), size) for size in range(24, 600, 16) for _ in range(4)]
    for block, size in blocks:
        ctypes.memset(block, 0xFF, size)
        libc.free(block)


def test_derivatives_do_not_read_what_others_left_in_memory() -> None:
    x, y, w = problem(2)
    data = Weighted(x, np.where(y < 0, -np.inf, y), np.maximum(y, 0), w)
    found = []
    for _ in range(20):
        gradient, curvature = np.empty(6), np.empty((6, 6))
        leave_nan_in_free_memory()
        derivatives(data, np.append(np.zeros(5), 1.0), gradient, curvature)
        found.append([*gradient.tolist(), *np.tril(curvature).ravel().tolist()])
    assert found == [found[0]] * 20


def test_limits_alone_have_no_maximum() -> None:
    x, y, w = problem(2, n=30)
    with pytest.raises(ValueError, match="uncensored"):
        censored_regression(x, np.full(30, -np.inf), y, w)


@given(st.floats(-1e4, 8))
@settings(deadline=None)
def test_the_tail_keeps_its_digits(z: float) -> None:
    log_share, hazard, excess = lower_tail(z)
    assert log_share == pytest.approx(float(special.log_ndtr(z)), rel=1e-13, abs=1e-15)
    # f/F by scipy's scaled complementary error function, which does not underflow either
    expected = np.sqrt(2 / np.pi) / special.erfcx(-z / np.sqrt(2)) if z < 0 else stats.norm.pdf(z) / stats.norm.cdf(z)
    assert hazard == pytest.approx(float(expected), rel=1e-12)
    assert excess > 0


@given(st.floats(-30, 30), st.floats(1e-3, 5))
@settings(deadline=None)
def test_an_interval_keeps_its_digits_on_both_sides(a: float, width: float) -> None:
    log_share, at_low, at_high = between(a, a + width)
    mirrored, mirrored_high, mirrored_low = between(-a - width, -a)
    assert log_share == pytest.approx(mirrored, rel=1e-12)
    assert (at_low, at_high) == pytest.approx((mirrored_low, mirrored_high), rel=1e-10)
    # with F - F by the trapezium rule of the density, relative to the density at the interval's middle
    z = np.linspace(a, a + width, 20_001)
    reference = stats.norm.logpdf(z[10_000]) + np.log(np.trapezoid(np.exp(z[10_000] ** 2 / 2 - z**2 / 2), z))
    assert log_share == pytest.approx(reference, rel=1e-5, abs=1e-5)
