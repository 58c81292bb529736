//! All rules over all rows of printed tables.

use std::collections::BTreeMap;

use super::asking::Asking;
use super::finding::{Arithmetic, Rule};
use super::{coefficient, model, whole_numbers};
use crate::models::{PrintedModels, PrintedRow};
use crate::stars::StarLevels;

/// Holds the numbers of printed tables against one another, each as the interval that was rounded to it. `levels` are
/// those that stars stand for, `level` that of the intervals.
pub fn check_arithmetic(printed: &PrintedModels, levels: &StarLevels, level: f64) -> Arithmetic {
    let mut outcome = Arithmetic::default();
    let mut models: BTreeMap<(&str, &str), Vec<&PrintedRow>> = BTreeMap::new();
    for row in &printed.rows {
        models.entry((&row.table, &row.model)).or_default().push(row);
    }
    let about = |key: (&str, &str), name: &str| -> Option<f64> {
        let rows = models.get(&key)?;
        rows.iter().find_map(|row| row.numbers.get(name)).map(|number| number.value())
    };
    for row in &printed.rows {
        let key = (row.table.as_str(), row.model.as_str());
        let of = |name: &str| row.numbers.get(name).map(|number| number.value()).or_else(|| about(key, name));
        let mut asking = Asking { outcome: &mut outcome };
        if row.term.is_empty() {
            model::check(&mut asking, row);
        } else {
            let terms =
                models.get(&key).map_or(0, |rows| rows.iter().filter(|row| !row.term.is_empty()).count());
            let references = coefficient::references(of("df"), of("n_obs"), about(key, "clusters"), terms);
            coefficient::check(&mut asking, row, &references, levels, level);
        }
        whole_numbers::check(&mut asking, row, of("n_obs"));
        if !row.parts.is_empty() {
            let parts: Option<Vec<f64>> =
                row.parts.iter().map(|part| about((&row.table, part), "n_obs")).collect();
            if let (Some(parts), Some(whole)) = (parts, row.numbers.get("n_obs")) {
                let sum: f64 = parts.iter().sum();
                asking.ask(row, "n_obs", Rule::Parts, sum == whole.value(), || {
                    format!("{} is printed; its parts {} have {sum}", whole.text(), row.parts.join(" + "))
                });
            }
        }
    }
    outcome
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let printed = PrintedModels::parse(text, "p.csv").unwrap();
        let found = check_arithmetic(&printed, &StarLevels::default(), 0.95);
        found
            .faults
            .iter()
            .map(|fault| format!("{} {} {}: {}", fault.line, fault.term, fault.column, fault.message))
            .collect()
    }

    // R 4.2.2: 2 * pt(-1.8333, 40) = 0.0742; b 0.11 and se 0.06 as printed allow t from 1.615 to 2.091.
    #[test]
    fn a_coefficient_as_it_should_be_has_no_fault() {
        let text = "model,term,estimate,std_error,statistic,p_value,conf_low,conf_high,stars,df\n\
                    1,x,0.110,0.060,1.83,0.074,-0.011,0.231,1,40\n";
        assert_eq!(faults(text), Vec::<String>::new());
    }

    #[test]
    fn each_number_that_is_changed_is_found() {
        let row = |cells: &str| {
            let text = format!(
                "model,term,estimate,std_error,statistic,p_value,conf_low,conf_high,stars,df\n1,x,{cells},40\n"
            );
            faults(&text)
        };
        for (cells, column) in [
            ("0.110,0.060,2.83,,,,", "statistic"),
            ("0.110,0.060,-1.83,,,,", "statistic"),
            ("0.110,0.060,,0.047,,,", "p_value"),
            ("0.110,0.060,,,,,3", "stars"),
            ("0.110,0.060,,,,,0", "stars"),
            ("0.110,0.060,,,-0.11,,", "conf_low"),
            ("0.110,0.060,,,,0.131,", "conf_high"),
            ("0.110,,,,0.2,0.3,", "conf_low"),
        ] {
            let found = row(cells);
            assert_eq!(found.len(), 1, "{cells}: {found:?}");
            assert!(found[0].starts_with(&format!("2 x {column}:")), "{found:?}");
        }
        // What was rounded hides what can't be told apart.
        assert!(row("0.1,0.1,,0.7,,,").is_empty() && row("0.0,0.06,,,,,0").is_empty());
    }

    // R 4.2.2, lm(mpg ~ wt + hp, mtcars): R2 0.8268, adjusted 0.8148, F 69.21 on 2 and 29.
    #[test]
    fn models_follow_from_r_squared() {
        let of = |adjusted: &str, f: &str| {
            faults(&format!(
                "model,term,n_obs,df,r_squared,r_squared_adjusted,f_statistic\n1,,32,29,0.8268,{adjusted},{f}\n"
            ))
        };
        assert!(of("0.8148", "69.21").is_empty());
        assert!(of("0.8268", "69.21")[0].contains("r_squared_adjusted: 0.8268 is printed"));
        assert!(of("0.8148", "79.21")[0].contains("f_statistic"));
    }

    #[test]
    fn parts_add_up() {
        let of = |n: &str| {
            faults(&format!("model,term,n_obs,parts\nall,,{n},men + women\nmen,,60,\nwomen,,40,\n"))
        };
        assert!(of("100").is_empty());
        assert!(of("101")[0].contains("its parts men + women have 100"));
    }

    // Brown and Heathers (2017): a mean of 5.19 of 28 whole numbers can't be; 5.18 can. Of 10 whole numbers with mean 1.0 a
    // standard deviation of 0.47 comes from a sum of squares of 12; 0.60 would need 13.24.
    #[test]
    fn whole_numbers_have_their_means_and_deviations() {
        let mean = |mean: &str, n: &str, sd: &str| {
            faults(&format!("model,term,mean,sd,n_obs,whole\n1,x,{mean},{sd},{n},yes\n"))
        };
        assert!(mean("5.18", "28", "").is_empty());
        assert!(mean("5.19", "28", "")[0].contains("x mean: 5.19 is printed"));
        assert!(mean("1.0", "10", "0.47").is_empty());
        assert!(mean("1.00", "10", "0.60")[0].contains("x sd: 0.60"));
        let share = |share: &str| faults(&format!("model,term,share,n_obs\n1,x,{share},7\n"));
        assert!(share("42.9").is_empty() && share("0.43").is_empty());
        assert!(share("40.0")[0].contains("share"));
    }
}
