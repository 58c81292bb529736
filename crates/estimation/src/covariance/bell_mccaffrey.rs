//! Clustered covariances that take leverage into account by blocks of the projection on regressors and
//! effects: CR2 and CR3 of Bell and McCaffrey (2002), with Satterthwaite's degrees of freedom.
//!
//! u_g = (I - H_gg)^p e_g, with p = -1/2 in CR2 and -1 in CR3. I - H_gg has no inverse where effects fit a
//! direction of the cluster's errors perfectly, as those of entities do in clusters of entities; the residuals
//! have nothing in that direction, and the inverse on the rest is what counts (Pustejovsky and Tipton 2018,
//! Journal of Business and Economic Statistics 36, theorem 1). In CR3 it mustn't be the regressors that do:
//! without the cluster their coefficients aren't identified.
//!
//! Where there are no effects, or each effect lies in one cluster, only the regressors matter: H_gg is then
//! W W' with W = X_g L, B = L L', and its power follows from the eigenvalues of the small W'W.

use faer::Mat;

use super::cluster_type::ClusterType;
use super::clusters::Clusters;
use super::ingredients::{Ingredients, too_large};
use super::leverage::{EffectsProjection, LEVERAGE_OF_ONE, eigen};
use super::sandwich;
use crate::outcome::Reason;

/// How H is had.
struct Projection {
    kind: ClusterType,
    /// L, with B = L L'.
    root: Mat<f64>,
    /// The effects, where they reach over clusters.
    effects: Option<EffectsProjection>,
}

/// (I - H_gg)^p of a cluster.
enum Adjustment {
    None,
    Dense(Mat<f64>),
    /// I + W K W'.
    Small {
        w: Mat<f64>,
        kernel: Mat<f64>,
    },
}

impl Projection {
    fn new(kind: ClusterType, ingredients: &Ingredients<'_>, clusters: &Clusters) -> Result<Self, Reason> {
        let nested = match ingredients.effects {
            None => true,
            Some(effects) if effects.is_plain() => {
                (ingredients.entity_levels == 0 || clusters.nests_entities)
                    && (ingredients.time_levels == 0 || clusters.nests_times)
            }
            Some(effects) => effects.codes().iter().all(|factor| clusters.nests(factor)),
        };
        let nested = nested && !ingredients.constant;
        let effects = if nested { None } else { EffectsProjection::new(ingredients)? };
        Ok(Self { kind, root: cholesky(ingredients.bread)?, effects })
    }

    fn adjustment(&self, ingredients: &Ingredients<'_>, rows: &[usize]) -> Result<Adjustment, Reason> {
        let exponent = match self.kind {
            ClusterType::Cr2 => -0.5,
            ClusterType::Cr3 => -1.0,
            _ => return Ok(Adjustment::None),
        };
        let (size, order) = (rows.len(), ingredients.bread.nrows());
        let x = Mat::from_fn(size, order, |at, column| ingredients.regressors[(rows[at], column)]);
        match &self.effects {
            None => self.small(&x, exponent),
            Some(effects) => {
                too_large("rows in a cluster", size)?;
                self.dense(ingredients, effects, rows, &x, exponent)
            }
        }
    }

    fn small(&self, x: &Mat<f64>, exponent: f64) -> Result<Adjustment, Reason> {
        let w = x * &self.root;
        let (vectors, values) = eigen(&(w.transpose() * &w))?;
        let fitted = |value: f64| 1.0 - value <= LEVERAGE_OF_ONE;
        if self.kind == ClusterType::Cr3 && values.iter().any(|value| fitted(*value)) {
            return Err(Reason::UnidentifiedWithoutCluster);
        }
        // ((1 - d)^p - 1)/d, and -1/d where nothing of the direction is left
        let weight = |value: f64| match value {
            value if fitted(value) => -1.0 / value,
            value if value <= 0.0 => -exponent,
            value => (exponent * (-value).ln_1p()).exp_m1() / value,
        };
        let order = values.len();
        let scaled = Mat::from_fn(order, order, |row, at| vectors[(row, at)] * weight(values[at]));
        Ok(Adjustment::Small { kernel: &scaled * vectors.transpose(), w })
    }

