"""Estimates and their standard errors. Coefficients are those of statsmodels and linearmodels; what no package has in the form that is asked for
(factors for small samples, random effects of some kinds, systems) is done in matrices below."""
import statsmodels.api as sm
from scipy import stats

INTERCEPT = "(Intercept)"

# ---- equations: the columns that terms become ----


class Levels:
    def __init__(self, column, reference=None, sign="::"):
        self.column, self.reference, self.sign = column, reference, sign


class Product:
    def __init__(self, parts):
        self.parts = parts


def levels_of(column, reference=None, sign="::"):
    return Levels(column, reference, sign)


def product_of(*parts):
    return Product(parts)


def is_numeric(column):
    return pd.api.types.is_numeric_dtype(column)


def term_columns(data, term):
    if isinstance(term, Product):
        made = term_columns(data, term.parts[0])
        for part in term.parts[1:]:
            other = term_columns(data, part)
            made = {f"{one}:{two}": made[one] * other[two] for one in made for two in other}
        return made
    if not isinstance(term, Levels):
        if term not in data:
            raise SystemExit(f"no column `{term}`")
        if is_numeric(data[term]):
            return {term: data[term].to_numpy(dtype=float)}
        term = Levels(term, min(one for one in data[term] if not pd.isna(one)), "")
    # A value of a text is called as R calls it, one of numbers as fixest does.
    sign = ("::" if is_numeric(data[term.column]) else "") if term.sign == "(by type)" else term.sign
    values = [None if pd.isna(one) else label(one) for one in data[term.column]]
    all = sorted({one for one in values if one is not None}, key=float if is_numeric(data[term.column]) else None)
    reference = min(all) if term.reference == "(first)" else term.reference
    return {f"{term.column}{sign}{level}": np.array([np.nan if one is None else float(one == level) for one in values])
            for level in all if level not in (reference if isinstance(reference, list) else [reference])}


class Equation:
    """y on X: the rows that are complete, sorted by entity and time."""

    def __init__(self, name, y, X, names, intercept, weights, data, effects):
        self.name, self.y, self.X, self.names, self.intercept = name, y, X, names, intercept
        self.weights, self.data, self.effects = weights, data, effects
        self.entity, self.time = data["entity"].to_numpy(), data["time"].to_numpy()

    def rows(self, kept):
        return Equation(self.name, self.y[kept], self.X[kept], self.names, self.intercept, None if self.weights is None else self.weights[kept],
                        self.data[kept].reset_index(drop=True), self.effects)


def as_list(x):
    return [x] if isinstance(x, (str, Levels, Product)) else list(x)


def equation(data, y, x=(), intercept=True, weights=None, effects=(), complete=False):
    x = as_list(x)
    further = [name for effect in as_list(effects) for name in effect.split("^") if name not in ("entity", "time")]
    needed = [y, *[one for one in x if isinstance(one, str)], *[one.column for one in x if isinstance(one, Levels)], *further, *([weights] if weights else [])]
    for name in needed:
        if name not in data:
            raise SystemExit(f"no column `{name}`")
    if complete:
        data = data[data[list(dict.fromkeys(needed))].notna().all(axis=1)].reset_index(drop=True)
    columns = {}
    for term in x:
        columns.update(term_columns(data, term))
    X = np.column_stack(list(columns.values())) if columns else np.zeros((len(data), 0))
    kept = ~np.isnan(X).any(axis=1) & data[y].notna().to_numpy()
    for name in [*further, *([weights] if weights else [])]:
        kept &= data[name].notna().to_numpy()
    places = np.flatnonzero(kept)
    places = places[np.lexsort((data["time"].to_numpy()[places], np.unique(data["entity"].to_numpy().astype(str)[places], return_inverse=True)[1]))]
    data, X = data.iloc[places].reset_index(drop=True), X[places]
    return Equation(y, data[y].to_numpy(dtype=float), X, list(columns), intercept, data[weights].to_numpy(dtype=float) if weights else None, data, effects)


# ---- fits ----


class Fit:
    """What all covariances are made of: X and the residuals as they were estimated, the bread, and what is counted."""

    def __init__(self, names, estimate, X, residuals, of, vcov=None, absorbed=0, codes=(), effects=(), rows=None, n=None, df=None, bread=None, longest=None):
        self.names, self.estimate, self.X, self.residuals = list(names), np.asarray(estimate, dtype=float), X, np.asarray(residuals, dtype=float)
        self.n, self.k, self.absorbed, self.codes = n or X.shape[0], X.shape[1], absorbed, list(codes)
        self.df = self.n - self.k - absorbed if df is None else df
        self.bread = bread_of(X) if bread is None else bread
        self.vcov = np.asarray(vcov) if vcov is not None else (self.residuals @ self.residuals) / self.df * self.bread
        data = of.data if rows is None else of.data.iloc[rows].reset_index(drop=True)
        self.data, self.entity, self.time = data, data["entity"].to_numpy(), data["time"].to_numpy()
        self.entity_levels = len(set(self.entity)) if "entity" in effects else 0
        self.longest = pd.Series(of.entity).value_counts().max()
        self.weights = np.ones(X.shape[0]) if of.weights is None else of.weights


def bread_of(X):
    inverse = np.linalg.inv(np.linalg.qr(X)[1])
    return inverse @ inverse.T


