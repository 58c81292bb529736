//! Linear hypotheses about coefficients, R b = q.

use std::collections::BTreeMap;
use std::fmt;

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::confidence_interval::check_level;
use super::fit::Fit;
use crate::inference::{HypothesisTest, wald};
use crate::numerics::{student_t_two_sided, student_t_two_sided_quantile};
use crate::outcome::{EstimationError, Reason, Result};

/// One linear equation between coefficients, such as `lnEG + 2 lnAI = 1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearHypothesis {
    /// The equation as it was written.
    pub text: String,
    /// Each coefficient's factor.
    pub weights: BTreeMap<String, f64>,
    /// What their sum is under the hypothesis.
    pub value: f64,
}

/// The Wald test of one or several linear hypotheses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaldTest {
    /// The hypotheses.
    pub hypotheses: Vec<String>,
    /// On the fit's reference distribution: F, or chi-squared where that is the normal.
    pub test: HypothesisTest,
    /// On chi-squared with as many degrees of freedom as there are hypotheses.
    pub chi_squared: HypothesisTest,
}

/// A linear combination of coefficients. What can't be computed is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearCombination {
    /// As it was written.
    pub text: String,
    /// R b - q.
    pub estimate: f64,
    /// (R V R')^(1/2).
    pub std_error: Option<f64>,
    /// The estimate over its standard error.
    pub statistic: Option<f64>,
    /// Two-sided, on the fit's reference distribution, or the only coefficient's own.
    pub p_value: Option<f64>,
    /// The level of the confidence interval.
    pub level: f64,
    /// Its lower end.
    pub lower: Option<f64>,
    /// Its upper end.
    pub upper: Option<f64>,
}

impl LinearHypothesis {
    /// Reads an equation: terms with a number, a coefficient's name or both (`2 lnAI`, `2*lnAI`, `lnAI/2`) joined by
    /// `+` and `-` on either side of `=`; without `= …`, that the sum is zero. Names may have parts in parentheses,
    /// `log(wage)` or `(Intercept)`; any other name stands in backticks.
    ///
    /// # Errors
    /// [`EstimationError::Hypothesis`].
    ///
    /// ```
    /// use vintner_estimation::LinearHypothesis;
    /// let sum = LinearHypothesis::parse("log(wage) + 2 capital = 1")?;
    /// assert_eq!(sum.weights["capital"], 2.0);
    /// assert_eq!(sum.value, 1.0);
    /// # Ok::<(), vintner_estimation::EstimationError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        let fault = |problem: String| EstimationError::Hypothesis { text: text.into(), problem };
        let mut weights: BTreeMap<String, f64> = BTreeMap::new();
        let mut constant = 0.0;
        let tokens = tokens(text).map_err(fault)?;
        let sides: Vec<&[Token]> = tokens.split(|token| *token == Token::Sign('=')).collect();
        if sides.len() > 2 {
            return Err(fault("more than one `=`; give several hypotheses one by one".into()));
        }
        for (side, direction) in sides.iter().zip([1.0, -1.0]) {
            if side.is_empty() {
                return Err(fault("nothing stands beside `=`".into()));
            }
            for term in terms(side).map_err(fault)? {
                match term.name {
                    Some(name) => *weights.entry(name).or_default() += direction * term.factor,
                    None => constant += direction * term.factor,
                }
            }
        }
        weights.retain(|_, weight| *weight != 0.0);
        if weights.is_empty() {
            return Err(fault("no coefficient is in it".into()));
        }
        if !weights.values().chain([&constant]).all(|value| value.is_finite()) {
            return Err(fault("a number is beyond double precision".into()));
        }
        // 0 - 0 rather than -0
        Ok(Self { text: text.trim().into(), weights, value: 0.0 - constant })
    }

    /// That a coefficient is zero.
    pub fn zero(coefficient: &str) -> Self {
        let weights = BTreeMap::from([(coefficient.to_owned(), 1.0)]);
        Self { text: format!("{coefficient} = 0"), weights, value: 0.0 }
    }

    /// The factors in the order of a fit's coefficients.
    fn row(&self, fit: &Fit) -> Result<Vec<f64>> {
        let names: Vec<String> = fit.coefficients.iter().map(|one| one.name.clone()).collect();
        if let Some(name) = self.weights.keys().find(|name| !names.contains(name)) {
            return Err(EstimationError::NoCoefficient { name: name.clone(), available: names });
        }
        Ok(names.iter().map(|name| self.weights.get(name).copied().unwrap_or(0.0)).collect())
    }

    /// R b - q.
    fn distance(&self, row: &[f64], fit: &Fit) -> f64 {
        let sum: f64 = row.iter().zip(&fit.coefficients).map(|(weight, one)| weight * one.estimate).sum();
        sum - self.value
    }
}

