//! The value of an expression for every row.

use std::sync::Arc;

use vintner_panel::PeriodReading;

use super::environment::{Environment, Values};
use super::functions::{Function, TimeFunction, power, remainder};
use super::node::{Node, Operator};
use crate::cell::{Cell, Missing, TextCell, figure, finite};
use crate::expression_problem::{ExpressionProblem, Outcome, Position};
use crate::lag::{Times, at_offset, change};
use crate::suggestion::nearest;

/// The expression's values, row by row.
pub(super) fn evaluate(node: &Node, text: &str, environment: &Environment) -> Outcome<Values> {
    Evaluation { text, environment }.values(node)
}

/// The evaluation of one expression.
pub(super) struct Evaluation<'a> {
    pub(super) text: &'a str,
    pub(super) environment: &'a Environment,
}

impl Evaluation<'_> {
    /// The node's values, which must be numbers.
    pub(super) fn numbers(&self, node: &Node) -> Outcome<Vec<Cell>> {
        match self.values(node)? {
            Values::Numbers(cells) => Ok(cells),
            Values::Texts(_) => {
                let message = format!("`{node}` is text; a number is needed here");
                Err(ExpressionProblem::Type { message }.at(place(node), self.text))
            }
        }
    }

    /// The node's values.
    pub(super) fn values(&self, node: &Node) -> Outcome<Values> {
        let height = self.environment.height();
        Ok(Values::Numbers(match node {
            Node::Text { text, .. } => return Ok(Values::Texts(vec![Ok(text.as_str().into()); height])),
            Node::Name { name, position } => return self.named(name, *position),
            Node::Number(number) => vec![Ok(*number); height],
            Node::Null => vec![Err(Missing::Absent("NULL".into())); height],
            Node::Parameter { name, position } => vec![Ok(self.parameter(name, *position)?); height],
            Node::Negate(operand) => self.each(operand, |cell| cell.map(|x| -x))?,
            Node::Not(operand) => self.each(operand, |cell| cell.map(|x| truth(x == 0.0)))?,
            Node::IsNull { operand, negated } => self.is_null(operand, *negated)?,
            Node::Binary { operator, left, right } => self.binary(*operator, left, right)?,
            Node::Between { operand, low, high, negated } => {
                let above = self.compare(Operator::GreaterOrEqual, operand, low)?;
                let below = self.compare(Operator::LessOrEqual, operand, high)?;
                negate_if(*negated, above.into_iter().zip(below).map(|(above, below)| and(above, below)))
            }
            Node::In { operand, list, negated } => {
                let mut found = vec![Ok(0.0); height];
                for item in list {
                    let equal = self.compare(Operator::Equal, operand, item)?;
                    found = found.into_iter().zip(equal).map(|(found, equal)| or(found, equal)).collect();
                }
                negate_if(*negated, found.into_iter())
            }
            Node::Case { operand, branches, otherwise } => {
                return self.case(operand.as_deref(), branches, otherwise.as_deref());
            }
            Node::Scalar { function, arguments } => {
                let columns =
                    arguments.iter().map(|argument| self.numbers(argument)).collect::<Outcome<Vec<_>>>()?;
                (0..height)
                    .map(|row| {
                        let values: Vec<Cell> =
                            columns.iter().filter_map(|column| column.get(row).cloned()).collect();
                        function.apply(&values)
                    })
                    .collect()
            }
            Node::Time { function, argument, periods, position } => {
                let periods = self.periods(*function, periods.as_deref(), *position)?;
                let cells = self.numbers(argument)?;
                self.shifted(*function, &cells, periods, *position)?
            }
            Node::Window(window) => self.window(window)?,
        }))
    }

    fn named(&self, name: &str, position: Position) -> Outcome<Values> {
        if let Some(values) = self.environment.column(name) {
            return Ok(values.clone());
        }
        if let Some(value) = self.environment.parameter(name) {
            return Ok(Values::Numbers(vec![Ok(value); self.environment.height()]));
        }
        let available = self.environment.names();
        let suggestion = nearest(name, available.iter().map(String::as_str));
        let name = name.to_owned();
        Err(ExpressionProblem::UnknownName { name, available, suggestion }.at(position, self.text))
    }

    fn parameter(&self, name: &str, position: Position) -> Outcome<f64> {
        self.environment.parameter(name).ok_or_else(|| {
            let available = self.environment.parameter_names();
            let suggestion = nearest(name, available.iter().map(String::as_str));
            let name = name.to_owned();
            ExpressionProblem::UnknownParameter { name, available, suggestion }.at(position, self.text)
        })
    }

    fn each(&self, operand: &Node, work: impl Fn(Cell) -> Cell) -> Outcome<Vec<Cell>> {
        Ok(self.numbers(operand)?.into_iter().map(work).collect())
    }

    fn is_null(&self, operand: &Node, negated: bool) -> Outcome<Vec<Cell>> {
        Ok(match self.values(operand)? {
            Values::Numbers(cells) => cells.iter().map(|cell| Ok(truth(cell.is_err() != negated))).collect(),
            Values::Texts(texts) => texts.iter().map(|text| Ok(truth(text.is_err() != negated))).collect(),
        })
    }

    fn binary(&self, operator: Operator, left: &Node, right: &Node) -> Outcome<Vec<Cell>> {
        if operator.compares() {
            return self.compare(operator, left, right);
        }
        let (left, right) = (self.numbers(left)?, self.numbers(right)?);
        Ok(match operator {
            Operator::And => left.into_iter().zip(right).map(|(left, right)| and(left, right)).collect(),
            Operator::Or => left.into_iter().zip(right).map(|(left, right)| or(left, right)).collect(),
            _ => pairs(left, right, |left, right| arithmetic(operator, left, right)),
        })
    }

    fn compare(&self, operator: Operator, left: &Node, right: &Node) -> Outcome<Vec<Cell>> {
        match (self.values(left)?, self.values(right)?) {
            (Values::Numbers(x), Values::Numbers(y)) => Ok(pairs(x, y, |x, y| Ok(holds(operator, &x, &y)))),
            (Values::Texts(x), Values::Texts(y)) => {
                let (x, y) = (self.periods_of(x, left, right)?, self.periods_of(y, right, left)?);
                Ok(x.into_iter().zip(y).map(|(x, y)| Ok(holds(operator, &x?, &y?))).collect())
            }
            (x, y) => {
                let kind = |values: &Values| match values {
                    Values::Numbers(_) => "a number",
                    Values::Texts(_) => "text",
                };
                let message = format!(
                    "`{left}` ({}) can't be compared with `{right}` ({}) by {}; text goes with text, numbers with numbers",
                    kind(&x),
                    kind(&y),
                    operator.sign()
                );
                let at = place(left);
                Err(ExpressionProblem::Type { message }.at(at, self.text))
            }
        }
    }

    /// What a text of the expression means beside the time column: a period, in the form that the column has.
    fn periods_of(&self, cells: Vec<TextCell>, node: &Node, other: &Node) -> Outcome<Vec<TextCell>> {
        let (Node::Text { text, position }, Node::Name { name, .. }) = (node, other) else {
            return Ok(cells);
        };
        if *name != self.environment.time || self.environment.times.is_empty() {
            return Ok(cells);
        }
        let reading =
            PeriodReading { frequency: Some(self.environment.frequency), ..PeriodReading::default() };
        match reading.read(text) {
            Ok(period) => {
                let period: Arc<str> = period.to_string().into();
                Ok(cells.iter().map(|_| Ok(Arc::clone(&period))).collect())
            }
            Err(fault) => {
                let message =
                    format!("the times of `{name}` are {}: {fault}", self.environment.frequency.plural());
                Err(ExpressionProblem::Type { message }.at(*position, self.text))
            }
        }
    }

    fn case(
        &self,
        operand: Option<&Node>,
        branches: &[(Node, Node)],
        otherwise: Option<&Node>,
    ) -> Outcome<Values> {
        let conditions = branches
            .iter()
            .map(|(condition, _)| match operand {
                Some(operand) => self.compare(Operator::Equal, operand, condition),
                None => self.numbers(condition),
            })
            .collect::<Outcome<Vec<_>>>()?;
        let results: Vec<&Node> = branches.iter().map(|branch| &branch.1).chain(otherwise).collect();
        let values = results.iter().map(|node| self.values(node)).collect::<Outcome<Vec<_>>>()?;
        self.of_one_kind(&conditions, &results, values)
    }

    /// The results of CASE, which are all numbers or all texts.
    fn of_one_kind(&self, conditions: &[Vec<Cell>], nodes: &[&Node], values: Vec<Values>) -> Outcome<Values> {
        let mut numbers = Vec::new();
        let mut texts = Vec::new();
        let mut first: Option<(&Node, bool)> = None;
        for (node, values) in nodes.iter().zip(values) {
            // NULL is of either kind.
            if let (Node::Null, Values::Numbers(cells)) = (node, &values) {
                texts.push(cells.iter().map(|_| Err(Missing::Absent("NULL".into()))).collect());
                numbers.push(cells.clone());
                continue;
            }
            let is_text = matches!(values, Values::Texts(_));
            if let Some((other, other_is_text)) = first
                && other_is_text != is_text
            {
                let (text, number) = if is_text { (*node, other) } else { (other, *node) };
                let message = format!(
                    "CASE gives text by `{text}` and a number by `{number}`; all of its results are of one kind"
                );
                return Err(ExpressionProblem::Type { message }.at(place(node), self.text));
            }
            first = first.or(Some((node, is_text)));
            match values {
                Values::Numbers(cells) => numbers.push(cells),
                Values::Texts(cells) => texts.push(cells),
            }
        }
        let height = self.environment.height();
        Ok(match first {
            Some((_, true)) => Values::Texts(chosen(height, conditions, &texts)),
            _ => Values::Numbers(chosen(height, conditions, &numbers)),
        })
    }

    /// Each row's value at another time of its entity, or the change since then.
    fn shifted(
        &self,
        function: TimeFunction,
        cells: &[Cell],
        periods: i64,
        position: Position,
    ) -> Outcome<Vec<Cell>> {
        let Environment { groups, times, frequency, shape, .. } = self.environment;
        if !shape.goes_on() {
            let name = Function::Time(function).name();
            let message = format!("{}, so `{name}` has no earlier or later row", shape.lack());
            return Err(ExpressionProblem::Type { message }.at(position, self.text));
        }
        let rows = Times { groups, times, frequency: *frequency };
        Ok(match function {
            TimeFunction::Lag => at_offset(cells, &rows, -periods),
            TimeFunction::Lead => at_offset(cells, &rows, periods),
            TimeFunction::Difference => change(cells, &rows, -periods),
        })
    }

    /// How many periods lag, lead or diff goes.
    fn periods(&self, function: TimeFunction, node: Option<&Node>, position: Position) -> Outcome<i64> {
        let value = match node {
            None => 1.0,
            Some(Node::Number(number)) => *number,
            Some(Node::Parameter { name, position }) => self.parameter(name, *position)?,
            Some(Node::Name { name, .. }) if self.environment.column(name).is_none() => {
                self.parameter(name, position)?
            }
            Some(_) => f64::NAN,
        };
        if value.fract() == 0.0 && (0.0..=10_000.0).contains(&value) {
            return Ok(value as i64);
        }
        let name = Function::Time(function).name();
        let message = format!(
            "the second argument of `{name}` is a whole number of periods from 0, or a parameter that is one"
        );
        Err(ExpressionProblem::Type { message }.at(position, self.text))
    }
}