def independent(X, names, size=None):
    """The columns that aren't combinations of those before them."""
    norms = np.sqrt((X**2).sum(axis=0))
    size = norms if size is None else size
    kept, basis = [], np.zeros((X.shape[0], 0))
    for at in range(X.shape[1]):
        if norms[at] <= 1e-10 * max(size[at], 1e-300):
            continue
        column = X[:, at] / norms[at]
        left = column - basis @ (basis.T @ column)
        left = left - basis @ (basis.T @ left)
        if np.sqrt(left @ left) > 1e-9:
            kept.append(at)
            basis = np.column_stack([basis, left / np.sqrt(left @ left)])
    return X[:, kept], [names[at] for at in kept]


def with_intercept(of, X, names):
    return (np.column_stack([np.ones(len(X)), X]), [INTERCEPT, *names]) if of.intercept else (X, list(names))


def fit_ols(of):
    X, names = independent(*with_intercept(of, of.X, of.names))
    if X.shape[0] <= X.shape[1]:
        return None
    root = np.ones(len(X)) if of.weights is None else np.sqrt(of.weights)
    model = sm.OLS(of.y, X).fit(method="qr") if of.weights is None else sm.WLS(of.y, X, weights=of.weights).fit(method="qr")
    return Fit(names, model.params, X * root[:, None], model.resid * root, of)


def effect_codes(data, effect):
    """Codes of an effect: a column, or the combinations of several (region^time)."""
    return data.groupby(effect.split("^"), sort=False).ngroup().to_numpy()


def components(one, other):
    """How many parts two effects fall into that no row connects."""
    part = np.arange(one.max() + 1)
    while True:
        by_other = np.full(other.max() + 1, len(part))
        np.minimum.at(by_other, other, part[one])
        new = part.copy()
        np.minimum.at(new, one, by_other[other])
        if (new == part).all():
            return len(set(part))
        part = new


def parameters(codes):
    """Parameters that effects take together."""
    levels = sum(len(set(one)) for one in codes)
    return levels - sum(max(components(before, codes[at]) for before in codes[:at]) for at in range(1, len(codes)))


def demean(X, codes, weights=None):
    """What effects leave of columns: means are taken off in turn until nothing changes."""
    X = np.array(X, dtype=float)
    single = X.ndim == 1
    X = X[:, None] if single else X
    weights = np.ones(len(X)) if weights is None else weights
    size = np.maximum(np.sqrt((X**2).sum(axis=0)), 1e-300)
    for _ in range(10000):
        before = X
        for code in codes:
            total = np.bincount(code, weights)
            means = np.column_stack([np.bincount(code, column * weights) for column in X.T]) / total[:, None] if X.shape[1] else X[:0]
            X = X - means[code] if X.shape[1] else X
        if len(codes) == 1 or X.shape[1] == 0 or (np.sqrt(((X - before)**2).sum(axis=0)) / size).max() < 1e-15:
            break
    return X[:, 0] if single else X


def fit_within(of, effects="entity"):
    effects = as_list(effects)
    codes = [effect_codes(of.data, effect) for effect in effects]
    absorbed = parameters(codes)
    X, names = independent(demean(of.X, codes, of.weights), of.names, np.sqrt((of.X**2).sum(axis=0)))
    if X.shape[0] <= X.shape[1] + absorbed or not names:
        return None
    y = demean(of.y, codes, of.weights)
    if of.weights is None and set(effects) <= {"entity", "time"}:
        from linearmodels.panel import PanelOLS
        frame = of.data[["entity", "time"]].assign(y=of.y)
        columns = pd.DataFrame(of.X, columns=of.names)[names]
        keys = pd.MultiIndex.from_frame(frame[["entity", "time"]])
        model = PanelOLS(pd.Series(of.y, index=keys, name="y"), columns.set_axis([f"x{at}" for at in range(len(names))], axis=1).set_index(keys),
                         entity_effects="entity" in effects, time_effects="time" in effects).fit(cov_type="unadjusted", use_lsdv=False)
        estimate = model.params.to_numpy()
        residuals = y - X @ estimate
        # linearmodels counts the effects among the parameters, as lm with dummy variables does.
        return Fit(names, estimate, X, residuals, of, absorbed=absorbed, codes=codes, effects=effects)
    root = np.ones(len(X)) if of.weights is None else np.sqrt(of.weights)
    model = sm.OLS(y * root, X * root[:, None]).fit(method="qr")
    return Fit(names, model.params, X * root[:, None], model.resid, of, absorbed=absorbed, codes=codes, effects=effects)


def fit_first_differences(of, across_gaps=False):
    now = np.flatnonzero(np.r_[False, of.entity[1:] == of.entity[:-1]])
    if not across_gaps:
        now = now[of.time[now] == of.time[now - 1] + 1]
    X = of.X[now] - of.X[now - 1]
    moving = np.sqrt((X**2).sum(axis=0)) > 1e-12 * np.sqrt((of.X**2).sum(axis=0))
    X, names = with_intercept(of, X[:, moving], [name for name, moves in zip(of.names, moving) if moves])
    X, names = independent(X, names)
    # A difference has the weight of its later row.
    root = np.ones(len(now)) if of.weights is None else np.sqrt(of.weights[now])
    model = sm.OLS((of.y[now] - of.y[now - 1]) * root, X * root[:, None]).fit(method="qr")
    fit = Fit(names, model.params, X * root[:, None], model.resid, of, rows=now)
    fit.weights = root**2
    return fit


