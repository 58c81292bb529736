//! Reading statements.

use super::statement::{Effect, Scope, Statement};
use crate::printed_number::PrintedNumber;

/// What is wrong with a statement, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {column}: {message}")]
pub struct StatementFault {
    /// The character, counted from 1.
    pub column: usize,
    /// What was expected there.
    pub message: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A word, a name or a number: anything between blanks and marks.
    Word(String),
    /// One of `( ) { } , : = > %`, or `->`.
    Mark(&'static str),
}

struct Reader {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
}

const MARKS: [&str; 10] = ["->", "(", ")", "{", "}", ",", ":", "=", ">", "%"];

impl Statement {
    /// Reads a statement.
    ///
    /// # Errors
    /// With the character at which it can't be read on.
    pub fn parse(text: &str) -> Result<Self, StatementFault> {
        let mut reader = Reader::new(text);
        let statement = reader.statement()?;
        match reader.peek() {
            None => Ok(statement),
            Some(_) => Err(reader.fault("the statement should end here")),
        }
    }
}

impl Reader {
    fn new(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let mut tokens = Vec::new();
        let mut at = 0;
        let mark_at = |at: usize| {
            MARKS.into_iter().find(|mark| {
                mark.chars().enumerate().all(|(offset, wanted)| {
                    // Full-width punctuation is what a Chinese keyboard gives.
                    characters.get(at + offset).copied().map(narrow) == Some(wanted)
                })
            })
        };
        while at < characters.len() {
            if characters[at].is_whitespace() {
                at += 1;
            } else if let Some(mark) = mark_at(at) {
                tokens.push((at + 1, Token::Mark(mark)));
                at += mark.chars().count();
            } else {
                let start = at;
                while at < characters.len() && !characters[at].is_whitespace() && mark_at(at).is_none() {
                    at += 1;
                }
                tokens.push((start + 1, Token::Word(characters[start..at].iter().collect())));
            }
        }
        Self { tokens, next: 0, end: characters.len() + 1 }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn fault(&self, message: impl Into<String>) -> StatementFault {
        let column = self.tokens.get(self.next).map_or(self.end, |(column, _)| *column);
        StatementFault { column, message: message.into() }
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(found)) if found == word);
        self.next += usize::from(found);
        found
    }

    fn takes_mark(&mut self, mark: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Mark(found)) if *found == mark);
        self.next += usize::from(found);
        found
    }

    fn mark(&mut self, mark: &str) -> Result<(), StatementFault> {
        if self.takes_mark(mark) { Ok(()) } else { Err(self.fault(format!("`{mark}` is needed here"))) }
    }

    fn word(&mut self, what: &str) -> Result<String, StatementFault> {
        match self.peek() {
            Some(Token::Word(word)) => {
                let word = word.clone();
                self.next += 1;
                Ok(word)
            }
            _ => Err(self.fault(format!("{what} is needed here"))),
        }
    }

    fn statement(&mut self) -> Result<Statement, StatementFault> {
        if self.takes("not") {
            // `not significant: …` is about a coefficient, not the opposite of a statement.
            if self.takes("significant") {
                return self.coefficient(Effect::NotSignificant);
            }
            return Ok(Statement::Not(Box::new(self.statement()?)));
        }
        if self.takes("bidirectional") {
            let (first, second) = self.pair(",")?;
            let level = self.level()?;
            self.takes_mark(",");
            return Ok(Statement::Bidirectional { first, second, level, scope: self.scope()? });
        }
        if self.takes("Granger") {
            let (cause, effect) = self.pair("->")?;
            return Ok(Statement::Granger { cause, effect, level: self.level()? });
        }
        if self.takes("Granger-bidirectional") {
            let (first, second) = self.pair(",")?;
            return Ok(Statement::GrangerBidirectional { first, second, level: self.level()? });
        }
        if self.takes("larger") {
            let (regressor, table) = self.subject()?;
            let larger = self.word("a unit")?;
            self.mark(">")?;
            return Ok(Statement::Larger { regressor, table, larger, smaller: self.word("a unit")? });
        }
        if self.takes("value") {
            let (regressor, table) = self.subject()?;
            let unit = Some(self.word("a unit, or `pooled`,")?).filter(|unit| unit != "pooled");
            self.mark("=")?;
            let text = self.word("a number")?;
            let Some(value) = PrintedNumber::parse(&text.replace('\u{2212}', "-")) else {
                self.next -= 1;
                return Err(self.fault(format!("`{text}` isn't a number as printed, such as -0.350")));
            };
            return Ok(Statement::Value { regressor, table, unit, value });
        }
        let effect = if self.takes("positive") {
            self.and_significant(Effect::Positive, Effect::PositiveSignificant)?
        } else if self.takes("negative") {
            self.and_significant(Effect::Negative, Effect::NegativeSignificant)?
        } else if self.takes("significant") {
            Effect::Significant
        } else {
            return Err(self.fault(
                "a statement begins with `positive`, `negative`, `significant`, `bidirectional`, `Granger`, \
                 `Granger-bidirectional`, `larger`, `value` or `not`",
            ));
        };
        self.coefficient(effect)
    }

    fn and_significant(&mut self, alone: Effect, both: Effect) -> Result<Effect, StatementFault> {
        if !self.takes("and") {
            return Ok(alone);
        }
        if self.takes("significant") { Ok(both) } else { Err(self.fault("`significant` is needed here")) }
    }

    fn coefficient(&mut self, effect: Effect) -> Result<Statement, StatementFault> {
        let level = self.level()?;
        let (regressor, table) = self.subject()?;
        Ok(Statement::Coefficient { effect, regressor, table, level, scope: self.scope()? })
    }

    /// `: lnAI in (2),`
    fn subject(&mut self) -> Result<(String, String), StatementFault> {
        self.mark(":")?;
        let regressor = self.word("a regressor")?;
        if !self.takes("in") {
            return Err(self.fault("`in`, and the equation's table in parentheses, is needed here"));
        }
        self.mark("(")?;
        let table = self.word("a table's number")?;
        self.mark(")")?;
        self.mark(",")?;
        Ok((regressor, table))
    }

    /// `(one, other)`
    fn pair(&mut self, between: &str) -> Result<(String, String), StatementFault> {
        self.mark("(")?;
        let one = self.word("a variable")?;
        self.mark(between)?;
        let other = self.word("a variable")?;
        self.mark(")")?;
        Ok((one, other))
    }

    /// `at 5%`, or nothing.
    fn level(&mut self) -> Result<Option<f64>, StatementFault> {
        if !self.takes("at") {
            return Ok(None);
        }
        let text = self.word("a level, such as `5%`,")?;
        let level = text.parse::<f64>().ok().filter(|level| *level > 0.0 && *level < 100.0);
        let Some(level) = level else {
            self.next -= 1;
            return Err(self.fault(format!("`{text}` isn't a level between 0% and 100%")));
        };
        self.mark("%")?;
        Ok(Some(level / 100.0))
    }

    fn scope(&mut self) -> Result<Scope, StatementFault> {
        if self.takes("pooled") {
            return Ok(Scope::Pooled);
        }
        if !self.takes("in") {
            return Err(self.fault(
                "`pooled`, `in exactly {…}`, `in {…}`, `in every unit`, `in every unit but {…}` or `in no unit` is \
                 needed here",
            ));
        }
        if self.takes("exactly") {
            return Ok(Scope::Exactly(self.units()?));
        }
        if self.takes("no") {
            return if self.takes("unit") {
                Ok(Scope::NoUnit)
            } else {
                Err(self.fault("`unit` is needed here"))
            };
        }
        if self.takes("every") {
            if !self.takes("unit") {
                return Err(self.fault("`unit` is needed here"));
            }
            return Ok(Scope::EveryBut(if self.takes("but") { self.units()? } else { Vec::new() }));
        }
        Ok(Scope::In(self.units()?))
    }

    /// `{沧州, 邢台}`
    fn units(&mut self) -> Result<Vec<String>, StatementFault> {
        self.mark("{")?;
        let mut units = vec![self.name()?];
        while self.takes_mark(",") {
            units.push(self.name()?);
        }
        self.mark("}")?;
        Ok(units)
    }

    /// A unit's name, which may be of several words.
    fn name(&mut self) -> Result<String, StatementFault> {
        let mut name = self.word("a unit")?;
        while let Some(Token::Word(word)) = self.peek() {
            name = format!("{name} {word}");
            self.next += 1;
        }
        Ok(name)
    }
}

