//! The grammar.
//!
//! `lhs ~ terms | effects | endogenous ~ instruments`, of which the parts after the first may be absent. `+` adds a term, `-`
//! takes one away, `a:b` multiplies, `a*b` is `a + b + a:b`; `1`, `0` and `-1` say whether there is an intercept. `c(y, z)`
//! on the left and stepwise lists (`sw`, `sw0`, `csw`, `csw0`) among regressors and effects give several equations: the text
//! is read once for each, every time with another of the alternatives chosen.

use std::ops::Range;
use std::str::FromStr;

use super::fault::FormulaFault;
use super::term::{Expression, Factor, Function, Term};
use super::tokens::{Placed, Token, tokens};
use super::written::WrittenEquation;
use crate::sample::Effect;

/// Lags beyond this are a slip of the finger.
const MOST_LAGS: i32 = 1000;

/// Parentheses within parentheses beyond this are.
const DEEPEST: usize = 64;

/// Equations of one text beyond this are.
const MOST_EQUATIONS: usize = 1000;

const STEPWISE: [&str; 4] = ["sw", "sw0", "csw", "csw0"];

impl FromStr for WrittenEquation {
    type Err = FormulaFault;

    fn from_str(text: &str) -> Result<Self, FormulaFault> {
        let mut several = Self::each(text)?;
        match (several.pop(), several.len()) {
            (Some(one), 0) => Ok(one),
            (_, others) => {
                let message = format!("{} equations in one text, where one is asked for", others + 1);
                let fault = FormulaFault::new(0..text.chars().count(), message);
                Err(fault.hint("`regress` and `iv` estimate several; elsewhere write a stage for each"))
            }
        }
    }
}

impl WrittenEquation {
    /// The equations of a text: one for each combination of the dependent variables in `c()` and the alternatives of stepwise
    /// lists, in fixest's order: effects change last, then dependent variables, then regressors.
    ///
    /// # Errors
    /// What is wrong in the text, and where.
    pub fn each(text: &str) -> Result<Vec<Self>, FormulaFault> {
        let tokens = tokens(text)?;
        let read = |choice: Choice| Parser::new(text, tokens.clone(), choice).equation();
        let (first, of) = read(Choice::default())?;
        let mut several = vec![first];
        let choices = (0..of.effects).flat_map(|effects| {
            let pairs = (0..of.dependent).flat_map(move |one| (0..of.regressors).map(move |two| (one, two)));
            pairs.map(move |(dependent, regressors)| Choice { dependent, regressors, effects })
        });
        for choice in choices.skip(1) {
            if several.len() == MOST_EQUATIONS {
                let message = format!("more than {MOST_EQUATIONS} equations in one text");
                return Err(FormulaFault::new(0..text.chars().count(), message).hint("write several stages"));
            }
            several.push(read(choice)?.0);
        }
        Ok(several)
    }
}

/// One of the alternatives of each part; or how many there are.
#[derive(Debug, Clone, Copy, Default)]
struct Choice {
    dependent: usize,
    regressors: usize,
    effects: usize,
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Placed>,
    next: usize,
    depth: usize,
    length: usize,
    choice: Choice,
    /// How many alternatives the parts have that were read.
    of: Choice,
    /// The stepwise list of the regressors: the tokens that it stands on, and what stands there instead.
    chosen: Option<(Range<usize>, String)>,
    /// Whether regressors are read, which may have a stepwise list.
    stepwise: bool,
}

/// Terms, and what was said of the intercept.
#[derive(Default)]
struct Terms {
    terms: Vec<Term>,
    intercept: Option<bool>,
}

impl Terms {
    fn add(&mut self, term: Term) {
        if !self.terms.iter().any(|own| same(own, &term)) {
            self.terms.push(term);
        }
    }
}

/// Whether two products have the same factors, in any order.
fn same(one: &Term, other: &Term) -> bool {
    one.len() == other.len() && one.iter().all(|factor| other.contains(factor))
}

type Parsed<T> = Result<T, FormulaFault>;

impl<'a> Parser<'a> {
    fn new(text: &'a str, tokens: Vec<Placed>, choice: Choice) -> Self {
        Self {
            text,
            tokens,
            next: 0,
            depth: 0,
            length: text.chars().count(),
            choice,
            of: Choice { dependent: 1, regressors: 1, effects: 1 },
            chosen: None,
            stepwise: false,
        }
    }