def means_by(values, code):
    count = np.bincount(code)
    if values.ndim == 1:
        return np.bincount(code, values) / count
    return np.column_stack([np.bincount(code, column) / count for column in values.T])


def fit_random(of, effects="entity", method="swar"):
    """Least squares on what is left after a share of the means is taken off (generalised least squares). The variances
    are found by setting sums of squares of residuals equal to what is expected of them: Swamy and Arora's, Wallace and
    Hussain's, Amemiya's; on unbalanced panels as Baltagi and Chang (1994) have them."""
    X, names = with_intercept(of, of.X, of.names)
    keys = {"entity": ["entity"], "time": ["time"], "two_way": ["entity", "time"]}[effects]
    codes = [effect_codes(of.data, key) for key in keys]
    n = len(of.y)
    counts = [np.bincount(code) for code in codes]
    balanced = all((count == count[0]).all() for count in counts)
    if method == "nerlove" or (len(codes) == 2 and not (balanced and n == len(counts[0]) * len(counts[1]))) or (method != "swar" and not balanced):
        return not_here(f"random effects by `{method}` on this panel are estimated by plm, in R alone")
    within_X, _ = independent(demean(of.X, codes), of.names, np.sqrt((of.X**2).sum(axis=0)))
    within_y = demean(of.y, codes)
    absorbed = parameters(codes)
    if method == "walhus":
        residuals = of.y - X @ np.linalg.lstsq(X, of.y, rcond=None)[0]
    else:
        slopes = np.linalg.lstsq(within_X, within_y, rcond=None)[0]
    own_df = method == "swar"
    rss = (demean(residuals, codes)**2).sum() if method == "walhus" else ((within_y - within_X @ slopes)**2).sum()
    sigma = rss / (n - absorbed - (within_X.shape[1] if own_df else 0))
    variances = []
    for code, count in zip(codes, counts):
        levels = len(count)
        mean_X, mean_y = means_by(X, code), means_by(of.y, code)
        if method == "swar":
            Z, _ = independent(mean_X * np.sqrt(count)[:, None], names)
            coefficients = np.linalg.lstsq(Z, mean_y * np.sqrt(count), rcond=None)[0]
            between = ((mean_y * np.sqrt(count) - Z @ coefficients)**2).sum()
            degrees = levels - Z.shape[1]
            # n less the trace of (Z'Z)^-1 Z' diag(T_i) Z, which is T (N - K) on a balanced panel.
            size = n - np.trace(np.linalg.solve(Z.T @ Z, Z.T @ (Z * count[:, None])))
        else:
            left = residuals if method == "walhus" else of.y - of.X @ np.r_[slopes]
            left = left - left.mean()
            between = (means_by(left, code)**2 * count).sum()
            degrees, size = levels, levels * count[0]
        variances.append(max((between - degrees * sigma) / size, 0.0))
    if len(codes) == 1:
        share = 1 - np.sqrt(sigma / (sigma + counts[0] * variances[0]))
        quasi = lambda values: values - (share[codes[0]][:, None] if values.ndim == 2 else share[codes[0]]) * means_by(values, codes[0])[codes[0]]
    else:
        entity, time = codes
        N, T = len(counts[0]), len(counts[1])
        one = 1 - np.sqrt(sigma / (sigma + T * variances[0]))
        two = 1 - np.sqrt(sigma / (sigma + N * variances[1]))
        three = one + two + np.sqrt(sigma / (sigma + T * variances[0] + N * variances[1])) - 1
        quasi = lambda values: values - one * means_by(values, entity)[entity] - two * means_by(values, time)[time] + three * values.mean(axis=0)
    model = sm.OLS(quasi(of.y), quasi(X)).fit(method="qr")
    return Fit(names, model.params, quasi(X), model.resid, of)


def fit_between(of, by="entity", weighted=False):
    code = effect_codes(of.data, by)
    count = np.bincount(code)
    root = np.sqrt(count) if weighted else np.ones(len(count))
    X, names = independent(*with_intercept(of, means_by(of.X, code), of.names))
    model = sm.OLS(means_by(of.y, code) * root, X * root[:, None]).fit(method="qr")
    first = np.array([np.flatnonzero(code == level)[0] for level in range(len(count))])
    return Fit(names, model.params, X * root[:, None], model.resid, of, rows=first)


class Given:
    """Estimates with a covariance of their own."""

    def __init__(self, names, estimate, vcov, n, df):
        self.names, self.estimate, self.vcov, self.n, self.df = list(names), np.asarray(estimate), np.asarray(vcov), n, df


def fit_mean_group(of):
    """The mean of the entities' own coefficients, and its variance from how these spread."""
    own, names = [], None
    for unit in dict.fromkeys(of.entity):
        fit = fit_ols(of.rows(of.entity == unit))
        if fit is not None and fit.k == of.X.shape[1] + of.intercept:
            own.append(fit.estimate)
            names = fit.names
    own = np.array(own)
    return Given(names, own.mean(axis=0), np.cov(own, rowvar=False) / len(own), len(of.y), np.inf)