    fn dense(
        &self,
        ingredients: &Ingredients<'_>,
        effects: &EffectsProjection,
        rows: &[usize],
        x: &Mat<f64>,
        exponent: f64,
    ) -> Result<Adjustment, Reason> {
        let (size, order) = (rows.len(), ingredients.bread.nrows());
        let fitted = (x * ingredients.bread) * x.transpose();
        let left = Mat::from_fn(size, size, |i, j| {
            let own = if i == j { 1.0 } else { 0.0 };
            own - fitted[(i, j)] - effects.entry(rows[i], rows[j])
        });
        let (vectors, values) = eigen(&left)?;
        if self.kind == ClusterType::Cr3 {
            let scales: Vec<f64> = (0..order).map(|j| ingredients.bread[(j, j)].sqrt()).collect();
            let fitted_by_regressors = (0..size).filter(|&at| values[at] <= LEVERAGE_OF_ONE).any(|at| {
                (0..order).any(|j| {
                    let sum: f64 = (0..size).map(|row| vectors[(row, at)] * x[(row, j)]).sum();
                    (sum * scales[j]).abs() > 1e-7
                })
            });
            if fitted_by_regressors {
                return Err(Reason::UnidentifiedWithoutCluster);
            }
        }
        let scaled = Mat::from_fn(size, size, |row, at| {
            if values[at] > LEVERAGE_OF_ONE { vectors[(row, at)] * values[at].powf(exponent) } else { 0.0 }
        });
        Ok(Adjustment::Dense(&scaled * vectors.transpose()))
    }
}

impl Adjustment {
    fn apply(&self, columns: Mat<f64>) -> Mat<f64> {
        match self {
            Self::None => columns,
            Self::Dense(matrix) => matrix * &columns,
            Self::Small { w, kernel } => {
                let taken = w * (kernel * (w.transpose() * &columns));
                columns + taken
            }
        }
    }
}

/// Each cluster's rows.
fn members(clusters: &Clusters) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); clusters.count];
    clusters.codes.iter().enumerate().for_each(|(row, code)| members[*code].push(row));
    members
}

/// A_g e_g of every cluster.
pub(super) fn residuals(
    kind: ClusterType,
    ingredients: &Ingredients<'_>,
    clusters: &Clusters,
) -> Result<Vec<f64>, Reason> {
    let projection = Projection::new(kind, ingredients, clusters)?;
    let mut adjusted = ingredients.residuals.to_vec();
    for rows in members(clusters) {
        let own = Mat::from_fn(rows.len(), 1, |at, _| ingredients.residuals[rows[at]]);
        let after = projection.adjustment(ingredients, &rows)?.apply(own);
        rows.iter().enumerate().for_each(|(at, row)| adjusted[*row] = after[(at, 0)]);
    }
    Ok(adjusted)
}

/// Satterthwaite's degrees of freedom of each coefficient's t statistic under independent errors of one
/// variance (Bell and McCaffrey 2002, section 4; Pustejovsky and Tipton 2018, eq. 11): with
/// v_g = A_g X_g B c for coefficient c and Q_gh = v_g'(I - H)_gh v_h, (tr Q)^2 / tr(Q^2).
pub(super) fn degrees_of_freedom(
    kind: ClusterType,
    ingredients: &Ingredients<'_>,
    clusters: &Clusters,
) -> Result<Vec<f64>, Reason> {
    let projection = Projection::new(kind, ingredients, clusters)?;
    let order = ingredients.bread.nrows();
    if projection.effects.is_some() {
        too_large("clusters", clusters.count)?;
    }
    // v_g of every coefficient, rows in the sample's order
    let mut directions: Mat<f64> = ingredients.regressors * ingredients.bread;
    for rows in members(clusters) {
        let before = Mat::from_fn(rows.len(), order, |at, column| directions[(rows[at], column)]);
        let after = projection.adjustment(ingredients, &rows)?.apply(before);
        for (at, row) in rows.iter().enumerate() {
            (0..order).for_each(|column| directions[(*row, column)] = after[(at, column)]);
        }
    }
    (0..order)
        .map(|column| {
            let values: Vec<f64> =
                (0..ingredients.residuals.len()).map(|row| directions[(row, column)]).collect();
            let (trace, square) = traces(&projection, ingredients, clusters, &values);
            let df = trace * trace / square;
            if df.is_finite() && df > 0.0 {
                Ok(df)
            } else {
                Err(Reason::NotFinite { what: "Satterthwaite's degrees of freedom".into() })
            }
        })
        .collect()
}

