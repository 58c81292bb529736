//! Shift-share exposures taken apart into stocks by category and weights by unit and category.
//!
//! The weights say how each unit's total lies across categories: a share f (the specialisation) in
//! the unit's own category, the rest across all in proportion to their size, with some variation.
//! With W_ij = weight_ij / sum over the country of weight_.j, stocks that give the exposures R are
//! W^-1 R. A larger f makes W nearer to a diagonal matrix, hence the stocks more surely positive
//! and growing.

use faer::Mat;
use faer::linalg::solvers::Solve;
use vintner_estimation::SeededGenerator;

use super::series::Series;
use super::spec::Exposure;

/// The parts of an exposure, rounded as raw files show them, and the exposure they imply.
pub struct ExposureParts {
    /// Stocks by category and year.
    pub stock: Series,
    /// Weights by unit and category; the last row is the rest of the country.
    pub weight: Series,
    /// What the rounded parts imply, by unit and year, row by row.
    pub implied: Vec<f64>,
}

/// Takes `targets` (units x years, row by row) apart.
///
/// # Errors
/// A sentence that says what does not fit.
pub fn take_apart(
    exposure: &Exposure,
    unit_names: &[String],
    unit_totals: &[f64],
    targets: &[f64],
    years: usize,
    generator: &mut SeededGenerator,
) -> Result<ExposureParts, String> {
    let units = unit_names.len();
    if exposure.categories.len() != units {
        return Err(format!("{} categories for {units} units; give as many", exposure.categories.len()));
    }
    let own = exposure
        .categories
        .iter()
        .map(|category| {
            unit_names.iter().position(|unit| *unit == category.unit).ok_or_else(|| {
                format!("category {} names `{}`, which is no unit", category.name, category.unit)
            })
        })
        .collect::<Result<Vec<usize>, _>>()?;
    let whole: f64 = exposure.categories.iter().map(|category| category.total).sum();
    let mut weights = Vec::with_capacity((units + 1) * units);
    for (unit, total) in unit_totals.iter().enumerate() {
        let sizes: Vec<f64> = exposure
            .categories
            .iter()
            .map(|category| category.total / whole * (exposure.variation * generator.normal()).exp())
            .collect();
        let sum: f64 = sizes.iter().sum();
        for (category, size) in sizes.iter().enumerate() {
            let special = if own[category] == unit { exposure.specialisation } else { 0.0 };
            weights.push(total * ((1.0 - exposure.specialisation) * size / sum + special));
        }
    }
    for (category, description) in exposure.categories.iter().enumerate() {
        let listed: f64 = (0..units).map(|unit| weights[unit * units + category]).sum();
        if listed >= description.total {
            return Err(format!(
                "the units hold {listed:.1} of category {}, more than its total of {}; raise the total",
                description.name, description.total
            ));
        }
        weights.push(description.total - listed);
    }
    let names: Vec<String> = exposure.categories.iter().map(|category| category.name.clone()).collect();
    let weight = Series::by_unit_and_category(
        units + 1,
        exposure.rest.clone(),
        names.clone(),
        exposure.weight_decimals,
        &weights,
    );
    let share = shares(&weight, units);
    let target = Mat::from_fn(units, years, |unit, year| targets[unit * years + year]);
    let stocks = share.partial_piv_lu().solve(&target);
    let stocks: Vec<f64> = (0..units)
        .flat_map(|category| (0..years).map(move |year| (category, year)))
        .map(|(category, year)| stocks[(category, year)])
        .collect();
    let stock = Series::by_category_and_year(names, years, exposure.stock_decimals, &stocks);
    let stored =
        Mat::from_fn(units, years, |category, year| stock.get(0, category, year).unwrap_or(f64::NAN));
    for (category, description) in exposure.categories.iter().enumerate() {
        for year in 0..years {
            let grows = year == 0 || stored[(category, year)] > stored[(category, year - 1)];
            if !(stored[(category, year)] > 0.0 && grows) {
                return Err(format!(
                    "the stock of {} is not positive and growing in year {} ({}); raise the specialisation",
                    description.name,
                    year + 1,
                    (0..years)
                        .map(|year| format!("{:.0}", stored[(category, year)]))
                        .collect::<Vec<_>>()
                        .join(" ")
                ));
            }
        }
    }
    let implied = &share * &stored;
    let implied = (0..units)
        .flat_map(|unit| (0..years).map(move |year| (unit, year)))
        .map(|(unit, year)| implied[(unit, year)])
        .collect();
    Ok(ExposureParts { stock, weight, implied })
}

/// Each unit's share in each category of the whole country.
fn shares(weight: &Series, units: usize) -> Mat<f64> {
    let value = |unit: usize, category: usize| weight.get(unit, category, 0).unwrap_or(f64::NAN);
    Mat::from_fn(units, units, |unit, category| {
        value(unit, category) / (0..=units).map(|row| value(row, category)).sum::<f64>()
    })
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::super::spec::Category;
    use super::*;

    fn example(specialisation: f64) -> Result<ExposureParts, String> {
        let category = |name: &str, total: f64, unit: &str| Category {
            name: name.to_owned(),
            total,
            unit: unit.to_owned(),
        };
        let exposure = Exposure {
            name: "exposure".to_owned(),
            expression: String::new(),
            stock: "stock".to_owned(),
            stock_decimals: 3,
            weight: "weight".to_owned(),
            weight_decimals: 2,
            unit_total: "total".to_owned(),
            rest: "rest".to_owned(),
            specialisation,
            variation: 0.2,
            categories: vec![category("steel", 500.0, "B"), category("cars", 700.0, "A")],
        };
        let names = ["A".to_owned(), "B".to_owned()];
        let targets = [1.0, 1.5, 2.2, 1.5, 1.6, 1.8];
        take_apart(&exposure, &names, &[60.0, 40.0], &targets, 3, &mut SeededGenerator::new(2))
    }

    #[test]
    fn the_parts_imply_the_exposure() {
        let parts = example(0.9).expect("parts");
        for (implied, target) in parts.implied.iter().zip([1.0, 1.5, 2.2, 1.5, 1.6, 1.8]) {
            assert!((implied - target).abs() < 1e-3, "{implied} {target}");
        }
        // Weights of the rest complete the national totals.
        let steel: f64 = (0..3).filter_map(|unit| parts.weight.get(unit, 0, 0)).sum();
        assert!((steel - 500.0).abs() < 0.02);
    }

    #[test]
    fn stocks_that_shrink_are_refused() {
        assert!(example(0.05).err().is_some_and(|reason| reason.contains("specialisation")));
    }
}