impl fmt::Display for LinearHypothesis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Fit {
    /// The Wald test of linear hypotheses together, (Rb - q)'(RVR')^-1(Rb - q), under the fit's covariance: car's
    /// `linearHypothesis`, Stata's `test`.
    ///
    /// What the data can't answer is a [`Reason`]: a perfect fit, hypotheses that follow from or contradict one another,
    /// or a covariance without as many dimensions.
    ///
    /// One hypothesis about one coefficient refers to the degrees of freedom that the coefficient has of its own, if it
    /// has; others to the fit's.
    ///
    /// # Errors
    /// Where a hypothesis names a coefficient that the fit hasn't got, or there is none.
    pub fn wald_test(
        &self,
        hypotheses: &[LinearHypothesis],
    ) -> Result<std::result::Result<WaldTest, Reason>> {
        let rows = hypotheses.iter().map(|one| one.row(self)).collect::<Result<Vec<_>>>()?;
        if rows.is_empty() {
            let problem = "there is no hypothesis to test".into();
            return Err(EstimationError::Hypothesis { text: String::new(), problem });
        }
        Ok(self.wald_of_rows(hypotheses, &rows))
    }

    fn wald_of_rows(
        &self,
        hypotheses: &[LinearHypothesis],
        rows: &[Vec<f64>],
    ) -> std::result::Result<WaldTest, Reason> {
        let matrix = self.combined(rows).ok_or(Reason::PerfectFit)?;
        let restrictions = rows.len();
        let distances: Vec<f64> =
            hypotheses.iter().zip(rows).map(|(one, row)| one.distance(row, self)).collect();
        let everything: Vec<usize> = (0..restrictions).collect();
        let wald =
            wald(&distances, &matrix, &everything).ok_or(Reason::SingularRestrictions { restrictions })?;
        let texts: Vec<String> = hypotheses.iter().map(|one| one.text.clone()).collect();
        let (name, null, df) = ("Wald test", texts.join(", "), restrictions as f64);
        let chi_squared = HypothesisTest::chi_squared(name, null.clone(), wald, df)?;
        let own = if let [row] = rows { self.own_df(row) } else { None };
        let denominator = own.or(self.reference.df().map(|df| df as f64));
        let test = match denominator {
            Some(denominator) => HypothesisTest::f(name, null, wald / df, df, denominator)?,
            None => chi_squared.clone(),
        };
        Ok(WaldTest { hypotheses: texts, test, chi_squared })
    }

    /// The degrees of freedom of the only coefficient that a hypothesis is about, where they aren't the fit's.
    fn own_df(&self, row: &[f64]) -> Option<f64> {
        let mut named = row.iter().zip(&self.coefficients).filter(|(weight, _)| **weight != 0.0);
        match (named.next(), named.next()) {
            (Some((_, one)), None) => one.df,
            _ => None,
        }
    }

