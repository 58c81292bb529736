//! The names of what is known of a model, and those that other programs have for the same.

/// The columns that are about one term, in their order; the others are about the model.
pub const TERM_COLUMNS: [&str; 10] =
    ["model", "term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "df", "note"];

/// The statistics of a model that have a name of their own in tables, in the order in which a table lists them.
pub const STATISTICS: [&str; 24] = [
    "n_obs",
    "n_entities",
    "n_times",
    "clusters",
    "r_squared",
    "r_squared_adjusted",
    "r_squared_within",
    "r_squared_between",
    "r_squared_overall",
    "pseudo_r_squared",
    "f_statistic",
    "f_p_value",
    "wald_chi_squared",
    "wald_p_value",
    "sigma",
    "log_likelihood",
    "aic",
    "bic",
    "first_stage_f",
    "hansen_j",
    "hansen_j_p_value",
    "instruments",
    "ar1_p_value",
    "ar2_p_value",
];

/// Whether a statistic is a count, which has no decimals.
pub(crate) fn is_count(name: &str) -> bool {
    matches!(name, "n_obs" | "n_entities" | "n_times" | "clusters" | "instruments")
}

/// The name here of a column that broom, fixest, modelsummary, statsmodels or pyfixest call otherwise.
pub(crate) fn our_name(column: &str) -> &str {
    match column {
        "std.error" | "Std. Error" | "se" | "std_err" => "std_error",
        "Estimate" | "coef" => "estimate",
        "Coefficient" | "variable" | "parameter" => "term",
        "t value" | "z value" | "t_value" | "z_value" | "tstat" => "statistic",
        "p.value" | "Pr(>|t|)" | "Pr(>|z|)" | "pvalue" => "p_value",
        "conf.low" | "2.5%" | "ci_lower" => "conf_low",
        "conf.high" | "97.5%" | "ci_upper" => "conf_high",
        "df.error" | "df.residual" => "df_residual",
        "nobs" => "n_obs",
        "r.squared" => "r_squared",
        "adj.r.squared" => "r_squared_adjusted",
        "within.r.squared" => "r_squared_within",
        "pseudo.r.squared" => "pseudo_r_squared",
        "logLik" => "log_likelihood",
        "AIC" => "aic",
        "BIC" => "bic",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_once() {
        let mut all: Vec<&str> = TERM_COLUMNS.iter().chain(&STATISTICS).copied().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|name| our_name(name) == *name));
    }
}