    fn equation(mut self) -> Parsed<(WrittenEquation, Choice)> {
        let dependent = self.dependent()?;
        self.expect('~', "write the dependent variable, `~`, and the regressors: `y ~ x + z`")?;
        self.stepwise = true;
        let start = self.next;
        let right = self.sum()?;
        let regressors = self.regressors(start..self.next);
        self.stepwise = false;
        let (mut effects, mut endogenous, mut instruments) = (Vec::new(), Vec::new(), Vec::new());
        let mut parts = 0;
        while self.take('|') {
            parts += 1;
            let start = self.place();
            if self.part_has_tilde() {
                endogenous = self.sum()?.terms;
                self.expect('~', "endogenous regressors stand before `~`, their instruments after it")?;
                instruments = self.sum()?.terms;
                if let Some(twice) =
                    endogenous.iter().find(|one| right.terms.iter().any(|own| same(own, one)))
                {
                    let name = super::term::name(twice);
                    let message =
                        format!("`{name}` is among the exogenous regressors and among the endogenous ones");
                    return Err(FormulaFault::new(start, message).hint("name it after the second bar alone"));
                }
            } else if parts == 1 {
                effects = self.effects()?;
            } else {
                let fault = FormulaFault::new(
                    start,
                    "after the second bar come endogenous regressors, `~` and their instruments",
                );
                return Err(fault.hint("write `y ~ w | entity | x ~ z`"));
            }
        }
        if self.next < self.tokens.len() {
            return Err(self.unexpected("the equation ends here, or a sign is missing"));
        }
        let intercept = right.intercept.unwrap_or(true);
        if right.terms.is_empty() && endogenous.is_empty() && !intercept {
            let at = 0..self.length;
            return Err(FormulaFault::new(at, "the equation has no regressors")
                .hint("name at least one, `y ~ x`, or write `y ~ 1` for an intercept alone"));
        }
        let equation = WrittenEquation {
            text: self.text.trim().to_owned(),
            regressors,
            dependent,
            terms: right.terms,
            intercept,
            effects,
            endogenous,
            instruments,
        };
        Ok((equation, self.of))
    }

    /// `y`, or `c(y, z)`: one equation for each.
    fn dependent(&mut self) -> Parsed<Expression> {
        let several = matches!(self.peek(), Some(Token::Name(name)) if name == "c") && self.follows('(');
        if !several {
            return self.arithmetic();
        }
        self.next += 2;
        let mut all = vec![self.arithmetic()?];
        while self.take(',') {
            let start = self.place();
            let one = self.arithmetic()?;
            if all.contains(&one) {
                return Err(FormulaFault::new(
                    start,
                    format!("`{one}` is among the dependent variables twice"),
                ));
            }
            all.push(one);
        }
        self.expect(')', "a parenthesis isn't closed")?;
        self.of.dependent = all.len();
        let end = self.place();
        all.into_iter()
            .nth(self.choice.dependent)
            .ok_or_else(|| FormulaFault::new(end, "no dependent variable"))
    }

    /// `sw(a, b)`: a, then b; `csw(a, b)`: a, then a and b; `sw0` and `csw0` begin with neither. Each alternative is read by
    /// `one`; what was chosen is handed on with its text.
    fn steps<T>(
        &mut self,
        one: impl Fn(&mut Self) -> Parsed<Vec<T>>,
        choice: usize,
    ) -> Parsed<(Vec<T>, String, usize)> {
        let kind = self.name("a stepwise list")?;
        self.expect('(', "stepwise lists are `sw(x, z)`")?;
        let mut all: Vec<(Vec<T>, String)> = Vec::new();
        loop {
            let start = self.next;
            let own = one(self)?;
            all.push((own, self.source(start..self.next)));
            if !self.take(',') {
                break;
            }
        }
        self.expect(')', "a parenthesis isn't closed")?;
        let count = all.len() + usize::from(kind.ends_with('0'));
        let (cumulated, place) = (kind.starts_with('c'), (choice + 1).checked_sub(count - all.len()));
        let chosen = all.into_iter().enumerate().filter(|(at, _)| match place {
            Some(place) if cumulated => *at < place,
            Some(place) => at + 1 == place,
            None => false,
        });
        let (chosen, texts): (Vec<Vec<T>>, Vec<String>) = chosen.map(|(_, one)| one).unzip();
        Ok((chosen.into_iter().flatten().collect(), texts.join(" + "), count))
    }

