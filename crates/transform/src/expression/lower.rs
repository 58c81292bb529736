//! From the SQL parser's tree to ours: what a column can be made of passes, the rest is named.

use sqlparser::ast::{
    BinaryOperator, CaseWhen, CeilFloorKind, DateTimeField, DuplicateTreatment, Expr,
    Function as SqlFunction, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, InTarget,
    ObjectNamePart, OrderByExpr, OrderBySort, Spanned, UnaryOperator, Value, WindowSpec, WindowType,
};

use super::functions::{Function, TimeFunction, function_names};
use super::node::{Node, Operator, WindowNode};
use crate::expression_problem::{ExpressionError, ExpressionProblem, Outcome, Position};
use crate::suggestion::nearest;

/// The lowering of one expression.
pub(super) struct Lowering<'a> {
    /// The expression's text, for messages.
    pub(super) text: &'a str,
}

impl Lowering<'_> {
    /// The node of a part of the expression.
    pub(super) fn node(&self, part: &Expr) -> Outcome<Node> {
        Ok(match part {
            Expr::Identifier(name) => self.name(name),
            Expr::Nested(inner) => self.node(inner)?,
            Expr::Value(value) => self.value(&value.value, Position::of(value.span.start))?,
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => Node::Negate(self.boxed(expr)?),
            Expr::UnaryOp { op: UnaryOperator::Plus, expr } => self.node(expr)?,
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Node::Not(self.boxed(expr)?),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right)?,
            Expr::IsNull(operand) => Node::IsNull { operand: self.boxed(operand)?, negated: false },
            Expr::IsNotNull(operand) => Node::IsNull { operand: self.boxed(operand)?, negated: true },
            Expr::Between { expr, negated, low, high } => Node::Between {
                operand: self.boxed(expr)?,
                low: self.boxed(low)?,
                high: self.boxed(high)?,
                negated: *negated,
            },
            Expr::In { expr, target: InTarget::List(list), negated, global: false } => {
                Node::In { operand: self.boxed(expr)?, list: self.list(list)?, negated: *negated }
            }
            Expr::Case { operand, conditions, else_result, .. } => Node::Case {
                operand: self.optional(operand.as_deref())?,
                branches: conditions
                    .iter()
                    .map(|CaseWhen { condition, result }| Ok((self.node(condition)?, self.node(result)?)))
                    .collect::<Outcome<_>>()?,
                otherwise: self.optional(else_result.as_deref())?,
            },
            Expr::Ceil { expr, field } => self.rounded("ceil", expr, field)?,
            Expr::Floor { expr, field } => self.rounded("floor", expr, field)?,
            Expr::Function(function) => self.function(function)?,
            other => return Err(self.refuse(other)),
        })
    }

    fn boxed(&self, part: &Expr) -> Outcome<Box<Node>> {
        Ok(Box::new(self.node(part)?))
    }

    fn optional(&self, part: Option<&Expr>) -> Outcome<Option<Box<Node>>> {
        part.map(|part| self.boxed(part)).transpose()
    }

    fn list(&self, parts: &[Expr]) -> Outcome<Vec<Node>> {
        parts.iter().map(|part| self.node(part)).collect()
    }

    fn name(&self, name: &Ident) -> Node {
        Node::Name { name: name.value.clone(), position: Position::of(name.span.start) }
    }

    fn value(&self, value: &Value, at: Position) -> Outcome<Node> {
        Ok(match value {
            Value::Number(digits, _) => match digits.parse::<f64>() {
                Ok(number) if number.is_finite() => Node::Number(number),
                _ => {
                    let message = format!("the number {digits} is too large; the largest is about 1.8e308");
                    return Err(self.fault(at, ExpressionProblem::Syntax { message }));
                }
            },
            Value::SingleQuotedString(text) => Node::Text { text: text.clone(), position: at },
            Value::Boolean(truth) => Node::Number(f64::from(u8::from(*truth))),
            Value::Null => Node::Null,
            Value::Placeholder(name) => match name.strip_prefix(':') {
                Some(name) => Node::Parameter { name: name.to_owned(), position: at },
                None => {
                    let instead = "a parameter is written with a colon, :base_year";
                    return Err(self.unsupported(at, format!("`{name}`"), instead));
                }
            },
            other => {
                return Err(self.unsupported(
                    at,
                    format!("`{other}`"),
                    "write a number, or text in 'quotes'",
                ));
            }
        })
    }

    fn binary(&self, left: &Expr, sign: &BinaryOperator, right: &Expr) -> Outcome<Node> {
        let operator = match sign {
            BinaryOperator::Plus => Operator::Add,
            BinaryOperator::Minus => Operator::Subtract,
            BinaryOperator::Multiply => Operator::Multiply,
            BinaryOperator::Divide => Operator::Divide,
            BinaryOperator::Modulo => Operator::Remainder,
            BinaryOperator::BitwiseXor => Operator::Power,
            BinaryOperator::Eq => Operator::Equal,
            BinaryOperator::NotEq => Operator::NotEqual,
            BinaryOperator::Lt => Operator::Less,
            BinaryOperator::LtEq => Operator::LessOrEqual,
            BinaryOperator::Gt => Operator::Greater,
            BinaryOperator::GtEq => Operator::GreaterOrEqual,
            BinaryOperator::And => Operator::And,
            BinaryOperator::Or => Operator::Or,
            other => {
                let instead = "there are + - * / % ^, = <> < <= > >=, AND, OR, NOT";
                return Err(self.unsupported(start(left), format!("the operator {other}"), instead));
            }
        };
        for side in [left, right] {
            if operator.compares() && is_null(side) {
                let message = format!("{} NULL is never true; write IS NULL or IS NOT NULL", operator.sign());
                return Err(self.fault(start(side), ExpressionProblem::Syntax { message }));
            }
            let Expr::BinaryOp { op, .. } = side else { continue };
            if operator == Operator::Power && *op == BinaryOperator::BitwiseXor {
                let message = "a ^ b ^ c could be (a ^ b) ^ c or a ^ (b ^ c); write the parentheses".into();
                return Err(self.fault(start(left), ExpressionProblem::Syntax { message }));
            }
            let side_compares = matches!(
                op,
                BinaryOperator::Eq
                    | BinaryOperator::NotEq
                    | BinaryOperator::Lt
                    | BinaryOperator::LtEq
                    | BinaryOperator::Gt
                    | BinaryOperator::GtEq
            );
            if operator.compares() && side_compares {
                let message =
                    "comparisons can't be chained; write a < b AND b < c, or b BETWEEN a AND c".into();
                return Err(self.fault(start(left), ExpressionProblem::Syntax { message }));
            }
        }
        Ok(Node::Binary { operator, left: self.boxed(left)?, right: self.boxed(right)? })
    }

    /// ceil and floor, which have a grammar of their own in SQL.
    fn rounded(&self, name: &str, operand: &Expr, field: &CeilFloorKind) -> Outcome<Node> {
        if !matches!(field, CeilFloorKind::DateTimeField(DateTimeField::NoDateTime)) {
            let what = format!("`{name}` with a second argument");
            return Err(self.unsupported(start(operand), what, "write round(x, digits)"));
        }
        match Function::named(name) {
            Some((Function::Scalar(function), ..)) => {
                Ok(Node::Scalar { function, arguments: vec![self.node(operand)?] })
            }
            _ => Err(self.unknown_function(name, start(operand))),
        }
    }

    fn function(&self, call: &SqlFunction) -> Outcome<Node> {
        let [ObjectNamePart::Identifier(name)] = call.name.0.as_slice() else {
            let what = format!("the name `{}`", call.name);
            return Err(self.unsupported(
                Position::of(call.name.span().start),
                what,
                "a function has one name",
            ));
        };
        let at = Position::of(name.span.start);
        let Some((function, fewest, most)) = Function::named(&name.value) else {
            return Err(self.unknown_function(&name.value, at));
        };
        let arguments = self.arguments(call, &name.value, function, at)?;
        let found = arguments.as_ref().map_or(1, Vec::len);
        if found < fewest || found > most {
            return Err(self.fault(
                at,
                ExpressionProblem::Arguments {
                    function: name.value.clone(),
                    expected: expected_arguments(&name.value, fewest, most),
                    found: plural(found),
                },
            ));
        }
        let mut arguments = arguments.map(Vec::into_iter);
        let mut next = || arguments.as_mut().and_then(Iterator::next);
        match function {
            Function::Scalar(function) => {
                if call.over.is_some() {
                    let instead = "only aggregates have OVER";
                    return Err(self.unsupported(at, format!("`{}` with OVER", name.value), instead));
                }
                Ok(Node::Scalar { function, arguments: std::iter::from_fn(next).collect() })
            }
            Function::Time(function) => {
                let argument = Box::new(next().unwrap_or(Node::Null));
                let periods = next().map(Box::new);
                self.time(function, argument, periods, call, at)
            }
            Function::Aggregate(aggregate) => {
                let filter = call.filter.as_deref().map(|filter| self.node(filter)).transpose()?;
                let Some(over) = &call.over else {
                    let instead =
                        format!("say over what it goes: {}(...) OVER (PARTITION BY entity)", name.value);
                    return Err(self.unsupported(
                        at,
                        format!("the aggregate `{}` alone", name.value),
                        instead,
                    ));
                };
                let window = self.window(over, at)?;
                let (order, descending) = self.order(&window.order_by, at)?;
                if order.is_none() && aggregate == super::functions::Aggregate::FirstValue {
                    let instead = "write OVER (PARTITION BY entity ORDER BY time)";
                    return Err(self.unsupported(at, "`first_value` without ORDER BY".into(), instead));
                }
                Ok(Node::Window(Box::new(WindowNode {
                    aggregate,
                    argument: next(),
                    filter,
                    partition: self.list(&window.partition_by)?,
                    order,
                    descending,
                    position: at,
                })))
            }
        }
    }

    /// lag, lead and diff go by entity and time anyway. OVER could only say the same, or something
    /// else that they don't do.
    fn time(
        &self,
        function: TimeFunction,
        argument: Box<Node>,
        periods: Option<Box<Node>>,
        call: &SqlFunction,
        at: Position,
    ) -> Outcome<Node> {
        if call.over.is_some() {
            let name = Function::Time(function).name();
            let instead =
                format!("{name} goes within the entity, by the year: write {name}(x) or {name}(x, 2)");
            return Err(self.unsupported(at, format!("`{name}` with OVER"), instead));
        }
        Ok(Node::Time { function, argument, periods, position: at })
    }

    /// The arguments; `None` for the star of count(*).
    fn arguments(
        &self,
        call: &SqlFunction,
        name: &str,
        function: Function,
        at: Position,
    ) -> Outcome<Option<Vec<Node>>> {
        let odd = |what: &str| Err(self.unsupported(at, format!("`{name}` with {what}"), "leave it out"));
        if call.uses_odbc_syntax || call.parameters != FunctionArguments::None {
            return odd("a second list of arguments");
        }
        if !call.within_group.is_empty() {
            return odd("WITHIN GROUP");
        }
        if call.null_treatment.is_some() {
            return odd("IGNORE or RESPECT NULLS");
        }
        if call.filter.is_some() && !matches!(function, Function::Aggregate(_)) {
            return odd("FILTER");
        }
        let list = match &call.args {
            FunctionArguments::None => return Ok(Some(Vec::new())),
            FunctionArguments::Subquery(_) => return odd("a subquery"),
            FunctionArguments::List(list) => list,
        };
        if list.duplicate_treatment == Some(DuplicateTreatment::Distinct) {
            return odd("DISTINCT");
        }
        if !list.clauses.is_empty() {
            return odd("a clause among its arguments");
        }
        let mut arguments = Vec::with_capacity(list.args.len());
        for argument in &list.args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(part)) => arguments.push(self.node(part)?),
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard)
                    if list.args.len() == 1
                        && function == Function::Aggregate(super::functions::Aggregate::Count) =>
                {
                    return Ok(None);
                }
                _ => return odd("a named argument or a star"),
            }
        }
        Ok(Some(arguments))
    }

    fn window<'w>(&self, over: &'w WindowType, at: Position) -> Outcome<&'w WindowSpec> {
        let instead = "write OVER (PARTITION BY column, ... [ORDER BY time])";
        match over {
            WindowType::NamedWindow(name) => Err(self.unsupported(at, format!("OVER {name}"), instead)),
            WindowType::WindowSpec(window) if window.window_name.is_some() => {
                Err(self.unsupported(at, "a named window".into(), instead))
            }
            WindowType::WindowSpec(window) if window.window_frame.is_some() => {
                let instead = "lag(x) and lead(x) give the values of other years";
                Err(self.unsupported(at, "a frame in OVER (ROWS, RANGE)".into(), instead))
            }
            WindowType::WindowSpec(window) => Ok(window),
        }
    }

    fn order(&self, order: &[OrderByExpr], at: Position) -> Outcome<(Option<Node>, bool)> {
        match order {
            [] => Ok((None, false)),
            [OrderByExpr { expr: Expr::Identifier(name), options, with_fill: None }]
                if options.nulls_first.is_none() =>
            {
                let descending = match &options.sort {
                    None | Some(OrderBySort::Asc) => false,
                    Some(OrderBySort::Desc) => true,
                    Some(OrderBySort::Using(_)) => {
                        return Err(self.unsupported(at, "ORDER BY with USING".into(), "write ASC or DESC"));
                    }
                };
                Ok((Some(self.name(name)), descending))
            }
            _ => {
                let instead = "a window is ordered by the time column alone";
                Err(self.unsupported(at, "this ORDER BY".into(), instead))
            }
        }
    }

    fn refuse(&self, part: &Expr) -> Box<ExpressionError> {
        const INSTEAD: &str = "an expression has columns, parameters, numbers, + - * / % ^, comparisons, AND, OR, NOT, \
                               CASE, IS NULL, BETWEEN, IN and functions";
        let (what, instead) = match part {
            Expr::Subquery(_) | Expr::Exists { .. } | Expr::In { .. } => ("a subquery".to_owned(), INSTEAD),
            Expr::Cast { .. } | Expr::Convert { .. } => ("a CAST".into(), "all columns are numbers already"),
            Expr::Like { .. } | Expr::ILike { .. } | Expr::RLike { .. } | Expr::SimilarTo { .. } => {
                ("LIKE".into(), "compare text with =, <> or IN")
            }
            Expr::CompoundIdentifier(names) => {
                let name = names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(".");
                (format!("`{name}`"), "there is one table; write a name with a point in it in \"quotes\"")
            }
            Expr::IsTrue(_) | Expr::IsFalse(_) | Expr::IsNotTrue(_) | Expr::IsNotFalse(_) => {
                ("IS TRUE or IS FALSE".into(), "write the condition itself, or NOT before it")
            }
            other => {
                const SHOWN: usize = 40;
                let text = other.to_string();
                let mut shown: String = text.chars().take(SHOWN).collect();
                if shown.len() < text.len() {
                    shown.push_str(" ...");
                }
                (format!("`{shown}`"), INSTEAD)
            }
        };
        self.unsupported(start(part), what, instead)
    }

    fn unknown_function(&self, name: &str, at: Position) -> Box<ExpressionError> {
        self.fault(
            at,
            ExpressionProblem::UnknownFunction {
                name: name.to_owned(),
                available: function_names().into_iter().map(str::to_owned).collect(),
                suggestion: nearest(name, function_names()),
            },
        )
    }

    fn unsupported(&self, at: Position, what: String, instead: impl Into<String>) -> Box<ExpressionError> {
        self.fault(at, ExpressionProblem::Unsupported { what, instead: instead.into() })
    }

    fn fault(&self, at: Position, problem: ExpressionProblem) -> Box<ExpressionError> {
        problem.at(at, self.text)
    }
}

/// Whether the part is NULL itself, in parentheses or not.
fn is_null(part: &Expr) -> bool {
    match part {
        Expr::Nested(inner) => is_null(inner),
        Expr::Value(value) => value.value == Value::Null,
        _ => false,
    }
}

fn start(part: &Expr) -> Position {
    Position::of(part.span().start)
}

fn plural(arguments: usize) -> String {
    if arguments == 1 { "1 argument".into() } else { format!("{arguments} arguments") }
}

fn expected_arguments(name: &str, fewest: usize, most: usize) -> String {
    // SQL dialects disagree on log(x): it is natural in some and decimal in others.
    if name.eq_ignore_ascii_case("log") {
        return "2 arguments, log(base, x); write ln(x) for the natural logarithm, log10(x) for the decimal one"
            .into();
    }
    if fewest == most {
        plural(fewest)
    } else if most == usize::MAX {
        format!("{} or more", plural(fewest))
    } else {
        format!("{fewest} or {}", plural(most))
    }
}