    /// R V R'.
    fn combined(&self, rows: &[Vec<f64>]) -> Option<Mat<f64>> {
        let covariance = self.covariance.as_ref()?;
        let image: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| {
                covariance
                    .iter()
                    .map(|line| line.iter().zip(row).map(|(v, weight)| v * weight).sum())
                    .collect()
            })
            .collect();
        let product = |i: usize, j: usize| rows[i].iter().zip(&image[j]).map(|(weight, v)| weight * v).sum();
        Some(Mat::from_fn(rows.len(), rows.len(), product))
    }

    /// A linear combination of the coefficients, R b - q, with its standard error and confidence interval: Stata's
    /// `lincom`.
    ///
    /// # Errors
    /// Where it names a coefficient that the fit hasn't got, or the level isn't between 0 and 1.
    pub fn linear_combination(
        &self,
        combination: &LinearHypothesis,
        level: f64,
    ) -> Result<LinearCombination> {
        check_level(level)?;
        let row = combination.row(self)?;
        let estimate = combination.distance(&row, self);
        let std_error = self
            .combined(std::slice::from_ref(&row))
            .map(|matrix| matrix[(0, 0)].sqrt())
            .filter(|std_error| *std_error > 0.0 && std_error.is_finite());
        let statistic = std_error.map(|std_error| estimate / std_error);
        let own = self.own_df(&row);
        let critical = match own {
            Some(df) => student_t_two_sided_quantile(1.0 - level, df),
            None => self.reference.critical(level),
        };
        let margin = std_error.map(|std_error| std_error * critical);
        Ok(LinearCombination {
            text: combination.text.clone(),
            estimate,
            std_error,
            statistic,
            p_value: statistic.map(|statistic| match own {
                Some(df) => student_t_two_sided(statistic, df),
                None => self.reference.two_sided(statistic),
            }),
            level,
            lower: margin.map(|margin| estimate - margin),
            upper: margin.map(|margin| estimate + margin),
        })
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Sign(char),
    Number(f64),
    Name(String),
}

struct Term {
    factor: f64,
    name: Option<String>,
}

/// Cuts an equation into signs, numbers and names.
fn tokens(text: &str) -> std::result::Result<Vec<Token>, String> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let character = characters[at];
        let start = at;
        if character.is_whitespace() {
            at += 1;
        } else if "+-*/=".contains(character) {
            tokens.push(Token::Sign(character));
            at += 1;
        } else if character.is_ascii_digit() || character == '.' {
            while at < characters.len() && (characters[at].is_ascii_digit() || characters[at] == '.') {
                at += 1;
            }
            // an exponent, unless a name begins there
            if at < characters.len() && "eE".contains(characters[at]) {
                let mut end = at + 1;
                end += usize::from(characters.get(end).is_some_and(|next| "+-".contains(*next)));
                let digits =
                    characters[end.min(characters.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
                let after = characters.get(end + digits).copied();
                if digits > 0 && !after.is_some_and(|next| next.is_alphanumeric() || next == '_') {
                    at = end + digits;
                }
            }
            let number: String = characters[start..at].iter().collect();
            tokens.push(Token::Number(number.parse().map_err(|_| format!("`{number}` is no number"))?));
        } else if character == '`' {
            let length = characters[at + 1..].iter().position(|next| *next == '`');
            let length = length.ok_or("a backtick isn't closed")?;
            tokens.push(Token::Name(characters[at + 1..at + 1 + length].iter().collect()));
            at += length + 2;
        } else if character.is_alphabetic() || character == '_' || character == '(' {
            let is_part = |next: char| next.is_alphanumeric() || next == '_' || next == '.' || next == ':';
            while at < characters.len() {
                if is_part(characters[at]) {
                    at += 1;
                } else if characters[at] == '(' {
                    at = closing(&characters, at).ok_or("a parenthesis isn't closed")? + 1;
                } else {
                    break;
                }
            }
            tokens.push(Token::Name(characters[start..at].iter().collect()));
        } else {
            return Err(format!("`{character}` doesn't belong there; put a name that has it in backticks"));
        }
    }
    Ok(tokens)
}