    /// A stepwise list of regressors.
    fn stepwise(&mut self) -> Parsed<Vec<Term>> {
        let start = self.next;
        let place = self.place();
        let alone = self.depth == 0
            && start
                .checked_sub(1)
                .and_then(|at| self.tokens.get(at))
                .is_some_and(|before| matches!(before.token, Token::Sign('~' | '+')));
        if !self.stepwise || !alone {
            let fault = FormulaFault::new(
                place,
                "a stepwise list is a term of its own among the regressors or the effects",
            );
            return Err(fault.hint("write `y ~ x + sw(z, w)`; products go inside, `sw(z, x:z)`"));
        }
        if self.chosen.is_some() {
            let fault = FormulaFault::new(place, "a second stepwise list among the regressors");
            return Err(fault.hint("write a stage for each; effects may have another one"));
        }
        self.stepwise = false;
        let (chosen, text, count) = self.steps(|parser| Ok(parser.sum()?.terms), self.choice.regressors)?;
        self.stepwise = true;
        if self.is_next(':') || self.is_next('*') {
            let fault = FormulaFault::new(self.place(), "a stepwise list isn't multiplied");
            return Err(fault.hint("products go inside, `sw(z, x:z)`"));
        }
        self.of.regressors = count;
        self.chosen = Some((start..self.next, text));
        Ok(chosen)
    }

    /// The regressors as fixest prints them, with what was chosen in the stepwise list's place.
    fn regressors(&self, all: Range<usize>) -> String {
        let Some((list, chosen)) = &self.chosen else { return self.source(all) };
        let parts = [
            self.source(all.start..list.start.saturating_sub(1).max(all.start)),
            chosen.clone(),
            self.source((list.end + 1).min(all.end)..all.end),
        ];
        let mut text = String::new();
        for (at, part) in parts.iter().enumerate().filter(|(_, part)| !part.is_empty()) {
            let minus = at == 2 && self.tokens.get(list.end).is_some_and(|one| one.token == Token::Sign('-'));
            let sign = match (text.is_empty(), minus) {
                (true, false) => "",
                (true, true) => "-",
                (false, false) => " + ",
                (false, true) => " - ",
            };
            text.push_str(sign);
            text.push_str(part);
        }
        if text.is_empty() { "1".into() } else { text }
    }