/// Full-width punctuation as its ASCII counterpart.
fn narrow(character: char) -> char {
    match character {
        '（' => '(',
        '）' => ')',
        '，' | '、' => ',',
        '：' => ':',
        '｛' => '{',
        '｝' => '}',
        '＝' => '=',
        '＞' => '>',
        '％' => '%',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_read() {
        let units = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            Statement::parse("positive and significant at 5%: lnAI in (2), in exactly {沧州、邢台}").unwrap(),
            Statement::Coefficient {
                effect: Effect::PositiveSignificant,
                regressor: "lnAI".into(),
                table: "2".into(),
                level: Some(0.05),
                scope: Scope::Exactly(units(&["沧州", "邢台"])),
            }
        );
        assert_eq!(
            Statement::parse("bidirectional(lnEG, lnCO2) at 10% in exactly {沧州, 邢台}").unwrap(),
            Statement::Bidirectional {
                first: "lnEG".into(),
                second: "lnCO2".into(),
                level: Some(0.10),
                scope: Scope::Exactly(units(&["沧州", "邢台"])),
            }
        );
        assert_eq!(
            Statement::parse("not Granger-bidirectional(lnCO2, lnEG)").unwrap(),
            Statement::Not(Box::new(Statement::GrangerBidirectional {
                first: "lnCO2".into(),
                second: "lnEG".into(),
                level: None,
            }))
        );
        assert!(matches!(
            Statement::parse("not significant: lnEG in (1), in every unit but {New York, 邢台}").unwrap(),
            Statement::Coefficient { effect: Effect::NotSignificant, scope: Scope::EveryBut(names), .. }
                if names == ["New York", "邢台"]
        ));
        assert!(matches!(
            Statement::parse("value: lnAI in (1), 唐山 = \u{2212}0.257").unwrap(),
            Statement::Value { unit: Some(unit), value, .. } if unit == "唐山" && value.text() == "-0.257"
        ));
        assert!(matches!(
            Statement::parse("value: lnAI in (2), pooled = 0.137").unwrap(),
            Statement::Value { unit: None, .. }
        ));
    }

    #[test]
    fn faults_have_their_place() {
        for (text, fault) in [
            ("", "character 1: a statement begins with"),
            ("positive: lnAI (2), pooled", "character 16: `in`, and the equation's table"),
            ("positive: lnAI in (2) pooled", "character 23: `,` is needed here"),
            ("positive: lnAI in (2), somewhere", "character 24: `pooled`, `in exactly"),
            ("bidirectional(a, b) at x% pooled", "character 24: `x` isn't a level"),
            ("value: a in (1), pooled = many", "character 27: `many` isn't a number"),
            ("Granger(a -> b) often", "character 17: the statement should end here"),
            ("positive: a in (1), in exactly {沧州", "character 35: `}` is needed here"),
        ] {
            let found = Statement::parse(text).unwrap_err().to_string();
            assert!(found.starts_with(fault), "{text}: {found}");
        }
    }
}