fn arithmetic(operator: Operator, x: f64, y: f64) -> Cell {
    let overflow = || format!("{} {} {} overflows", figure(x), operator.sign(), figure(y));
    match operator {
        Operator::Add => finite(x + y, overflow),
        Operator::Subtract => finite(x - y, overflow),
        Operator::Multiply => finite(x * y, overflow),
        Operator::Divide if y == 0.0 => Err(Missing::computed("division by zero")),
        Operator::Divide => finite(x / y, overflow),
        Operator::Remainder => remainder(x, y),
        _ => power(x, y),
    }
}

/// The function of two columns; missing where either is.
fn pairs(left: Vec<Cell>, right: Vec<Cell>, work: impl Fn(f64, f64) -> Cell) -> Vec<Cell> {
    left.into_iter().zip(right).map(|(left, right)| work(left?, right?)).collect()
}

/// Whether a comparison holds.
fn holds<T: PartialOrd + ?Sized>(operator: Operator, x: &T, y: &T) -> f64 {
    truth(match operator {
        Operator::Equal => x == y,
        Operator::NotEqual => x != y,
        Operator::Less => x < y,
        Operator::LessOrEqual => x <= y,
        Operator::Greater => x > y,
        _ => x >= y,
    })
}

/// Each row's result: of the first condition that holds, else of what comes after the last condition.
fn chosen<T: Clone>(
    height: usize,
    conditions: &[Vec<Cell>],
    results: &[Vec<Result<T, Missing>>],
) -> Vec<Result<T, Missing>> {
    let of = |branch: usize, row: usize| {
        results.get(branch).and_then(|column| column.get(row)).cloned().unwrap_or_else(|| Err(no_branch()))
    };
    let of_row = |row: usize| {
        for (branch, holds) in conditions.iter().enumerate() {
            match holds.get(row) {
                Some(Ok(0.0)) | None => {}
                Some(Ok(_)) => return of(branch, row),
                // DIFFERENCE from SQL: not known isn't false.
                Some(Err(missing)) => return Err(missing.clone()),
            }
        }
        of(conditions.len(), row)
    };
    (0..height).map(of_row).collect()
}

fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// False where either is, whatever the other.
fn and(left: Cell, right: Cell) -> Cell {
    match (left, right) {
        (Ok(0.0), _) | (_, Ok(0.0)) => Ok(0.0),
        (Err(missing), _) | (_, Err(missing)) => Err(missing),
        (Ok(_), Ok(_)) => Ok(1.0),
    }
}

/// True where either is, whatever the other.
fn or(left: Cell, right: Cell) -> Cell {
    match (left, right) {
        (Ok(x), _) | (_, Ok(x)) if x != 0.0 => Ok(1.0),
        (Err(missing), _) | (_, Err(missing)) => Err(missing),
        (Ok(_), Ok(_)) => Ok(0.0),
    }
}

fn negate_if(negated: bool, cells: impl Iterator<Item = Cell>) -> Vec<Cell> {
    cells.map(|cell| cell.map(|x| if negated { truth(x == 0.0) } else { x })).collect()
}

fn no_branch() -> Missing {
    Missing::Absent("no branch of CASE applies".into())
}

/// The first place in the node that is known.
pub(super) fn place(node: &Node) -> Position {
    let mut found = None;
    node.visit(&mut |part| {
        let own = match part {
            Node::Name { position, .. }
            | Node::Text { position, .. }
            | Node::Parameter { position, .. }
            | Node::Time { position, .. } => Some(*position),
            Node::Window(window) => Some(window.position),
            _ => None,
        };
        found = found.or(own);
    });
    found.unwrap_or(Position::START)
}