    /// The text of tokens, with single spaces.
    fn source(&self, tokens: Range<usize>) -> String {
        let all = self.tokens.get(tokens).unwrap_or_default();
        let (Some(first), Some(last)) = (all.first(), all.last()) else { return String::new() };
        let own = self.text.chars().skip(first.at.start).take(last.at.end - first.at.start);
        own.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn sum(&mut self) -> Parsed<Terms> {
        let mut sum = Terms::default();
        let mut minus = self.take('-');
        if !minus {
            self.take('+');
        }
        loop {
            match self.peek() {
                Some(Token::Number(number)) if !self.follows(':') && !self.follows('*') => {
                    let number = *number;
                    let at = self.place();
                    self.next += 1;
                    sum.intercept = Some(match (number, minus) {
                        (1.0, minus) => !minus,
                        (0.0, false) => false,
                        _ => {
                            let fault = FormulaFault::new(at, format!("{number} is no regressor"));
                            return Err(fault.hint("`1`, `0` and `-1` say whether there is an intercept"));
                        }
                    });
                }
                _ => {
                    let own = self.crossed()?;
                    if minus {
                        sum.terms.retain(|term| !own.iter().any(|one| same(one, term)));
                    } else {
                        own.into_iter().for_each(|term| sum.add(term));
                    }
                }
            }
            minus = match () {
                () if self.take('+') => self.take('-'),
                () if self.take('-') => true,
                () => return Ok(sum),
            };
        }
    }

    /// a*b = a + b + a:b.
    fn crossed(&mut self) -> Parsed<Vec<Term>> {
        let mut left = self.multiplied()?;
        while self.take('*') {
            let right = self.multiplied()?;
            let products = products(&left, &right);
            left.extend(right);
            left.extend(products);
        }
        Ok(left)
    }

    fn multiplied(&mut self) -> Parsed<Vec<Term>> {
        let mut left = self.group()?;
        while self.take(':') {
            left = products(&left, &self.group()?);
        }
        Ok(left)
    }

    fn group(&mut self) -> Parsed<Vec<Term>> {
        if let (Some(Token::Name(name)), true) = (self.peek(), self.follows('(')) {
            match name.as_str() {
                "i" => return self.levels(),
                "c" => {
                    self.next += 1;
                    return self.list();
                }
                list if STEPWISE.contains(&list) => return self.stepwise(),
                "l" | "f" | "d" => return self.lags(),
                _ => {}
            }
        }
        if self.is_next('(') {
            let start = self.place();
            self.next += 1;
            self.deeper(start.clone())?;
            let inside = self.sum()?;
            self.expect(')', "a parenthesis isn't closed")?;
            self.depth -= 1;
            if self.is_next('^') {
                let fault = FormulaFault::new(start, "a sum of terms has no power");
                return Err(
                    fault.hint("write the products, `x*z`, or `I((x + z)^2)` for the square of the sum")
                );
            }
            return Ok(inside.terms);
        }
        Ok(vec![vec![Factor::Of(self.power()?)]])
    }

    /// `c(a, b)`: each of them.
    fn list(&mut self) -> Parsed<Vec<Term>> {
        self.expect('(', "a list is `c(a, b)`")?;
        let mut all = self.crossed()?;
        while self.take(',') {
            all.extend(self.crossed()?);
        }
        self.expect(')', "a parenthesis isn't closed")?;
        Ok(all)
    }

    /// `i(column, by, ref = value)`; of several values `ref = c(a, b)`; `i(column, i.other)` for two factors.
    fn levels(&mut self) -> Parsed<Vec<Term>> {
        self.next += 1;
        self.expect('(', "factors are `i(column, ref = value)`")?;
        let column = self.name("a column")?;
        let (mut references, mut by): (Vec<String>, Option<Factor>) = (Vec::new(), None);
        while self.take(',') {
            let is_reference =
                matches!(self.peek(), Some(Token::Name(name)) if name == "ref") && self.follows('=');
            if let (Some(Token::Name(name)), true, false) = (self.peek(), self.follows('='), is_reference) {
                let fault = FormulaFault::new(self.place(), format!("`i()` has no `{name}`"));
                return Err(fault.hint(
                    "it has a column, a variable to multiply by, and `ref = value` or `ref = c(a, b)`; make other \
                     groups of values with `derive`",
                ));
            }
            if is_reference {
                self.next += 2;
                references = self.reference_values()?;
            } else if let (Some(Token::Name(name)), None) = (self.peek(), &by)
                && let Some(column) = name.strip_prefix("i.").map(str::to_owned)
            {
                self.next += 1;
                by = Some(Factor::Levels { column, references: Vec::new() });
            } else if by.is_none() {
                by = Some(Factor::Of(self.power()?));
            } else if references.is_empty() {
                // As fixest's third argument.
                references = self.reference_values()?;
            } else {
                return Err(
                    self.unexpected("`i()` has a column, a variable to multiply by, and `ref = value`")
                );
            }
        }
        self.expect(')', "a parenthesis isn't closed")?;
        let mut term = vec![Factor::Levels { column, references }];
        term.extend(by);
        Ok(vec![term])
    }

    /// A value, or several as `c(a, b)`.
    fn reference_values(&mut self) -> Parsed<Vec<String>> {
        if !matches!(self.peek(), Some(Token::Name(name)) if name == "c") || !self.follows('(') {
            return Ok(vec![self.value()?]);
        }
        self.next += 2;
        let mut values = vec![self.value()?];
        while self.take(',') {
            values.push(self.value()?);
        }
        self.expect(')', "a parenthesis isn't closed")?;
        Ok(values)
    }

    /// `l(x)`, `l(x, 1:2)`, `l(x, c(1, 4))`, `l(1:2).x`; `f` the same for leads, `d` for differences from them.
    fn lags(&mut self) -> Parsed<Vec<Term>> {
        Ok(self.lagged()?.into_iter().map(|one| vec![Factor::Of(one)]).collect())
    }

    fn lagged(&mut self) -> Parsed<Vec<Expression>> {
        let start = self.place();
        let kind = self.name("a function")?;
        self.expect('(', "lags are `l(x, 1:2)`")?;
        self.deeper(start.clone())?;
        let first = matches!(self.peek(), Some(Token::Number(_)))
            || self.is_next(')')
            || (self.is_next('-') && matches!(self.after(1), Some(Token::Number(_))));
        let (of, orders);
        if first {
            orders = if self.is_next(')') { vec![1] } else { self.orders()? };
            self.expect(')', "a parenthesis isn't closed")?;
            self.expect('.', "what is lagged comes after a dot, `l(1:2).x`, or first, `l(x, 1:2)`")?;
            of = self.primary()?;
        } else {
            of = self.arithmetic()?;
            orders = if self.take(',') { self.orders()? } else { vec![1] };
            self.expect(')', "a parenthesis isn't closed")?;
            if self.is_next('.') {
                let message = format!("the lags in `{kind}(…).` are whole numbers, and `{of}` is none");
                let fault = FormulaFault::new(start, message);
                return Err(fault.hint(format!("write `{kind}(1:2).x`, or `{kind}(x, 1:2)`")));
            }
        }
        self.depth -= 1;
        let made = |order: i32| match (kind.as_str(), order) {
            (_, 0) => of.clone(),
            ("d", order) => Expression::Difference(order, Box::new(of.clone())),
            ("f", order) => Expression::Lag(-order, Box::new(of.clone())),
            (_, order) => Expression::Lag(order, Box::new(of.clone())),
        };
        Ok(orders.into_iter().map(made).collect())
    }

    /// `2`, `1:3`, `-1:1`, `c(1, 4)`.
    fn orders(&mut self) -> Parsed<Vec<i32>> {
        if !matches!(self.peek(), Some(Token::Name(name)) if name == "c") || !self.follows('(') {
            return Ok(self.range()?.collect());
        }
        self.next += 2;
        let mut orders: Vec<i32> = self.range()?.collect();
        while self.take(',') {
            orders.extend(self.range()?);
        }
        self.expect(')', "a parenthesis isn't closed")?;
        Ok(orders)
    }

    /// `2`, `1:3`, `-1:1`.
    fn range(&mut self) -> Parsed<std::ops::RangeInclusive<i32>> {
        let start = self.place();
        let first = self.integer()?;
        let last = if self.take(':') { self.integer()? } else { first };
        if first > last {
            return Err(FormulaFault::new(start, format!("the lags run from {first} to {last}")));
        }
        Ok(first..=last)
    }

    fn integer(&mut self) -> Parsed<i32> {
        let sign = if self.take('-') { -1.0 } else { 1.0 };
        let at = self.place();
        match self.peek() {
            Some(Token::Number(number)) if number.fract() == 0.0 && number.abs() <= f64::from(MOST_LAGS) => {
                let number = (sign * number) as i32;
                self.next += 1;
                Ok(number)
            }
            _ => Err(FormulaFault::new(at, format!("here stands a whole number, up to {MOST_LAGS}"))),
        }
    }

    /// Sums and products of numbers, as in `I()`.
    fn arithmetic(&mut self) -> Parsed<Expression> {
        let mut left = self.scaled()?;
        loop {
            let sign = match () {
                () if self.take('+') => '+',
                () if self.take('-') => '-',
                () => return Ok(left),
            };
            left = Expression::Binary(sign, left.into(), self.scaled()?.into());
        }
    }

    fn scaled(&mut self) -> Parsed<Expression> {
        let mut left = self.power()?;
        loop {
            let sign = match () {
                () if self.take('*') => '*',
                () if self.take('/') => '/',
                () => return Ok(left),
            };
            left = Expression::Binary(sign, left.into(), self.power()?.into());
        }
    }

    fn power(&mut self) -> Parsed<Expression> {
        let base = self.primary()?;
        if !self.take('^') {
            return Ok(base);
        }
        let sign = if self.take('-') { -1.0 } else { 1.0 };
        let at = self.place();
        match self.peek() {
            Some(Token::Number(number)) => {
                let exponent = sign * *number;
                self.next += 1;
                Ok(Expression::Binary('^', base.into(), Expression::Number(exponent).into()))
            }
            _ => Err(FormulaFault::new(at, "here stands a power, a number")
                .hint("write `x^2`; products are `x:z`, and effects of combinations, `region^time`, stand after a bar")),
        }
    }

    fn primary(&mut self) -> Parsed<Expression> {
        let start = self.place();
        if self.take('(') {
            self.deeper(start)?;
            let inside = self.arithmetic()?;
            self.expect(')', "a parenthesis isn't closed")?;
            self.depth -= 1;
            return Ok(inside);
        }
        if let Some(Token::Number(number)) = self.peek() {
            let number = *number;
            self.next += 1;
            return Ok(Expression::Number(number));
        }
        let Some(Token::Name(name)) = self.peek().cloned() else {
            let fault = self.unexpected("here stands a column, a function of one, or a number");
            return Err(match self.is_next('.') {
                true => fault.hint(
                    "columns aren't chosen by a pattern, and `.` isn't all of them: write each, `c(x1, x2)*z` for products",
                ),
                false => fault,
            });
        };
        if self.follows('=') && matches!(self.after(2), Some(Token::Sign('='))) {
            let fault = FormulaFault::new(start, "an equation has no conditions");
            return Err(fault.hint(
                "conditions go into `where`; for a dummy variable write `i(column)`, or make it in a stage of `op: derive`",
            ));
        }
        if !self.follows('(') {
            self.next += 1;
            return Ok(Expression::Column(name));
        }
        if matches!(name.as_str(), "l" | "f" | "d") {
            let mut all = self.lagged()?;
            return match (all.pop(), all.is_empty()) {
                (Some(one), true) => Ok(one),
                _ => Err(FormulaFault::new(start, "several lags don't go into a function")
                    .hint("write them as terms of their own")),
            };
        }
        let function = Function::ALL.into_iter().find(|function| function.name() == name);
        if function.is_none() && name != "I" {
            return Err(self.not_known(start, &name));
        }
        self.next += 1;
        self.expect('(', "a function is followed by a parenthesis")?;
        self.deeper(start)?;
        let of = self.arithmetic()?;
        self.expect(')', "a parenthesis isn't closed")?;
        self.depth -= 1;
        Ok(match function {
            Some(function) => Expression::Function(function, of.into()),
            None => of,
        })
    }

    /// A function that there isn't, with what to write in its place.
    fn not_known(&self, at: Range<usize>, name: &str) -> FormulaFault {
        let instead = match name {
            "ln" => Some("the natural logarithm is `log(x)`"),
            "factor" | "as.factor" | "as.character" => {
                Some("a column of text is a factor by itself; of numbers, `i(column, ref = value)` is one")
            }
            "poly" | "bs" | "ns" => Some(
                "write the powers, `x + x^2 + x^3`: the fit is that of orthogonal polynomials, the coefficients are those of the powers",
            ),
            "mvsw" => Some("write the alternatives out: `sw0(x, z, x + z)`"),
            "lag" | "L" => Some("lags are `l(x, 1)`"),
            "lead" | "F" => Some("leads are `f(x, 1)`"),
            "diff" | "D" => Some("differences are `d(x)`"),
            "offset" => Some("subtract it from the dependent variable: `I(y - x) ~ z`"),
            "sunab" => Some("write the event study out: `i(time_to_treatment, treated, ref = -1)`"),
            "ifelse" | "cut" | "bin" | "is.na" | "scale" | "demean" | "max" | "min" => {
                Some("make the column in a stage of `op: derive`, and name it here")
            }
            _ => None,
        };
        let names: Vec<&str> = Function::ALL.iter().map(|function| function.name()).collect();
        let all = format!("there are {}, `I()`, `i()`, `l()`, `f()` and `d()`", names.join(", "));
        FormulaFault::new(at, format!("there is no function `{name}`"))
            .hint(instead.map_or(all, str::to_owned))
    }

    fn effects(&mut self) -> Parsed<Vec<Effect>> {
        let mut effects: Vec<Effect> = Vec::new();
        if matches!(self.peek(), Some(Token::Number(_))) {
            let fault = FormulaFault::new(self.place(), "here stands an effect, not a number");
            return Err(fault.hint("leave the part out: `y ~ x`, or `y ~ w | x ~ z`"));
        }
        loop {
            let start = self.place();
            let stepwise =
                matches!(self.peek(), Some(Token::Name(name)) if STEPWISE.contains(&name.as_str()));
            let own = if stepwise && self.follows('(') {
                if self.of.effects > 1 {
                    return Err(FormulaFault::new(start, "a second stepwise list among the effects")
                        .hint("write a stage for each"));
                }
                let (chosen, _, count) = self.steps(Self::joined_effects, self.choice.effects)?;
                self.of.effects = count;
                chosen
            } else {
                vec![self.effect()?]
            };
            for effect in own {
                if effects.contains(&effect) {
                    return Err(FormulaFault::new(start, format!("the effect `{effect}` is named twice")));
                }
                effects.push(effect);
            }
            if !self.take('+') {
                return Ok(effects);
            }
        }
    }

    /// `entity + time` within a stepwise list.
    fn joined_effects(&mut self) -> Parsed<Vec<Effect>> {
        let mut effects = vec![self.effect()?];
        while self.take('+') {
            effects.push(self.effect()?);
        }
        Ok(effects)
    }

    fn effect(&mut self) -> Parsed<Effect> {
        let start = self.place();
        if self.follows('(')
            && let Some(Token::Name(name)) = self.peek()
        {
            let fault = FormulaFault::new(start, format!("an effect is a column, not `{name}()` of one"));
            return Err(fault.hint("name the column, of text or of whole numbers; `derive` makes others"));
        }
        let mut columns = vec![self.name("an effect")?];
        while self.take('^') {
            columns.push(self.name("a column")?);
        }
        let parsed = columns.join("^").parse();
        parsed.map_err(|error: crate::outcome::NotAnEffect| FormulaFault::new(start, error.to_string()))
    }

    /// The value of a column: a text, a number or a word.
    fn value(&mut self) -> Parsed<String> {
        let minus = self.take('-');
        let value = match self.peek() {
            Some(Token::Text(text) | Token::Name(text)) if !minus => text.clone(),
            Some(Token::Number(number)) if minus => format!("-{number}"),
            Some(Token::Number(number)) => number.to_string(),
            _ => {
                return Err(self
                    .unexpected("here stands a value of the column, a text in quotation marks or a number"));
            }
        };
        self.next += 1;
        Ok(value)
    }

    fn name(&mut self, what: &str) -> Parsed<String> {
        match self.peek() {
            Some(Token::Name(name)) => {
                let name = name.clone();
                self.next += 1;
                Ok(name)
            }
            _ => Err(self.unexpected(&format!("here stands {what}"))),
        }
    }

    fn part_has_tilde(&self) -> bool {
        let rest = self.tokens.iter().skip(self.next).map(|placed| &placed.token);
        rest.take_while(|token| **token != Token::Sign('|')).any(|token| *token == Token::Sign('~'))
    }

    fn deeper(&mut self, at: Range<usize>) -> Parsed<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(FormulaFault::new(at, format!("more than {DEEPEST} parentheses within one another")));
        }
        Ok(())
    }

    fn peek(&self) -> Option<&Token> {
        self.after(0)
    }

    fn after(&self, places: usize) -> Option<&Token> {
        self.tokens.get(self.next + places).map(|placed| &placed.token)
    }

    fn is_next(&self, sign: char) -> bool {
        self.peek() == Some(&Token::Sign(sign))
    }

    fn follows(&self, sign: char) -> bool {
        self.after(1) == Some(&Token::Sign(sign))
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.is_next(sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: char, hint: &str) -> Parsed<()> {
        match self.take(sign) {
            true => Ok(()),
            false => Err(self.unexpected(&format!("here stands `{sign}`")).hint(hint)),
        }
    }

    /// Where the next token stands; the end where there is none.
    fn place(&self) -> Range<usize> {
        let end = self.length..self.length;
        self.tokens.get(self.next).map_or(end, |placed| placed.at.clone())
    }

    fn unexpected(&self, expected: &str) -> FormulaFault {
        let found = self.peek().map_or_else(|| "the end".into(), Token::describe);
        FormulaFault::new(self.place(), format!("{expected}, not {found}"))
    }
}

/// All products of one of the left and one of the right.
fn products(left: &[Term], right: &[Term]) -> Vec<Term> {
    let pair = |one: &Term, other: &Term| one.iter().chain(other).cloned().collect::<Term>();
    left.iter().flat_map(|one| right.iter().map(move |other| pair(one, other))).collect()
}
