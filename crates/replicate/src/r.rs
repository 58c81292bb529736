//! Scripts in R.

use vintner_estimation::{TermExpression, TermFunction};
use vintner_transform::{Aggregate, Node, Operator, ScalarFunction, TimeFunction, WindowNode};

use crate::names::{aggregate, scalar};
use crate::script::{Call, Language, Statement, Value, broken, number, quoted};

/// R.
pub(crate) struct R;

impl Language for R {
    fn statement(&self, statement: &Statement) -> String {
        match statement {
            Statement::Comment(text) => format!("# {}\n", text.replace(['\n', '\r'], " ")),
            Statement::Blank => "\n".into(),
            Statement::Let(name, value) => {
                broken(&format!("{name} <- {}", shown(value)), &" ".repeat(2)) + "\n"
            }
            Statement::Put { list, key, value } => {
                broken(&format!("{list}[[{}]] <- {}", quoted(key), shown(value)), &" ".repeat(2)) + "\n"
            }
            Statement::Do(call) => broken(&called(call), &" ".repeat(2)) + "\n",
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Number(value) if value.is_infinite() => {
            if *value > 0.0 {
                "Inf".into()
            } else {
                "-Inf".into()
            }
        }
        Value::Number(value) => number(*value),
        Value::Bool(true) => "TRUE".into(),
        Value::Bool(false) => "FALSE".into(),
        Value::Nothing => "NULL".into(),
        Value::Name(name) => name.clone(),
        Value::Many(values) => match &values[..] {
            [one] => shown(one),
            [] => "character()".into(),
            _ => format!("c({})", all(values)),
        },
        Value::List(values) => format!("list({})", all(values)),
        Value::Named(values) => {
            let one = |(name, value): &(String, Value)| format!("{} = {}", column(name), shown(value));
            format!("list({})", values.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        Value::Call(call) => called(call),
        Value::OfFit(call) if call.arguments.is_empty() => call.function.into(),
        Value::OfFit(call) => {
            let mut own = Call::new(call.function).with(Value::name("fit"));
            own.arguments.extend(call.arguments.iter().cloned());
            format!("function(fit) {}", called(&own))
        }
        Value::Expression(node) => expression(node, Binding::Lowest),
        Value::Term(term) => of_term(&term.0),
        Value::DataFile(path) => format!("data_file({})", quoted(path)),
        Value::OwnFile(path) => format!("own_file({})", quoted(path)),
    }
}

fn all(values: &[Value]) -> String {
    values.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn called(call: &Call) -> String {
    let one = |(name, value): &(Option<&'static str>, Value)| match name {
        Some(name) => format!("{name} = {}", shown(value)),
        None => shown(value),
    };
    format!("{}({})", call.function, call.arguments.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// A column's name, in backticks where R would read something else.
fn column(name: &str) -> String {
    const WORDS: [&str; 14] = [
        "if", "else", "repeat", "while", "function", "for", "next", "break", "TRUE", "FALSE", "NULL", "Inf",
        "NaN", "in",
    ];
    let begins = name.starts_with(|one: char| one.is_alphabetic());
    let plain = name.chars().all(|one| one.is_alphanumeric() || one == '_' || one == '.');
    if begins && plain && !WORDS.contains(&name) && !name.starts_with("NA") {
        return name.to_owned();
    }
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

/// How tightly R binds an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Lowest,
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Sign,
    Power,
    Whole,
}

fn expression(node: &Node, least: Binding) -> String {
    let (text, own) = bound(node);
    if own < least { format!("({text})") } else { text }
}

fn plain(node: &Node) -> String {
    expression(node, Binding::Lowest)
}

fn bound(node: &Node) -> (String, Binding) {
    use Binding::{And, Comparison, Not, Or, Product, Sign, Sum, Whole};
    let listed = |nodes: &[Node]| nodes.iter().map(plain).collect::<Vec<_>>().join(", ");
    match node {
        Node::Number(value) if *value < 0.0 => (number(*value), Sign),
        Node::Number(value) => (number(*value), Whole),
        Node::Text { text, .. } => (quoted(text), Whole),
        Node::Null => ("NA".into(), Whole),
        Node::Name { name, .. } | Node::Parameter { name, .. } => (column(name), Whole),
        Node::Negate(operand) => (format!("-{}", expression(operand, Binding::Power)), Sign),
        Node::Not(operand) => (format!("!{}", expression(operand, Comparison)), Not),
        Node::Binary { operator, left, right } => match operator {
            Operator::Power => (format!("power({}, {})", plain(left), plain(right)), Whole),
            Operator::Remainder => (format!("remainder({}, {})", plain(left), plain(right)), Whole),
            Operator::Divide => {
                let by = match &**right {
                    Node::Number(value) if *value != 0.0 => number(*value),
                    other => format!("nonzero({})", plain(other)),
                };
                (format!("{} / {by}", expression(left, Product)), Product)
            }
            _ => {
                let (sign, own, tighter) = match operator {
                    Operator::Add => ("+", Sum, Product),
                    Operator::Subtract => ("-", Sum, Product),
                    Operator::Multiply => ("*", Product, Sign),
                    Operator::Equal => ("==", Comparison, Sum),
                    Operator::NotEqual => ("!=", Comparison, Sum),
                    Operator::Less => ("<", Comparison, Sum),
                    Operator::LessOrEqual => ("<=", Comparison, Sum),
                    Operator::Greater => (">", Comparison, Sum),
                    Operator::GreaterOrEqual => (">=", Comparison, Sum),
                    Operator::And => ("&", And, Not),
                    _ => ("|", Or, And),
                };
                let left_least = if own == Comparison { Sum } else { own };
                (format!("{} {sign} {}", expression(left, left_least), expression(right, tighter)), own)
            }
        },
        Node::IsNull { operand, negated } => {
            let text = format!("is.na({})", plain(operand));
            if *negated { (format!("!{text}"), Not) } else { (text, Whole) }
        }
        Node::Between { operand, low, high, negated } => {
            let operand = expression(operand, Sum);
            let text =
                format!("({operand} >= {} & {operand} <= {})", expression(low, Sum), expression(high, Sum));
            if *negated { (format!("!{text}"), Not) } else { (text, Whole) }
        }
        Node::In { operand, list, negated } => {
            let operand = expression(operand, Sum);
            let each: Vec<String> =
                list.iter().map(|one| format!("{operand} == {}", expression(one, Sum))).collect();
            let text = format!("({})", each.join(" | "));
            if *negated { (format!("!{text}"), Not) } else { (text, Whole) }
        }
        Node::Case { operand, branches, otherwise } => {
            let mut text = otherwise.as_ref().map_or("NA".to_owned(), |node| plain(node));
            for (condition, result) in branches.iter().rev() {
                let condition = match operand {
                    Some(operand) => {
                        format!("{} == {}", expression(operand, Sum), expression(condition, Sum))
                    }
                    None => plain(condition),
                };
                text = format!("ifelse({condition}, {}, {text})", plain(result));
            }
            (text, Whole)
        }
        Node::Scalar { function: ScalarFunction::Log, arguments } => match &arguments[..] {
            [base, value] => (format!("ln({}) / nonzero(ln({}))", plain(value), plain(base)), Product),
            _ => (format!("ln({})", listed(arguments)), Whole),
        },
        Node::Scalar { function, arguments } => {
            let name = match scalar(*function) {
                "ceil" => "ceiling",
                "round_half_up" if arguments.len() == 1 => "round_half_up",
                name => name,
            };
            (format!("{name}({})", listed(arguments)), Whole)
        }
        Node::Time { function, argument, periods, .. } => {
            let periods = periods.as_ref().map_or("1".to_owned(), |node| plain(node));
            let periods = match function {
                TimeFunction::Lead => format!("-{periods}"),
                _ => periods,
            };
            let lagged = format!("lag_by_time({}, {periods}, entity, time)", plain(argument));
            match function {
                TimeFunction::Difference => (format!("{} - {lagged}", expression(argument, Product)), Sum),
                _ => (lagged, Whole),
            }
        }
        Node::Window(window) => (over(window), Whole),
    }
}

fn over(window: &WindowNode) -> String {
    let mut arguments = vec![
        window.argument.as_ref().map_or("rep(1, length(time))".to_owned(), plain),
        quoted(aggregate(window.aggregate)),
    ];
    if matches!(window.aggregate, Aggregate::Count) && window.argument.is_none() {
        arguments[0] = "rep(1, length(entity))".into();
    }
    if !window.partition.is_empty() {
        let by = window.partition.iter().map(plain).collect::<Vec<_>>().join(", ");
        arguments.push(format!("by = list({by})"));
    }
    if let Some(filter) = &window.filter {
        arguments.push(format!("filter = {}", plain(filter)));
    }
    if let Some(order) = &window.order {
        arguments.push(format!("order = {}", plain(order)));
        if window.descending {
            arguments.push("descending = TRUE".into());
        }
    }
    format!("over({})", arguments.join(", "))
}

fn of_term(term: &TermExpression) -> String {
    match term {
        TermExpression::Column(name) => column(name),
        TermExpression::Number(value) => number(*value),
        TermExpression::Function(TermFunction::Log, of) => format!("ln({})", of_term(of)),
        TermExpression::Function(TermFunction::Sqrt, of) => format!("root({})", of_term(of)),
        TermExpression::Function(function, of) => format!("{}({})", function.name(), of_term(of)),
        TermExpression::Binary(sign, one, other) => {
            let part = |term: &TermExpression| match term {
                TermExpression::Binary(..) => format!("({})", of_term(term)),
                other => of_term(other),
            };
            format!("{} {sign} {}", part(one), part(other))
        }
        TermExpression::Lag(periods, of) => format!("lag_by_time({}, {periods}, entity, time)", of_term(of)),
        TermExpression::Difference(periods, of) => {
            format!("({} - lag_by_time({}, {periods}, entity, time))", of_term(of), of_term(of))
        }
    }
}