fn closing(characters: &[char], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in characters.iter().enumerate().skip(open) {
        match character {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The terms of one side.
fn terms(side: &[Token]) -> std::result::Result<Vec<Term>, String> {
    let mut terms = Vec::new();
    let mut at = 0;
    while at < side.len() {
        let mut factor = 1.0;
        let mut signs = 0;
        while let Some(Token::Sign(sign @ ('+' | '-'))) = side.get(at) {
            factor *= if *sign == '-' { -1.0 } else { 1.0 };
            signs += 1;
            at += 1;
        }
        if signs == 0 && !terms.is_empty() {
            return Err("two terms without `+` or `-` between them".into());
        }
        let (mut name, mut parts, mut divide, mut open) = (None, 0, false, true);
        while let Some(token) = side.get(at) {
            match token {
                Token::Sign('*' | '/') if parts > 0 && !open => {
                    divide = *token == Token::Sign('/');
                    open = true;
                }
                Token::Number(number) if open => {
                    factor = if divide { factor / number } else { factor * number };
                    (parts, divide, open) = (parts + 1, false, false);
                }
                // a number may stand before a name without `*`
                Token::Name(new) if name.is_none() && !divide && (open || parts == 1) => {
                    name = Some(new.clone());
                    (parts, open) = (parts + 1, false);
                }
                Token::Name(_) if name.is_some() => {
                    return Err("a product of two coefficients isn't linear".into());
                }
                Token::Name(_) if divide => return Err("a number over a coefficient isn't linear".into()),
                _ => break,
            }
            at += 1;
        }
        if parts == 0 || open {
            return Err("a sign without a number or a name after it".into());
        }
        terms.push(Term { factor, name });
    }
    Ok(terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<(Vec<(String, f64)>, f64)> {
        let hypothesis = LinearHypothesis::parse(text)?;
        Ok((hypothesis.weights.into_iter().collect(), hypothesis.value))
    }

    #[test]
    fn equations_are_read_as_written() -> Result<()> {
        let of = |weights: &[(&str, f64)], value: f64| {
            (weights.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect::<Vec<_>>(), value)
        };
        assert_eq!(parsed("lnEG = 0")?, of(&[("lnEG", 1.0)], 0.0));
        assert_eq!(parsed("lnEG")?, of(&[("lnEG", 1.0)], 0.0));
        assert_eq!(parsed("a + b = 1")?, of(&[("a", 1.0), ("b", 1.0)], 1.0));
        assert_eq!(parsed("a = b")?, of(&[("a", 1.0), ("b", -1.0)], 0.0));
        assert_eq!(parsed("2a - 3*b/2 + 1 = -a + 2.5e-1")?, of(&[("a", 3.0), ("b", -1.5)], -0.75));
        assert_eq!(parsed("-a*2 = --1")?, of(&[("a", -2.0)], 1.0));
        assert_eq!(
            parsed("(Intercept) + lag(x, 1) = 0")?,
            of(&[("(Intercept)", 1.0), ("lag(x, 1)", 1.0)], 0.0)
        );
        assert_eq!(parsed("`a b` + 1e3 能源")?, of(&[("a b", 1.0), ("能源", 1000.0)], 0.0));
        assert_eq!(parsed("2e1x = 0")?, of(&[("e1x", 2.0)], 0.0));
        Ok(())
    }

    #[test]
    fn nonsense_is_refused_with_what_is_wrong() {
        for (text, problem) in [
            ("", "nothing stands"),
            ("a = ", "nothing stands"),
            ("1 = 1", "no coefficient"),
            ("a - a = 0", "no coefficient"),
            ("a b = 0", "product of two"),
            ("a * b", "isn't linear"),
            ("1 / a", "isn't linear"),
            ("a = b = 0", "more than one"),
            ("a +", "a sign without"),
            ("a * = 1", "a sign without"),
            ("log(a", "isn't closed"),
            ("`a", "isn't closed"),
            ("a ? b", "doesn't belong"),
            ("1.2.3 a", "no number"),
            ("a 2", "two terms"),
            ("1e999 a", "beyond double"),
            ("a / 0", "beyond double"),
        ] {
            let message = LinearHypothesis::parse(text).err().map(|error| error.to_string());
            assert!(
                message.as_deref().is_some_and(|message| message.contains(problem)),
                "{text}: {message:?}"
            );
        }
    }
}