def fit_fama_macbeth(of, bandwidth=None, kernel="bartlett"):
    """Each time's own coefficients, their mean, and its variance from how they vary over time (Fama and MacBeth 1973)."""
    own = []
    for time in np.unique(of.time):
        rows = of.rows(of.time == time)
        X, names = with_intercept(of, rows.X, of.names)
        if len(X) >= X.shape[1] and independent(X, names)[0].shape[1] == X.shape[1]:
            own.append(np.linalg.lstsq(X, rows.y, rcond=None)[0])
    own = np.array(own)
    periods, deviations = len(own), own - own.mean(axis=0)
    V = deviations.T @ deviations
    for at, weight in enumerate([] if bandwidth is None else lag_weights(kernel, bandwidth, periods - 1), 1):
        S = deviations[at:].T @ deviations[:-at]
        V = V + weight * (S + S.T)
    return Given(names, own.mean(axis=0), V / (periods * (periods - 1)), len(of.y), periods - 1)


# ---- covariances ----


class Covariance:
    def __init__(self, matrix, fit, test="residual", clusters=None):
        self.matrix = matrix
        self.df = {"residual": fit.df, "clusters": None if clusters is None else clusters - 1, "normal": np.inf}[test]


def clusters_of(fit, by):
    values = fit.data[by["column"]] if isinstance(by, dict) else pd.Series(fit.entity if by == "entity" else fit.time)
    return pd.factorize(values)[0]


def nested_in(fit, kinds):
    """Parameters of the absorbed effects that are nested in clusters of any of these kinds."""
    def is_nested(code, kind):
        return len(set(zip(code, kind))) == len(set(code))
    nested = [code for code in fit.codes if any(is_nested(code, kind) for kind in kinds)]
    return 0 if not nested else fit.absorbed if len(nested) == len(fit.codes) else parameters(nested)


def small_sample_factor(fit, small_sample, clusters, nested=0):
    """The factor for small samples, by the program that uses it."""
    n, k, absorbed = fit.n, fit.k, fit.absorbed
    G = clusters / (clusters - 1)

    def without(nested):  # nested effects together count as the constant
        return max(0, absorbed + min(nested, 1) - nested)

    if isinstance(small_sample, dict) and "fixest" in small_sample:
        options = small_sample["fixest"]
        counted = {"none": 0, "nonnested": without(nested), "full": absorbed}[options["k_fixef"]]
        return ((n - 1) / (n - k - counted) if options["k_adj"] else 1) * (G if options["g_adj"] else 1)
    if isinstance(small_sample, dict):
        options = small_sample["linearmodels"]
        counted = (absorbed if options["count_effects"] else 0) + (k if options["debiased"] else 0)
        return n / (n - counted) * (G * (n - 1) / n if options["group_debias"] else 1)
    return {"none": lambda: 1, "plm_hc1": lambda: n / (n - k), "plm_sss": lambda: G * (n - 1) / (n - k),
            "stata_xtreg": lambda: G * (n - 1) / (n - k - without(max(fit.entity_levels, nested))),
            "stata_areg": lambda: G * (n - 1) / (n - k - absorbed), "club_sandwich_cr1": lambda: G,
            "club_sandwich_cr1p": lambda: clusters / (clusters - k - absorbed), "jackknife": lambda: 1 / G}[small_sample]()


def adjusted_residuals(fit, type, leverage):
    """Residuals over what leverage leaves of them: HC0 to HC5."""
    if type in ("hc0", "hc1"):
        return fit.residuals
    h = ((fit.X @ fit.bread) * fit.X).sum(axis=1)
    if leverage == "all" and len(fit.codes) == 1:
        h = h + fit.weights / np.bincount(fit.codes[0], fit.weights)[fit.codes[0]]
    if leverage == "all" and len(fit.codes) > 1:
        dummies = np.column_stack([(code[:, None] == np.unique(code)).astype(float) for code in fit.codes])
        u, s, _ = np.linalg.svd(dummies * np.sqrt(fit.weights)[:, None], full_matrices=False)
        h = h + (u[:, s > 1e-9 * s[0]]**2).sum(axis=1)
    relative = fit.n * h / (fit.k + (fit.absorbed if leverage == "all" else 0))
    power_of = {"hc2": 0.5, "hc3": 1.0, "hc4": np.minimum(relative, 4) / 2, "hc4m": (np.minimum(relative, 1) + np.minimum(relative, 1.5)) / 2,
                "hc5": np.minimum(relative, max(4, 0.7 * relative.max())) / 4}[type]
    return fit.residuals / (1 - h)**power_of


def block_residuals(fit, codes, type):
    """(I - H_gg)^p e_g of each cluster, p = -1/2 in CR2 and -1 in CR3, H the projection on regressors and effects (Bell
    and McCaffrey 2002)."""
    projection = np.zeros((fit.X.shape[0], 0))
    if fit.codes:
        dummies = np.column_stack([(code[:, None] == np.unique(code)).astype(float) for code in fit.codes])
        u, s, _ = np.linalg.svd(dummies * np.sqrt(fit.weights)[:, None], full_matrices=False)
        projection = u[:, s > 1e-9 * s[0]]
    made = fit.residuals.copy()
    for cluster in range(codes.max() + 1):
        own = np.flatnonzero(codes == cluster)
        x = fit.X[own]
        values, vectors = np.linalg.eigh(np.eye(len(own)) - x @ fit.bread @ x.T - projection[own] @ projection[own].T)
        power_of = np.where(values > 1e-10, values, np.inf) ** (-0.5 if type == "cr2" else -1.0)
        made[own] = vectors @ (power_of * (vectors.T @ fit.residuals[own]))
    return made


