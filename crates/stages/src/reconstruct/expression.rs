//! Arithmetic expressions over variables, series and parameters of a unit and a year.
//!
//! Numbers, names, `+ - * / ^`, parentheses, `exp(x)`, `ln(x)` and `base(x)`, the value of `x` in
//! the base year.

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A number.
    Number(f64),
    /// A variable, series or parameter.
    Name(String),
    /// The negative of an expression.
    Negative(Box<Expression>),
    /// Two expressions joined by `+ - * / ^`.
    Binary(char, Box<Expression>, Box<Expression>),
    /// A function of an expression.
    Call(Function, Box<Expression>),
}

/// The functions that expressions know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Exponential.
    Exponential,
    /// Natural logarithm.
    Logarithm,
    /// Value in the base year.
    Base,
}

impl Expression {
    /// Parses `text`.
    ///
    /// # Errors
    /// A sentence that says what was expected and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { characters: text.chars().collect(), position: 0 };
        let expression = parser.sum()?;
        match parser.peek() {
            None => Ok(expression),
            Some(found) => Err(parser.complain(&format!("an operator or the end, not `{found}`"))),
        }
    }

    /// Its value in a year; `lookup(name, year)` gives the value of a name.
    ///
    /// # Errors
    /// The first name that `lookup` does not know.
    pub fn evaluate(
        &self,
        year: usize,
        base: usize,
        lookup: &dyn Fn(&str, usize) -> Option<f64>,
    ) -> Result<f64, String> {
        Ok(match self {
            Self::Number(number) => *number,
            Self::Name(name) => lookup(name, year)
                .ok_or_else(|| format!("`{name}` is no variable, parameter or earlier series"))?,
            Self::Negative(inner) => -inner.evaluate(year, base, lookup)?,
            Self::Binary(operator, left, right) => {
                let left = left.evaluate(year, base, lookup)?;
                let right = right.evaluate(year, base, lookup)?;
                match operator {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    '/' => left / right,
                    _ => left.powf(right),
                }
            }
            Self::Call(Function::Exponential, inner) => inner.evaluate(year, base, lookup)?.exp(),
            Self::Call(Function::Logarithm, inner) => inner.evaluate(year, base, lookup)?.ln(),
            Self::Call(Function::Base, inner) => inner.evaluate(base, base, lookup)?,
        })
    }
}

struct Parser {
    characters: Vec<char>,
    position: usize,
}

impl Parser {
    fn peek(&mut self) -> Option<char> {
        while self.characters.get(self.position).is_some_and(|c| c.is_whitespace()) {
            self.position += 1;
        }
        self.characters.get(self.position).copied()
    }

    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let found = self.peek().filter(|found| wanted.contains(found))?;
        self.position += 1;
        Some(found)
    }

    fn complain(&self, expected: &str) -> String {
        let text: String = self.characters.iter().collect();
        format!("expected {expected} at character {} of `{text}`", self.position + 1)
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let mut word = String::new();
        while let Some(found) = self.characters.get(self.position).copied().filter(|c| belongs(*c)) {
            word.push(found);
            self.position += 1;
        }
        word
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let mut left = self.product()?;
        while let Some(operator) = self.take(&['+', '-']) {
            left = Expression::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, String> {
        let mut left = self.signed()?;
        while let Some(operator) = self.take(&['*', '/']) {
            left = Expression::Binary(operator, Box::new(left), Box::new(self.signed()?));
        }
        Ok(left)
    }

    fn signed(&mut self) -> Result<Expression, String> {
        if self.take(&['-']).is_some() {
            return Ok(Expression::Negative(Box::new(self.signed()?)));
        }
        let base = self.atom()?;
        if self.take(&['^']).is_some() {
            return Ok(Expression::Binary('^', Box::new(base), Box::new(self.signed()?)));
        }
        Ok(base)
    }

    fn atom(&mut self) -> Result<Expression, String> {
        match self.peek() {
            Some('(') => self.parenthesised(),
            Some(found) if found.is_ascii_digit() || found == '.' => {
                let number = self.word(|c| c.is_ascii_digit() || c == '.');
                number.parse().map(Expression::Number).map_err(|_| self.complain("a number before here"))
            }
            Some(found) if found.is_alphabetic() || found == '_' => {
                let name = self.word(|c| c.is_alphanumeric() || c == '_');
                if self.peek() != Some('(') {
                    return Ok(Expression::Name(name));
                }
                let function = match name.as_str() {
                    "exp" => Function::Exponential,
                    "ln" => Function::Logarithm,
                    "base" => Function::Base,
                    _ => return Err(self.complain(&format!("exp, ln or base, not `{name}`,"))),
                };
                Ok(Expression::Call(function, Box::new(self.parenthesised()?)))
            }
            _ => Err(self.complain("a number, a name or `(`")),
        }
    }

    fn parenthesised(&mut self) -> Result<Expression, String> {
        if self.take(&['(']).is_none() {
            return Err(self.complain("`(`"));
        }
        let inner = self.sum()?;
        if self.take(&[')']).is_none() {
            return Err(self.complain("`)`"));
        }
        Ok(inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<f64, String> {
        let lookup = |name: &str, year: usize| match name {
            "level" => Some(10.0 + year as f64),
            "two" => Some(2.0),
            _ => None,
        };
        Expression::parse(text)?.evaluate(3, 1, &lookup)
    }

    #[test]
    fn operators_bind_as_in_mathematics() {
        assert_eq!(value("1 + 2 * 3 - 4 / 2"), Ok(5.0));
        assert_eq!(value("-two ^ 2"), Ok(-4.0));
        assert_eq!(value("2 ^ 3 ^ 2"), Ok(512.0));
        assert_eq!(value("8 - 4 - 2"), Ok(2.0));
        assert_eq!(value("(1 + 2) * -3"), Ok(-9.0));
    }

    #[test]
    fn base_looks_at_the_base_year() {
        assert_eq!(value("level / base(level)"), Ok(13.0 / 11.0));
        assert!((value("ln(exp(two))").unwrap_or_default() - 2.0).abs() < 1e-15);
    }

    #[test]
    fn faults_name_their_place() {
        assert!(value("1 +").is_err_and(|message| message.contains("character 4")));
        assert!(value("sin(1)").is_err_and(|message| message.contains("`sin`")));
        assert!(value("area * 2").is_err_and(|message| message.contains("`area`")));
        assert!(value("(1").is_err());
        assert!(value("1 2").is_err());
    }
}