/// tr Q and tr Q^2, where Q is the squares of v_g on its diagonal less F B F' with F_g = v_g'X_g, and less
/// what the effects take.
fn traces(
    projection: &Projection,
    ingredients: &Ingredients<'_>,
    clusters: &Clusters,
    values: &[f64],
) -> (f64, f64) {
    let order = ingredients.bread.nrows();
    let mut sums: Mat<f64> = Mat::zeros(clusters.count, order);
    let mut squares = vec![0.0; clusters.count];
    for (row, code) in clusters.codes.iter().enumerate() {
        squares[*code] += values[row] * values[row];
        for regressor in 0..order {
            sums[(*code, regressor)] += values[row] * ingredients.regressors[(row, regressor)];
        }
    }
    let weighted = &sums * ingredients.bread;
    let Some(effects) = &projection.effects else {
        let own = |g: usize| -> f64 { (0..order).map(|j| weighted[(g, j)] * sums[(g, j)]).sum() };
        let small = weighted.transpose() * &sums;
        let crossed: f64 =
            (0..order).map(|i| (0..order).map(|j| small[(i, j)] * small[(j, i)]).sum::<f64>()).sum();
        let (mut trace, mut square) = (0.0, crossed);
        for (g, squared) in squares.iter().enumerate() {
            let own = own(g);
            trace += squared - own;
            square += squared * (squared - 2.0 * own);
        }
        return (trace, square);
    };
    let forms = &weighted * sums.transpose() + effects.forms(values, &clusters.codes, clusters.count);
    let (mut trace, mut square) = (0.0, 0.0);
    for (g, squared) in squares.iter().enumerate() {
        trace += squared - forms[(g, g)];
        for h in 0..clusters.count {
            let own = if g == h { *squared } else { 0.0 };
            square += (own - forms[(g, h)]).powi(2);
        }
    }
    (trace, square)
}

/// L with L L' = B; its columns have the scales of the regressors.
fn cholesky(matrix: &Mat<f64>) -> Result<Mat<f64>, Reason> {
    let order = matrix.nrows();
    let mut lower: Mat<f64> = Mat::zeros(order, order);
    for i in 0..order {
        for j in 0..=i {
            let known: f64 = (0..j).map(|m| lower[(i, m)] * lower[(j, m)]).sum();
            let rest = matrix[(i, j)] - known;
            if i == j {
                if rest.is_nan() || rest <= 0.0 {
                    return Err(Reason::NotFinite { what: "the root of the inverse cross-product".into() });
                }
                lower[(i, i)] = rest.sqrt();
            } else {
                lower[(i, j)] = rest / lower[(j, j)];
            }
        }
    }
    Ok(lower)
}

/// Sets negative eigenvalues to zero (Cameron, Gelbach and Miller 2011, section 2.3).
pub(super) fn without_negative_eigenvalues(matrix: &Mat<f64>) -> Result<Mat<f64>, Reason> {
    let (vectors, values) = eigen(matrix)?;
    if values.iter().all(|value| *value >= 0.0) {
        return Ok(matrix.clone());
    }
    let order = values.len();
    let kept = Mat::from_fn(order, order, |row, at| vectors[(row, at)] * values[at].max(0.0));
    Ok(sandwich::symmetric(&(&kept * vectors.transpose())))
}
