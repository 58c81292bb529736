//! A raw series, rounded as the raw files show it.

/// Values by unit, category and year, each where the series has that dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Number of units, with the rest of the country where `rest` is given; `None` if national.
    pub units: Option<usize>,
    /// Names of the categories; `None` if there are none.
    pub categories: Option<Vec<String>>,
    /// Number of years; `None` for the base year alone.
    pub years: Option<usize>,
    /// Label of the last unit where that is the rest of the country.
    pub rest: Option<String>,
    /// Decimals in raw files.
    pub decimals: usize,
    /// The rounded values: units outermost, years innermost.
    values: Vec<f64>,
}

impl Series {
    /// A series by unit and year.
    pub fn by_unit_and_year(units: usize, years: usize, decimals: usize, values: &[f64]) -> Self {
        Self {
            units: Some(units),
            categories: None,
            years: Some(years),
            rest: None,
            decimals,
            values: values.to_vec(),
        }
        .rounded()
    }

    /// A national series by year.
    pub fn by_year(decimals: usize, values: &[f64]) -> Self {
        let years = Some(values.len());
        Self { units: None, categories: None, years, rest: None, decimals, values: values.to_vec() }.rounded()
    }

    /// A national series by category and year.
    pub fn by_category_and_year(
        categories: Vec<String>,
        years: usize,
        decimals: usize,
        values: &[f64],
    ) -> Self {
        let categories = Some(categories);
        Self { units: None, categories, years: Some(years), rest: None, decimals, values: values.to_vec() }
            .rounded()
    }

    /// A series by unit and category in the base year, the last unit being the rest of the country.
    pub fn by_unit_and_category(
        units: usize,
        rest: String,
        categories: Vec<String>,
        decimals: usize,
        values: &[f64],
    ) -> Self {
        let (units, categories, rest) = (Some(units), Some(categories), Some(rest));
        Self { units, categories, years: None, rest, decimals, values: values.to_vec() }.rounded()
    }

    fn rounded(mut self) -> Self {
        for value in &mut self.values {
            // Through text, so that the number is the one nearest to what the file shows.
            *value = format!("{:.*}", self.decimals, value).parse().unwrap_or(*value);
        }
        self
    }

    /// The value of a unit, category and year; each is ignored where the series lacks the dimension.
    pub fn get(&self, unit: usize, category: usize, year: usize) -> Option<f64> {
        let place = |index: usize, count: Option<usize>| match count {
            None => Some((0, 1)),
            Some(count) if index < count => Some((index, count)),
            Some(_) => None,
        };
        let (unit, _) = place(unit, self.units)?;
        let (category, categories) = place(category, self.categories.as_ref().map(Vec::len))?;
        let (year, years) = place(year, self.years)?;
        self.values.get((unit * categories + category) * years + year).copied()
    }

    /// A value as the raw files show it.
    pub fn show(&self, value: f64) -> String {
        format!("{:.*}", self.decimals, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_rounded_and_found_by_their_keys() {
        let series = Series::by_unit_and_year(2, 3, 1, &[1.04, 2.06, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(series.get(0, 9, 1), Some(2.1));
        assert_eq!(series.get(1, 0, 0), Some(4.0));
        assert_eq!(series.get(2, 0, 0), None);
        assert_eq!(series.show(2.1), "2.1");
        let names = vec!["a".to_owned(), "b".to_owned()];
        let weights = Series::by_unit_and_category(2, "rest".to_owned(), names, 0, &[1.0, 2.0, 3.0, 4.4]);
        assert_eq!(weights.get(1, 1, 7), Some(4.0));
    }
}
