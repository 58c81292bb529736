//! The equation of a dynamic panel: `y ~ l(y, 1:2) + x | gmm(y, 2:4) + iv(x)`, as pydynpd and Stata's `xtabond2` say which
//! variables are instruments, with the terms of every other equation before the bar.

use std::ops::Range;
use std::str::FromStr;

use vintner_panel::Panel;

use super::columns::columns;
use super::fault::FormulaFault;
use super::term::{Expression, Factor, Term, name, reads};
use super::tokens::{Placed, Token, tokens};
use super::written::WrittenEquation;
use crate::outcome::Result;

/// What a part after the bar looks like.
const HINT: &str = "instruments are `gmm(y, 2:4)`, `gmm(y, 2:4, collapse)`, or `iv(x)`, joined by `+`";

/// A dynamic panel's equation as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct DynamicEquation {
    dependent: Expression,
    intercept: bool,
    regressors: Vec<Lagged>,
    gmm: Vec<Window>,
    instruments: Option<Vec<Lagged>>,
}

/// A variable so many times before.
#[derive(Debug, Clone, PartialEq)]
struct Lagged {
    of: Term,
    lag: usize,
}

/// A variable whose values so many times before are instruments.
#[derive(Debug, Clone, PartialEq)]
struct Window {
    of: Term,
    lags: Option<(usize, Option<usize>)>,
    collapse: bool,
}

/// A GMM-style instrument: variable, the shortest and the longest lag (none where the text doesn't say), whether collapsed.
pub(crate) type GmmPart = (String, Option<(usize, Option<usize>)>, bool);

impl DynamicEquation {
    /// The dependent variable's name.
    pub fn dependent_name(&self) -> String {
        self.dependent.to_string()
    }

    /// Whether there is a constant in levels: not where the text says `- 1`.
    pub fn has_intercept(&self) -> bool {
        self.intercept
    }

    /// The regressors: variable and lag.
    pub(crate) fn regressors(&self) -> Vec<(String, usize)> {
        self.regressors.iter().map(|one| (name(&one.of), one.lag)).collect()
    }

    /// The GMM-style instruments.
    pub(crate) fn gmm(&self) -> Vec<GmmPart> {
        self.gmm.iter().map(|one| (name(&one.of), one.lags, one.collapse)).collect()
    }

    /// The instruments that stand for themselves, where the text names some.
    pub(crate) fn instruments(&self) -> Option<Vec<(String, usize)>> {
        let named = self.instruments.as_ref()?;
        Some(named.iter().map(|one| (name(&one.of), one.lag)).collect())
    }

    /// All columns of the panel that it reads besides the keys, each once.
    pub fn columns(&self) -> Vec<String> {
        let mut columns = Vec::new();
        self.dependent.reads(&mut columns);
        self.terms().for_each(|term| reads(term, &mut columns));
        columns
    }

    /// The panel with a column for each variable that isn't one already: `log(wage)` of `l(log(wage), 1:2)`.
    ///
    /// # Errors
    /// Columns that aren't there or aren't of numbers.
    pub fn on(&self, panel: &Panel) -> Result<Panel> {
        let dependent = vec![Factor::Of(self.dependent.clone())];
        let mut bound = panel.clone();
        for term in std::iter::once(&dependent).chain(self.terms()) {
            if let [Factor::Of(Expression::Column(column))] = term.as_slice() {
                // That it is of numbers.
                panel.values(column)?;
                continue;
            }
            for (name, values) in columns(term, panel, None)? {
                bound = bound.with_values(&name, values)?;
            }
        }
        Ok(bound)
    }

    fn terms(&self) -> impl Iterator<Item = &Term> {
        let lagged = self.regressors.iter().chain(self.instruments.iter().flatten());
        lagged.map(|one| &one.of).chain(self.gmm.iter().map(|one| &one.of))
    }
}

impl FromStr for DynamicEquation {
    type Err = FormulaFault;