def hc1_factor(fit, type, leverage):
    return fit.n / (fit.n - fit.k - (fit.absorbed if leverage == "all" else 0)) if type == "hc1" else 1.0


def sandwich_of(fit, meat):
    return fit.bread @ meat @ fit.bread


def sums_by(fit, residuals, codes):
    sums = np.column_stack([np.bincount(codes, column * residuals) for column in fit.X.T])
    return sums.T @ sums


def vcov_classical(fit, divisor="residual_df", test="residual"):
    if divisor == "residual_df":
        return Covariance(fit.vcov, fit, test)
    return Covariance((fit.residuals @ fit.residuals) / (fit.n - fit.absorbed) * fit.bread, fit, test)


def vcov_heteroskedastic(fit, type="hc1", leverage="all", small_sample="none", test="residual"):
    scores = fit.X * adjusted_residuals(fit, type, leverage)[:, None]
    factor = hc1_factor(fit, type, leverage) * small_sample_factor(fit, small_sample, fit.n)
    return Covariance(sandwich_of(fit, scores.T @ scores) * factor, fit, test)


def vcov_groupwise(fit, by="entity", type="hc0", leverage="all", small_sample="none", test="residual"):
    codes = clusters_of(fit, by)
    variance = means_by(adjusted_residuals(fit, type, leverage)**2, codes)[codes]
    factor = hc1_factor(fit, type, leverage) * small_sample_factor(fit, small_sample, fit.n)
    return Covariance(sandwich_of(fit, (fit.X * variance[:, None]).T @ fit.X) * factor, fit, test)


def vcov_clustered(fit, by="entity", type="hc0", leverage="all", small_sample="stata_xtreg", test="clusters"):
    codes = clusters_of(fit, by)
    clusters = codes.max() + 1
    factor = small_sample_factor(fit, small_sample, clusters, nested_in(fit, [codes]))
    residuals = block_residuals(fit, codes, type) if type in ("cr2", "cr3") else adjusted_residuals(fit, type, leverage)
    return Covariance(sandwich_of(fit, sums_by(fit, residuals, codes)) * factor, fit, test, clusters)


FIXEST = {"fixest": {"k_adj": True, "k_fixef": "nonnested", "g_adj": True}}
FIXEST_FULL = {"fixest": {"k_adj": True, "k_fixef": "full", "g_adj": True}}


def vcov_two_way(fit, by="entity", and_="time", type="hc0", leverage="all", groups="min", fix=False, test="clusters", small_sample=FIXEST):
    one, other = clusters_of(fit, by), clusters_of(fit, and_)
    pairs = pd.factorize(pd.Series(list(zip(one, other))))[0]
    residuals = adjusted_residuals(fit, type, leverage)
    nested = nested_in(fit, [one, other])
    fewest = min(one.max(), other.max()) + 1

    def part(codes):
        return sandwich_of(fit, sums_by(fit, residuals, codes)) * small_sample_factor(fit, small_sample, fewest if groups == "min" else codes.max() + 1, nested)

    V = (part(one) + part(other) - part(pairs)) * hc1_factor(fit, type, leverage)
    if fix:
        values, vectors = np.linalg.eigh(V)
        V = vectors @ np.diag(np.maximum(values, 0)) @ vectors.T
    return Covariance(V, fit, test, fewest)


def lag_weights(kernel, bandwidth, most):
    whole = int(np.floor(max(bandwidth, 0)))
    lags = np.arange(1, (most if kernel == "quadratic_spectral" else min(most, whole)) + 1)
    z = lags / (whole + 1)
    if kernel == "bartlett":
        return 1 - z
    if kernel == "parzen":
        return np.where(z <= 0.5, 1 - 6 * z**2 + 6 * z**3, 2 * (1 - z)**3)
    if bandwidth <= 0:
        return np.zeros(len(lags))
    z = 6 * np.pi * lags / (5 * bandwidth)
    return 3 / z**2 * (np.sin(z) / z - np.cos(z))


def bandwidth_of(bandwidth, periods, longest):
    if not isinstance(bandwidth, str):
        return bandwidth
    return {"plm": np.floor(np.sqrt(np.sqrt(longest))), "newey_west_1987": np.floor(np.sqrt(np.sqrt(periods))),
            "newey_west_1994": np.floor(4 * (periods / 100)**(2 / 9))}[bandwidth]


