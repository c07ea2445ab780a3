"""All compiled code of WRTDS: the normal's tail, the censored likelihood, windows and weights.

In one file because numba notices a change of the file a kernel stands in, not of the kernels it calls: with the steps
in several files an edit of one could go unseen by the compiled others. Belongs here: loops over samples and points.
Does not belong here: settings, tables, which points are asked for (``regression``, ``local_fits``).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from evaluation.compiled import compiled
from evaluation.flow_normalisation.calendar import Floats, Ints

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)
SQRT_HALF = math.sqrt(0.5)
TAIL = -5.0
"""Below it the continued fraction takes over; there 60 terms of it are exact to the last digit of a double."""
TERMS = 60
PIVOT = 1e-11
"""A feature whose pivot falls below this share of its own sum of squares is a combination of those before it and gets
the coefficient 0 (as R's survreg does)."""
CONVERGED = 1e-20
"""Squared Newton decrement per unit weight after which the step just taken was the last: steps shrink quadratically, so
the remaining error is below the rounding of the sums."""
MAX_STEPS = 100
"""Newton on a concave function takes 5 to 10; not converging in 100 means there is no maximum."""
WIDEN = 1.1
"""Factor on all windows while samples are too few (EGRET ``runSurvReg``)."""
FULL_SEASON = 0.5
"""Half-window, years, that holds every season: widening stops there."""
MAX_WIDENINGS = 300
"""1.1^300 = 2.6e12: any window then holds every sample; a bound, as enough samples are checked before."""


@compiled
def lower_tail(z: float) -> tuple[float, float, float]:
    """Logarithm of F(z), hazard h(z) = f(z)/F(z), and h(z) + z, which is positive; F, f = standard normal.

    For z < -5 by Laplace's continued fraction h(-x) = x + 1/(x + 2/(x + 3/...)) (Abramowitz & Stegun 26.2.14).
    """
    log_density = -0.5 * z * z - HALF_LOG_2PI
    if z > TAIL:
        log_share = math.log(0.5 * math.erfc(-z * SQRT_HALF)) if z < 1 else math.log1p(-0.5 * math.erfc(z * SQRT_HALF))
        hazard = math.exp(log_density - log_share)
        return log_share, hazard, hazard + z
    x = -z
    rest = 0.0
    for k in range(TERMS, 0, -1):
        rest = k / (x + rest)
    return log_density - math.log(x + rest), x + rest, rest


@compiled
def between(a: float, b: float) -> tuple[float, float, float]:
    """Logarithm of P, f(a)/P and f(b)/P with P = F(b) - F(a), a < b; worked in the tail where P does not cancel."""
    high, low = (b, a) if a + b < 0 else (-a, -b)
    log_high = lower_tail(high)[0]
    log_low = lower_tail(low)[0]
    log_share = log_high + math.log(-math.expm1(log_low - log_high))
    return (
        log_share,
        math.exp(-0.5 * a * a - HALF_LOG_2PI - log_share),
        math.exp(-0.5 * b * b - HALF_LOG_2PI - log_share),
    )


@compiled
def solve(matrix: Floats, right: Floats, answer: Floats) -> None:
    """``matrix`` @ ``answer`` = ``right`` for a symmetric positive (semi-)definite (k, k), by Cholesky in place.

    Overwrites ``matrix``; ``answer`` (k,) is filled, 0 for features that depend on those before.
    """
    k = len(right)
    for j in range(k):
        whole = matrix[j, j]
        pivot = whole
        for i in range(j):
            pivot -= matrix[j, i] * matrix[j, i]
        root = math.sqrt(pivot) if pivot > PIVOT * whole and pivot > 0 else 0.0
        matrix[j, j] = root
        for row in range(j + 1, k):
            part = matrix[row, j]
            for i in range(j):
                part -= matrix[row, i] * matrix[j, i]
            matrix[row, j] = part / root if root > 0 else 0.0
    for j in range(k):
        part = right[j]
        for i in range(j):
            part -= matrix[j, i] * answer[i]
        answer[j] = part / matrix[j, j] if matrix[j, j] > 0 else 0.0
    for j in range(k - 1, -1, -1):
        part = answer[j]
        for i in range(j + 1, k):
            part -= matrix[i, j] * answer[i]
        answer[j] = part / matrix[j, j] if matrix[j, j] > 0 else 0.0


@compiled
def least_squares(x: Floats, y: Floats, w: Floats, beta: Floats) -> float:
    """Weighted least squares: ``x`` (n, k), ``y``, ``w`` (n,); fills ``beta`` (k,); returns the likeliest sigma.

    The closed form of the likelihood below when nothing is censored: sigma^2 = sum w r^2 / sum w.
    """
    n, k = x.shape
    gram, moment = np.zeros((k, k)), np.zeros(k)
    for i in range(n):
        for a in range(k):
            wx = w[i] * x[i, a]
            moment[a] += wx * y[i]
            for b in range(a + 1):
                gram[a, b] += wx * x[i, b]
    solve(gram, moment, beta)
    total, squares = 0.0, 0.0
    for i in range(n):
        r = y[i]
        for a in range(k):
            r -= x[i, a] * beta[a]
        squares += w[i] * r * r
        total += w[i]
    return math.sqrt(squares / total)


class Weighted(NamedTuple):
    """Features ``x`` (n, k), bounds ``low`` <= ``high``, weights ``w``, each (n,); ``low`` = -inf: only known below."""

    x: Floats
    low: Floats
    high: Floats
    w: Floats


@compiled
def log_likelihood(data: Weighted, at: Floats) -> float:
    """Weighted log-likelihood at ``at`` = Olsen's parameters (beta/sigma, 1/sigma), (k+1,)."""
    x, low, high, w = data
    value = 0.0
    theta = float(at[x.shape[1]])
    for i in range(len(w)):
        mean = 0.0
        for a in range(x.shape[1]):
            mean += x[i, a] * at[a]
        z = theta * high[i] - mean
        if low[i] == high[i]:
            value += w[i] * (math.log(theta) - 0.5 * z * z - HALF_LOG_2PI)
        elif low[i] == -np.inf:
            value += w[i] * lower_tail(z)[0]
        else:
            value += w[i] * between(theta * low[i] - mean, z)[0]
    return value


@compiled
def derivatives(data: Weighted, at: Floats, gradient: Floats, curvature: Floats) -> None:
    """Gradient (k+1,) and negated Hessian (k+1, k+1; lower triangle) at ``at`` = (delta, theta).

    Every term depends on (delta, theta) through z = theta*y - x delta only, so with v = (-x, y) an uncensored value
    adds -z v to the gradient and v v' to the curvature, one known below h v and h (h + z) v v' (h = hazard at z), an
    interval g_b v_b - g_a v_a and its square with the bend of both densities.
    """
    x, low, high, w = data
    k = x.shape[1]
    gradient[:] = 0.0
    curvature[:, :] = 0.0
    v, u = np.zeros(k + 1), np.zeros(k + 1)
    theta = at[k]
    for i in range(len(w)):
        mean = 0.0
        for a in range(k):
            v[a] = -x[i, a]
            u[a] = -x[i, a]
            mean += x[i, a] * at[a]
        v[k] = high[i]
        z = theta * high[i] - mean
        if low[i] == high[i]:
            first, second, first_low, second_low, both = -z, 1.0, 0.0, 0.0, 0.0
            gradient[k] += w[i] / theta
            curvature[k, k] += w[i] / (theta * theta)
        elif low[i] == -np.inf:
            _, hazard, excess = lower_tail(z)
            first, second, first_low, second_low, both = hazard, hazard * excess, 0.0, 0.0, 0.0
        else:
            u[k] = low[i]
            z_low = theta * low[i] - mean
            _, at_low, at_high = between(z_low, z)
            first, second = at_high, at_high * (z + at_high)
            first_low, second_low, both = -at_low, at_low * (at_low - z_low), -at_low * at_high
        for a in range(k + 1):
            gradient[a] += w[i] * (first * v[a] + first_low * u[a])
            for b in range(a + 1):
                square = second * v[a] * v[b]
                if both != 0.0 or second_low != 0.0:
                    square += second_low * u[a] * u[b] + both * (v[a] * u[b] + u[a] * v[b])
                curvature[a, b] += w[i] * square


@compiled
def maximum_likelihood(data: Weighted, beta: Floats) -> float:
    """Coefficients and sigma of y = x beta + e, e ~ N(0, sigma^2), y between ``low`` and ``high``; weights ``w``.

    Fills ``beta`` (k,), returns sigma, nan when there is no maximum. Closed form when no value is censored, else Newton
    in Olsen's parameters, in which the likelihood is concave (Olsen 1978, Econometrica 46, 1211).
    """
    x, low, high, w = data
    n, k = x.shape
    start = np.empty(n)
    is_censored = False
    for i in range(n):
        start[i] = high[i]
        if low[i] != high[i]:
            is_censored = True
            # half of the limit, the usual first guess; the maximum does not depend on it
            start[i] = high[i] - math.log(2.0) if low[i] == -np.inf else 0.5 * (low[i] + high[i])
    sigma = least_squares(x, start, w, beta)
    if not is_censored:
        return sigma
    if not sigma > 0:
        return np.nan
    at, trial, step = np.empty(k + 1), np.empty(k + 1), np.empty(k + 1)
    gradient, curvature = np.empty(k + 1), np.empty((k + 1, k + 1))
    at[:k] = beta / sigma
    at[k] = 1 / sigma
    total = w.sum()
    value = log_likelihood(data, at)
    for _ in range(MAX_STEPS):
        derivatives(data, at, gradient, curvature)
        solve(curvature, gradient, step)
        decrement = (gradient * step).sum() / total
        share = 1.0
        while True:
            trial[:] = at + share * step
            if trial[k] > 0:
                after = log_likelihood(data, trial)
                # near the top rounding hides the gain: there the full step is the right one
                if decrement < 1e-10 or after >= value + 1e-4 * share * decrement * total:
                    break
            share *= 0.5
            if share < 1e-12:
                return np.nan
        at[:] = trial
        value = after
        if decrement < CONVERGED:
            beta[:] = at[:k] / at[k]
            return 1 / float(at[k])
    return np.nan


@compiled
def tricube(distance: float, half_window: float) -> float:
    """(1 - (|d|/h)^3)^3 for |d| < h, else 0 (Hirsch, Moyer & Archfield 2010, eq. 5)."""
    share = abs(distance) / half_window
    if share >= 1:
        return 0.0
    rest = 1 - share * share * share
    return rest * rest * rest


@compiled
def season_distance(years: float) -> float:
    """Years between two times of the year, 0 to 0.5: distance of ``years`` to the nearest whole number."""
    return abs(years - round(years))


@compiled
def time_half_window(at: float, first: float, last: float, half_window: float) -> float:
    """Half-window in years at time ``at``: 2h - d where the nearer end of the record is at d <= h (EGRET edgeAdjust).

    With it the window keeps (nearly) its full width near the ends, which lessens curvature there.
    """
    edge = min(at - first, last - at)
    return half_window if edge > half_window else 2 * half_window - edge


class Observed(NamedTuple):
    """Samples sorted by decimal year, each (n,); bounds in ln mg/l."""

    year: Floats
    log_flow: Floats
    low: Floats
    high: Floats
    is_uncensored: Ints


class Rules(NamedTuple):
    """Settings and the ends of the record, as a kernel takes them."""

    first: float
    last: float
    half_windows: tuple[float, float, float]
    min_samples: int
    min_uncensored: int
    edge_adjust: bool


class Point(NamedTuple):
    """Where to estimate, and which sample to leave out."""

    year: float
    log_flow: float
    without: int


@compiled
def window(point: Point, observed: Observed, half: Floats, rows: Ints, weights: Floats) -> tuple[int, int]:
    """Rows of positive weight and their weights at a point; returns how many, and how many of them uncensored."""
    n, uncensored = 0, 0
    start = np.searchsorted(observed.year, point.year - half[0])
    for i in range(start, len(observed.year)):
        years, log_flows = observed.year[i] - point.year, observed.log_flow[i] - point.log_flow
        if years > half[0]:
            break
        if i == point.without or abs(log_flows) >= half[1]:
            continue
        weight = tricube(years, half[0]) * tricube(log_flows, half[1]) * tricube(season_distance(years), half[2])
        if weight > 0:
            rows[n], weights[n] = i, weight
            n += 1
            uncensored += observed.is_uncensored[i]
    return n, uncensored


@compiled
def widened(point: Point, observed: Observed, rules: Rules, rows: Ints, weights: Floats) -> int:
    """As :func:`window`, in windows widened until they hold enough samples; returns how many they hold."""
    half = np.array(rules.half_windows)
    if rules.edge_adjust:
        half[0] = time_half_window(point.year, rules.first, rules.last, half[0])
    n = 0
    for _ in range(MAX_WIDENINGS):
        n, uncensored = window(point, observed, half, rows, weights)
        if n >= rules.min_samples and uncensored >= rules.min_uncensored:
            break
        half[0] *= WIDEN
        half[1] *= WIDEN
        if rules.half_windows[2] <= FULL_SEASON:
            half[2] = min(half[2] * WIDEN, FULL_SEASON)
    return n


@compiled
def fits(at_years: Floats, at_log_flows: Floats, without: Ints, observed: Observed, rules: Rules) -> Floats:
    """Estimate of ln c and sigma, (m, 2), at m points; ``without`` (m,): the sample each leaves out, -1 for none."""
    samples, points = len(observed.year), len(at_years)
    sine, cosine = np.sin(2 * np.pi * observed.year), np.cos(2 * np.pi * observed.year)
    rows, weights = np.empty(samples, np.int64), np.empty(samples)
    x, low, high = np.empty((samples, 5)), np.empty(samples), np.empty(samples)
    beta, out = np.empty(5), np.empty((points, 2))
    for p in range(points):
        year, log_flow = at_years[p], at_log_flows[p]
        n = widened(Point(year, log_flow, without[p]), observed, rules, rows, weights)
        total = weights[:n].sum()
        # features are measured from the point itself: the first coefficient is the estimate there
        sine_here, cosine_here = math.sin(2 * math.pi * year), math.cos(2 * math.pi * year)
        for j in range(n):
            i = rows[j]
            weights[j] *= n / total
            x[j, 0] = 1.0
            x[j, 1] = observed.year[i] - year
            x[j, 2] = observed.log_flow[i] - log_flow
            x[j, 3] = sine[i] - sine_here
            x[j, 4] = cosine[i] - cosine_here
            low[j], high[j] = observed.low[i], observed.high[i]
        sigma = maximum_likelihood(Weighted(x[:n], low[:n], high[:n], weights[:n]), beta)
        out[p, 0] = beta[0] if sigma == sigma else np.nan  # noqa: PLR0124 – nan: no maximum
        out[p, 1] = sigma
    return out
