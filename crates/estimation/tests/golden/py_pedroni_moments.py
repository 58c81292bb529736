"""Simulated moments of Pedroni's statistics with one regressor (and two, for comparison with his table 2 of 1999).

    python crates/estimation/tests/golden/py_pedroni_moments.py   # prints them with their standard errors

Independent Gaussian random walks V and W of T = 1,000 steps; Q is what is left of V after a regression on W and the
deterministic terms, b its slopes. With A = T^-2 sum Q_{t-1}^2, B = T^-1 sum Q_{t-1} D Q_t, C = 1 + b'b, means over the draws
of these and their covariance, the panel statistics' moments come by the delta method (Pedroni 1999, section 3; 2004,
theorem 1): v is 1/A, rho B/A, t B/sqrt(A C). The group statistics' are mean and variance of B/A and B/sqrt(A C).
Standard errors are those of the mean over batches.
"""
import numpy as np

SEED, T, BATCH, BATCHES = 20261125, 1000, 10_000, 40


def draws(rng, count):
    walks = [np.cumsum(rng.standard_normal((count, T)), axis=1) for _ in range(3)]
    trend = np.arange(T) - (T - 1) / 2
    trend /= np.sqrt(trend @ trend)
    for terms in ("none", "intercept", "trend"):
        if terms == "intercept":
            walks = [w - w.mean(axis=1, keepdims=True) for w in walks]
        if terms == "trend":
            walks = [w - np.outer(w @ trend, trend) for w in walks]
        v, a, b = walks
        dot = lambda x, y: np.einsum("ij,ij->i", x, y)
        for m in (1, 2):
            if m == 1:
                slopes = [dot(v, a) / dot(a, a)]
            else:
                aa, bb, ab, va, vb = dot(a, a), dot(b, b), dot(a, b), dot(v, a), dot(v, b)
                det = aa * bb - ab**2
                slopes = [(va * bb - vb * ab) / det, (vb * aa - va * ab) / det]
            q = v - sum(s[:, None] * w for s, w in zip(slopes, (a, b)))
            yield terms, m, np.array(
                [
                    dot(q[:, :-1], q[:, :-1]) / T**2,
                    dot(q[:, :-1], np.diff(q, axis=1)) / T,
                    1 + sum(s**2 for s in slopes),
                ]
            )


def moments(x):
    (a, b, c), cov = x.mean(axis=1), np.cov(x)
    gradients = [
        np.array([-(a**-2), 0, 0]),
        np.array([-b * a**-2, 1 / a, 0]),
        np.array([-b * a**-1.5 * c**-0.5 / 2, (a * c) ** -0.5, -b * a**-0.5 * c**-1.5 / 2]),
    ]
    means = [1 / a, b / a, b / np.sqrt(a * c)]
    out = [v for mean, g in zip(means, gradients) for v in (mean, g @ cov @ g)]
    for ratio in (x[1] / x[0], x[1] / np.sqrt(x[0] * x[2])):
        out += [ratio.mean(), ratio.var(ddof=1)]
    return np.array(out)


def main():
    rng = np.random.default_rng(SEED)
    found = {}
    for _ in range(BATCHES):
        for part in range(10):
            for terms, m, x in draws(rng, BATCH // 10):
                found.setdefault((m, terms), []).append(x)
    print(f"seed {SEED}, T = {T}, {BATCH * BATCHES} draws; pairs of mean and variance (standard errors):")
    for (m, terms), parts in sorted(found.items()):
        whole = moments(np.concatenate(parts, axis=1))
        batches = [moments(np.concatenate(parts[10 * i : 10 * i + 10], axis=1)) for i in range(BATCHES)]
        errors = np.std(batches, axis=0, ddof=1) / np.sqrt(BATCHES)
        print(m, terms, " ".join(f"{v:.4f} ({e:.4f})" for v, e in zip(whole, errors)))


if __name__ == "__main__":
    main()