    fn from_str(text: &str) -> std::result::Result<Self, FormulaFault> {
        let characters: Vec<char> = text.chars().collect();
        let of = |at: Range<usize>| -> String { characters.get(at).unwrap_or_default().iter().collect() };
        let tokens = tokens(text)?;
        let bar = tokens.iter().position(|placed| placed.token == Token::Sign('|'));
        let end = bar.map_or(characters.len(), |bar| tokens[bar].at.start);
        let left: WrittenEquation = of(0..end).parse()?;
        let mut regressors = Vec::new();
        for term in &left.terms {
            regressors.push(lagged(term, 0..end)?);
        }
        let mut parsed = Self {
            dependent: left.dependent,
            intercept: left.intercept,
            regressors,
            gmm: Vec::new(),
            instruments: None,
        };
        let Some(bar) = bar else { return Ok(parsed) };
        let mut rest = &tokens[bar + 1..];
        if rest.is_empty() {
            return Err(FormulaFault::new(tokens[bar].at.clone(), "nothing stands after the bar").hint(HINT));
        }
        loop {
            let (kind, arguments, after) = call(rest)?;
            let place = kind.at.start..arguments.last().map_or(kind.at.end, |last| last.at.end);
            let mut parts = arguments.split(|placed| placed.token == Token::Sign(','));
            let first = parts.next().filter(|first| !first.is_empty());
            let Some([start, .., stop] | [start @ stop]) = first else {
                return Err(FormulaFault::new(place, "no variable is named here").hint(HINT));
            };
            let within = start.at.start..stop.at.end;
            let terms = terms(&of(within.clone()), &within)?;
            let further: Vec<&[Placed]> = parts.collect();
            if kind.token == Token::Name("iv".into()) {
                if let Some(more) = further.first().and_then(|more| more.first()) {
                    let fault = FormulaFault::new(more.at.clone(), "`iv` has no options");
                    return Err(fault.hint("several are `iv(x + z)`, lags `iv(l(x, 0:1))`"));
                }
                for term in &terms {
                    parsed.instruments.get_or_insert_default().push(lagged(term, within.clone())?);
                }
            } else {
                let (mut lags, mut collapse) = (None, false);
                for option in further {
                    match option {
                        [one] if one.token == Token::Name("collapse".into()) => collapse = true,
                        option => lags = Some(window(option, &place)?),
                    }
                }
                for term in terms {
                    let of = lagged(&term, within.clone())?;
                    if of.lag > 0 {
                        let fault = FormulaFault::new(within, "the lags of `gmm` are its own");
                        return Err(fault.hint("write `gmm(y, 2:4)`"));
                    }
                    parsed.gmm.push(Window { of: of.of, lags, collapse });
                }
            }
            match after {
                [] => return Ok(parsed),
                [plus, more @ ..] if plus.token == Token::Sign('+') && !more.is_empty() => rest = more,
                [other, ..] => {
                    let message = format!("{} stands where the instruments end", other.token.describe());
                    return Err(FormulaFault::new(other.at.clone(), message).hint(HINT));
                }
            }
        }
    }
}

/// `gmm(…)` or `iv(…)`: the word, what stands in the parentheses, and what comes after.
fn call(tokens: &[Placed]) -> std::result::Result<(&Placed, &[Placed], &[Placed]), FormulaFault> {
    let Some(kind) = tokens.first() else { return Err(FormulaFault::new(0..1, "no instruments").hint(HINT)) };
    let known = matches!(&kind.token, Token::Name(name) if name == "gmm" || name == "iv");
    let open = tokens.get(1).filter(|open| open.token == Token::Sign('('));
    if !known || open.is_none() {
        let message = format!("after the bar stand instruments, and {} is none", kind.token.describe());
        return Err(FormulaFault::new(kind.at.clone(), message).hint(HINT));
    }
    let mut depth = 0;
    for (at, placed) in tokens.iter().enumerate().skip(1) {
        match placed.token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok((kind, &tokens[2..at], &tokens[at + 1..]));
        }
    }
    Err(FormulaFault::new(kind.at.clone(), "a parenthesis isn't closed"))
}

/// The terms of a sum that stands somewhere in the text.
fn terms(text: &str, at: &Range<usize>) -> std::result::Result<Vec<Term>, FormulaFault> {
    const BEFORE: &str = "y ~ 0 + ";
    let moved = |mut fault: FormulaFault| {
        let shift = |place: usize| (place + at.start).saturating_sub(BEFORE.len());
        fault.at = shift(fault.at.start).max(at.start)..shift(fault.at.end).max(at.start + 1);
        fault
    };
    let parsed: WrittenEquation = format!("{BEFORE}{text}").parse().map_err(moved)?;
    Ok(parsed.terms)
}