def vcov_newey_west(fit, kernel="bartlett", bandwidth="newey_west_1994", lag="time", type="hc0", leverage="all", test="clusters", small_sample=FIXEST_FULL):
    times = np.unique(fit.time, return_inverse=True)[1]
    periods = fit.n if lag == "sample_row" else times.max() + 1
    scores = fit.X * adjusted_residuals(fit, type, leverage)[:, None]
    entity = np.zeros(fit.n, dtype=int) if lag == "sample_row" else pd.factorize(fit.entity)[0]
    place = {"time": times, "row": pd.Series(entity).groupby(entity).cumcount().to_numpy(), "sample_row": np.arange(fit.n)}[lag]
    meat = scores.T @ scores
    known = {key: at for at, key in enumerate(zip(entity, place))}
    for at, weight in enumerate(lag_weights(kernel, bandwidth_of(bandwidth, periods, fit.longest), periods - 1), 1):
        pairs = [(now, known[(who, when - at)]) for now, (who, when) in enumerate(zip(entity, place)) if (who, when - at) in known]
        if pairs:
            now, before = np.array(pairs).T
            S = scores[now].T @ scores[before]
            meat = meat + weight * (S + S.T)
    factor = hc1_factor(fit, type, leverage) * small_sample_factor(fit, small_sample, periods)
    return Covariance(sandwich_of(fit, meat) * factor, fit, test, periods)


def vcov_driscoll_kraay(fit, kernel="bartlett", bandwidth="newey_west_1994", type="hc0", leverage="all", test="clusters", small_sample=FIXEST_FULL):
    times = np.unique(fit.time, return_inverse=True)[1]
    periods = times.max() + 1
    residuals = adjusted_residuals(fit, type, leverage)
    sums = np.column_stack([np.bincount(times, column * residuals) for column in fit.X.T])
    meat = sums.T @ sums
    for at, weight in enumerate(lag_weights(kernel, bandwidth_of(bandwidth, periods, fit.longest), periods - 1), 1):
        S = sums[at:].T @ sums[:-at]
        meat = meat + weight * (S + S.T)
    factor = hc1_factor(fit, type, leverage) * small_sample_factor(fit, small_sample, periods)
    return Covariance(sandwich_of(fit, meat) * factor, fit, test, periods)


def vcov_panel_corrected(fit, by="time", diagonal=False, pairwise=True, type="hc0", leverage="all", small_sample="none", test="residual"):
    times, entities = np.unique(fit.time, return_inverse=True)[1], pd.factorize(fit.entity)[0]
    occasion, unit = (times, entities) if by == "time" else (entities, times)
    e = np.full((occasion.max() + 1, unit.max() + 1), np.nan)
    e[occasion, unit] = adjusted_residuals(fit, type, leverage)
    used = e if pairwise else e[~np.isnan(e).any(axis=1)]
    there = (~np.isnan(used)).astype(float)
    used = np.nan_to_num(used)
    S = used.T @ used / np.maximum(there.T @ there, 1)
    if diagonal:
        S = np.diag(np.diag(S))
    meat = np.zeros((fit.k, fit.k))
    for own in range(occasion.max() + 1):
        rows = occasion == own
        meat = meat + fit.X[rows].T @ S[np.ix_(unit[rows], unit[rows])] @ fit.X[rows]
    factor = hc1_factor(fit, type, leverage) * small_sample_factor(fit, small_sample, occasion.max() + 1)
    return Covariance(sandwich_of(fit, meat) * factor, fit, test, occasion.max() + 1)


# ---- instruments ----


def projected_on(Z, X):
    q = np.linalg.qr(Z)[0]
    return q @ (q.T @ X)


def fit_iv(of, endogenous, instruments, effects=(), count_effects=True, kappa=1.0, liml=False, fuller=0.0):
    """(X'(I - kM)X)^-1 X'(I - kM)y with M the projection off the instruments: k = 1 is two-stage least squares."""
    y, effects = of.y, as_list(effects)
    names = [name for name in of.names if name not in instruments]
    X = of.X[:, [of.names.index(name) for name in names]]
    outside = of.X[:, [of.names.index(name) for name in instruments]]
    absorbed = 0
    if effects:
        codes = [effect_codes(of.data, effect) for effect in effects]
        absorbed = parameters(codes)
        y, X, outside = demean(y, codes), demean(X, codes), demean(outside, codes)
    else:
        X, names = with_intercept(of, X, names)
    is_exogenous = [name not in endogenous for name in names]
    exogenous = X[:, is_exogenous]
    Z = np.column_stack([exogenous, outside])
    counted = absorbed if count_effects else 0
    if liml:
        E = np.column_stack([y, X[:, [not one for one in is_exogenous]]])
        all = E - projected_on(Z, E)
        own = E - projected_on(exogenous, E) if exogenous.shape[1] else E
        kappa = np.linalg.eigvals(np.linalg.solve(all.T @ all, own.T @ own)).real.min() if outside.shape[1] >= E.shape[1] else 1.0
        kappa -= fuller / (len(y) - Z.shape[1] - counted)
    projected = projected_on(Z, X)
    left = X - projected
    A = projected.T @ projected + (1 - kappa) * (left.T @ left)
    b = np.linalg.solve(A, projected.T @ y + (1 - kappa) * (left.T @ y))
    return Fit(names, b, projected, y - X @ b, of, vcov=np.eye(len(b)), absorbed=counted, bread=np.linalg.inv(A))


def vcov_iv(fit, errors="unadjusted", by="entity", debiased=True, test=None):
    scale, clusters = (fit.n / fit.df if debiased else 1.0), None
    if errors == "unadjusted":
        V = fit.bread * (fit.residuals @ fit.residuals) / fit.n
    elif errors == "robust":
        scores = fit.X * fit.residuals[:, None]
        V = sandwich_of(fit, scores.T @ scores)
    else:
        codes = clusters_of(fit, by)
        clusters = codes.max() + 1
        V = sandwich_of(fit, sums_by(fit, fit.residuals, codes))
        scale *= clusters / (clusters - 1) * (fit.n - 1) / fit.n if debiased else 1.0
    test = test or ("normal" if not debiased else "residual" if clusters is None else "clusters")
    return Covariance(V * scale, fit, test, clusters)