/// A term as a variable and its lag.
fn lagged(term: &Term, at: Range<usize>) -> std::result::Result<Lagged, FormulaFault> {
    if term.iter().any(|factor| matches!(factor, Factor::Levels { .. })) {
        let message = format!("`{}` is several dummy variables", name(term));
        let fault = FormulaFault::new(at, message);
        return Err(fault.hint("for times there is `time_dummies: true`; make others with `derive`"));
    }
    if let [Factor::Of(Expression::Lag(lag, of))] = term.as_slice() {
        return match usize::try_from(*lag) {
            Ok(lag) => Ok(Lagged { of: vec![Factor::Of((**of).clone())], lag }),
            Err(_) => {
                let fault = FormulaFault::new(at, format!("`{}` is a lead", name(term)));
                Err(fault.hint("a dynamic panel has lags: what comes later is no instrument of its own past"))
            }
        };
    }
    Ok(Lagged { of: term.clone(), lag: 0 })
}

/// `2:4`, `2:` for all from 2 on, or `2` alone.
fn window(
    tokens: &[Placed],
    place: &Range<usize>,
) -> std::result::Result<(usize, Option<usize>), FormulaFault> {
    let number = |placed: &Placed| match placed.token {
        Token::Number(number) if number.fract() == 0.0 && (0.0..=1000.0).contains(&number) => {
            Some(number as usize)
        }
        _ => None,
    };
    let colon = |placed: &Placed| placed.token == Token::Sign(':');
    let read = match tokens {
        [one] => number(one).map(|lag| (lag, Some(lag))),
        [first, sign] if colon(sign) => number(first).map(|first| (first, None)),
        [first, sign, last] if colon(sign) => {
            number(first).zip(number(last)).map(|(first, last)| (first, Some(last)))
        }
        _ => None,
    };
    let at = tokens.first().zip(tokens.last()).map_or(place.clone(), |(one, last)| one.at.start..last.at.end);
    read.ok_or_else(|| {
        FormulaFault::new(at, "these are no lags")
            .hint("write `2:4`, `2:` for all from the second on, or `collapse`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Tested = std::result::Result<(), FormulaFault>;

    #[test]
    fn a_dynamic_panel_is_read_from_one_text() -> Tested {
        let text = "emp ~ l(emp, 1:2) + l(0:1).log(wage) + cap - 1 | gmm(emp, 2:4, collapse) + gmm(log(wage)) + iv(cap + l(cap))";
        let read: DynamicEquation = text.parse()?;
        assert_eq!((read.dependent_name().as_str(), read.has_intercept()), ("emp", false));
        let pair = |name: &str, lag: usize| (name.to_owned(), lag);
        let expected =
            [pair("emp", 1), pair("emp", 2), pair("log(wage)", 0), pair("log(wage)", 1), pair("cap", 0)];
        assert_eq!(read.regressors(), expected);
        let gmm = [("emp".to_owned(), Some((2, Some(4))), true), ("log(wage)".to_owned(), None, false)];
        assert_eq!(read.gmm(), gmm);
        assert_eq!(read.instruments(), Some(vec![pair("cap", 0), pair("cap", 1)]));
        assert_eq!(read.columns(), ["emp", "wage", "cap"]);
        let open: DynamicEquation = "y ~ l(y) | gmm(y, 2:)".parse()?;
        assert_eq!((open.gmm()[0].1, open.instruments()), (Some((2, None)), None));
        Ok(())
    }

    #[test]
    fn faults_stand_where_they_are() {
        for (text, at, message) in [
            ("y ~ l(y) | entity", "entity", "after the bar stand instruments, and `entity` is none"),
            ("y ~ l(y) | gmm(y, 2:x)", "2:x", "these are no lags"),
            ("y ~ l(y) | gmm(l(y), 2:4)", "l(y)", "the lags of `gmm` are its own"),
            ("y ~ l(y) | gmm(y) + iv(x, 2)", "2", "`iv` has no options"),
            ("y ~ l(y) | gmm(y) + iv(i(g))", "i(g)", "`g` is several dummy variables"),
            ("y ~ l(y) | gmm()", "gmm", "no variable is named here"),
            ("y ~ l(y) | gmm(y) | iv(x)", "|", "`|` stands where the instruments end"),
            ("y ~ l(y) |", "|", "nothing stands after the bar"),
            ("y ~ l(y) | gmm(y", "gmm", "a parenthesis isn't closed"),
        ] {
            let found = text.parse::<DynamicEquation>();
            let fault = found.err().map(|fault| {
                let place: String = text.chars().skip(fault.at.start).take(fault.at.len()).collect();
                (place, fault.message)
            });
            assert_eq!(fault, Some((at.to_owned(), message.to_owned())), "{text}");
        }
        let lead = "y ~ f(x) | gmm(y)".parse::<DynamicEquation>();
        assert_eq!(lead.err().map(|fault| fault.message), Some("`f(x, 1)` is a lead".to_owned()));
    }
}