# ---- systems ----


def fit_system(data, equations, estimator, instruments, variables, effects=(), count_effects=True, residual_covariance="geomean", center=False):
    """Equations estimated together on the rows that are complete in all of them: OLS, SUR, 2SLS, 3SLS, after effects."""
    data = data[data[variables].notna().all(axis=1)].sort_values(["entity", "time"], kind="stable").reset_index(drop=True)
    codes = [effect_codes(data, effect) for effect in as_list(effects)]
    absorbed = parameters(codes) if codes else 0
    values = data[variables].to_numpy(dtype=float)
    values = demean(values, codes) if codes else values
    n = len(values)

    def columns(names, intercept):
        X = values[:, [variables.index(name) for name in names]]
        return np.column_stack([np.ones(n), X]) if intercept and not codes else X

    Z = columns(instruments, True) if estimator in ("2sls", "3sls") else None
    y = [columns([one["y"]], False)[:, 0] for one in equations]
    X = [columns(one["x"], one["intercept"]) for one in equations]
    P = X if Z is None else [projected_on(Z, one) for one in X]
    k = np.array([one.shape[1] + (absorbed if count_effects else 0) for one in X])
    residuals = np.column_stack([own - own_X @ np.linalg.solve(own_P.T @ own_P, own_P.T @ own) for own, own_X, own_P in zip(y, X, P)])
    if center:
        residuals = residuals - residuals.mean(axis=0)
    divisor = {"geomean": np.sqrt(np.outer(n - k, n - k)), "noDfCor": np.full((len(k), len(k)), n), "max": n - np.maximum.outer(k, k)}[residual_covariance]
    S = residuals.T @ residuals / divisor
    W = np.linalg.inv(S if estimator in ("sur", "3sls") else np.diag(np.diag(S)))
    A = np.block([[W[i, j] * (P[i].T @ P[j]) for j in range(len(X))] for i in range(len(X))])
    b = np.concatenate([sum(W[i, j] * (P[i].T @ y[j]) for j in range(len(X))) for i in range(len(X))])
    V = np.linalg.inv(A)
    estimate, ends = V @ b, np.cumsum([0] + [one.shape[1] for one in X])
    fits = {}
    for at, one in enumerate(equations):
        own = slice(ends[at], ends[at + 1])
        names = ([INTERCEPT] if one["intercept"] and not codes else []) + list(one["x"])
        fits[one["name"]] = Given(names, estimate[own], V[own, own], n, n - k[at])
    return fits


# ---- tests and descriptions ----


def describe(stage, data, variables):
    for name in variables:
        if not is_numeric(data[name]):
            continue
        own = data[["entity", name]].dropna()
        x, means = own[name], own.groupby("entity")[name].transform("mean")
        by_entity = own.groupby("entity")[name].mean()
        report_values(stage, name, {
            "n": len(x), "mean": x.mean(), "sd": x.std(), "sd_between": by_entity.std(), "sd_within": np.sqrt(((x - means)**2).sum() / (len(x) - 1)),
            "min": x.min(), "p25": x.quantile(0.25), "median": x.median(), "p75": x.quantile(0.75), "max": x.max()})


def granger(stage, data, effect, cause, order=1, leave_out=False):
    """Whether x helps to foresee y: F tests by entity, and Dumitrescu and Hurlin's statistics of the panel."""
    pair, k = f"{cause} -> {effect}", order
    lags = {name: np.column_stack([lag_by_time(data[name], at, data["entity"], data["time"]) for at in range(1, order + 1)]) for name in (effect, cause)}
    y = data[effect].to_numpy(dtype=float)
    complete = ~np.isnan(np.column_stack([y, lags[effect], lags[cause]])).any(axis=1)
    wald, periods, all_tested = [], [], True
    for unit in dict.fromkeys(data["entity"]):
        rows = complete & (data["entity"] == unit).to_numpy()
        n = rows.sum()
        if n <= 2 * order + 1:
            all_tested = False
            continue
        own = sm.add_constant(lags[effect][rows], has_constant="add")
        restricted, free = sm.OLS(y[rows], own).fit(method="qr"), sm.OLS(y[rows], np.column_stack([own, lags[cause][rows]])).fit(method="qr")
        df = n - 2 * order - 1
        f = ((restricted.ssr - free.ssr) / order) / (free.ssr / df)
        report_values(stage, f"{pair}: {unit}", {"f": f, "f_p_value": stats.f.sf(f, order, df), "chi_squared": order * f,
                                                 "chi_squared_p_value": stats.chi2.sf(order * f, order)})
        wald.append(order * f)
        periods.append(n + order)
    if not wald or (not all_tested and not leave_out):
        return
    wald, periods = np.array(wald), np.array(periods, dtype=float)
    values = {"w_bar": wald.mean()}
    if (periods > 5 + 3 * k).all():
        if len(set(periods)) == 1:
            z = np.sqrt(len(wald) / (2 * k)) * (wald.mean() - k)
            values.update(z_bar=z, z_bar_p_value=2 * stats.norm.sf(abs(z)))
        expected = (k * (periods - 3 * k - 1) / (periods - 3 * k - 3)).mean()
        variance = (2 * k * (periods - 3 * k - 1)**2 * (periods - 2 * k - 3) / ((periods - 3 * k - 3)**2 * (periods - 3 * k - 5))).mean()
        z = np.sqrt(len(wald)) * (wald.mean() - expected) / np.sqrt(variance)
        values.update(z_tilde=z, z_tilde_p_value=2 * stats.norm.sf(abs(z)))
    fisher = -2 * stats.chi2.logsf(wald, k).sum()
    values.update(fisher=fisher, fisher_p_value=stats.chi2.sf(fisher, 2 * len(wald)))
    report_values(stage, pair, values)


# ---- what was estimated, and how it compares ----

estimated, unrepeated, apart, refusal = {}, [], set(), []


def not_here(reason):
    """No fit, and why; what is reported of it is named and not compared."""
    refusal.append(reason)


def report_values(stage, model, values):
    for term, value in values.items():
        estimated[(stage, model, term)] = {"estimate": float(value), "std_error": np.nan, "p_value": np.nan, "n_obs": np.nan}


def report(stage, model, fit, covariance=None):
    """The coefficients of a fit under a covariance."""
    if fit is not None:
        refusal.clear()
    if fit is None:
        if refusal:
            unrepeated.append((f"{stage}, {model}".removesuffix(", "), refusal[-1]))
            apart.add((stage, model))
        return
    if callable(covariance):
        covariance = covariance(fit)
    matrix, df = (fit.vcov, fit.df) if covariance is None else (covariance.matrix, covariance.df)
    variance = np.diag(np.atleast_2d(matrix))
    errors = np.sqrt(np.where(variance > 0, variance, np.nan))
    p_values = 2 * (stats.norm.sf(np.abs(fit.estimate / errors)) if np.isinf(df) else stats.t.sf(np.abs(fit.estimate / errors), df))
    for name, estimate, error, p_value in zip(fit.names, fit.estimate, errors, p_values):
        estimated[(stage, model, name)] = {"estimate": estimate, "std_error": error, "p_value": p_value, "n_obs": fit.n}


def report_by_entity(stage, of, covariance=vcov_classical, before="", after=""):
    """Each entity's own equation, by ordinary least squares."""
    for unit in dict.fromkeys(of.entity):
        fit = fit_ols(of.rows(of.entity == unit))
        if fit is not None:
            report(stage, f"{before}{unit}{after}", fit, covariance)


def report_system(stage, estimator, fits, several):
    for name, fit in fits.items():
        report(stage, f"{name}/{estimator}" if several else name, fit)


def read_expected(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def compare(what, places, expected, found, tolerance):
    """Every published number against its own; what is handed back names those that differ."""
    wrong, largest, asked = [], 0.0, 0
    for place, text, own in zip(places, expected, found):
        if text == "":
            continue
        asked += 1
        value = float(text)
        difference = np.nan if own is None else abs(own - value) / (1 if abs(value) < 1e-12 else abs(value))
        largest = max(largest, difference) if difference == difference else largest
        if not difference <= tolerance:
            wrong.append(f"{place}: {what} has {text}, here {'nothing' if own is None else repr(float(own))}")
    print(f"{what:<34} {asked:6d} numbers, largest relative difference {largest:.1e}")
    return wrong


def compare_all(folder, tolerance=1e-8):
    wrong = []
    results = read_expected(folder / "results.csv")
    # What these helpers can't estimate on this panel is named, and not compared.
    results = [row for row in results if (row["stage"], row["model"]) not in apart]
    keys = [(row["stage"], row["model"], row["term"]) for row in results]
    for name in ("estimate", "std_error", "p_value"):
        found = [estimated.get(key, {}).get(name) for key in keys]
        wrong += compare(f"results: {name}", [" | ".join(key) for key in keys], [row[name] for row in results], found, tolerance)
    if (folder / "tables.csv").exists():
        tables = read_expected(folder / "tables.csv")
        of = {(row["file"], row["table"], row["unit"]): (row["stage"], row["model"]) for row in tables}
        for file in dict.fromkeys(row["file"] for row in tables):
            printed = read_expected(own_file(file))
            keys = [(*of.get((file, row["table"], row["unit"]), ("", "")), row["regressor"]) for row in printed]
            for name in ("estimate", "std_error", "p_value", "n_obs"):
                found = [estimated.get(key, {}).get(name) for key in keys]
                places = [f"{row['table']} / {row['unit']} / {row['regressor']}" for row in printed]
                # Where there is no estimate there is nothing to count the rows of.
                wrong += compare(f"{Path(file).name}: {name}", places, [row[name] if row["estimate"] else "" for row in printed], found, tolerance)
    left = [(row["what"], row["reason"]) for row in read_expected(folder / "not_replicated.csv")]
    left += unrepeated
    print(f"{len(estimated)} numbers estimated; {len(left)} parts of the pipeline aren't repeated here{':' if left else ''}")
    for what, reason in left:
        print(f"  {what}: {reason}")
    if wrong:
        print(f"{len(wrong)} numbers differ by more than {tolerance:g}:")
        print("\n".join(f"  {one}" for one in wrong))
        return False
    print(f"All agree to {tolerance:g}.")
    return True
