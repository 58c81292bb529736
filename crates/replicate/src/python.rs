//! Scripts in Python.

use vintner_estimation::{TermExpression, TermFunction};
use vintner_transform::{Node, Operator, ScalarFunction, TimeFunction, WindowNode};

use crate::names::{aggregate, scalar};
use crate::script::{Call, Language, Statement, Value, broken, number, quoted};

/// Python, with pandas.
pub(crate) struct Python;

impl Language for Python {
    fn statement(&self, statement: &Statement) -> String {
        match statement {
            Statement::Comment(text) => format!("# {}\n", text.replace(['\n', '\r'], " ")),
            Statement::Blank => "\n".into(),
            Statement::Let(name, value) => {
                broken(&format!("{name} = {}", shown(value)), &" ".repeat(4)) + "\n"
            }
            Statement::Put { list, key, value } => {
                broken(&format!("{list}[{}] = {}", quoted(key), shown(value)), &" ".repeat(4)) + "\n"
            }
            Statement::Do(call) => broken(&called(call), &" ".repeat(4)) + "\n",
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Number(value) if value.is_infinite() => {
            if *value > 0.0 {
                "np.inf".into()
            } else {
                "-np.inf".into()
            }
        }
        Value::Number(value) => number(*value),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Nothing => "None".into(),
        Value::Name(name) => name.clone(),
        Value::Many(values) | Value::List(values) => {
            format!("[{}]", values.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Value::Named(values) => {
            let one = |(name, value): &(String, Value)| format!("{}: {}", quoted(name), shown(value));
            format!("{{{}}}", values.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        Value::Call(call) => called(call),
        Value::OfFit(call) if call.arguments.is_empty() => call.function.into(),
        Value::OfFit(call) => {
            let mut own = Call::new(call.function).with(Value::name("fit"));
            own.arguments.extend(call.arguments.iter().cloned());
            format!("lambda fit: {}", called(&own))
        }
        Value::Expression(node) => format!("lambda d: {}", plain(node)),
        Value::Term(term) => format!("lambda d: {}", of_term(&term.0)),
        Value::DataFile(path) => format!("data_file({})", quoted(path)),
        Value::OwnFile(path) => format!("own_file({})", quoted(path)),
    }
}

fn called(call: &Call) -> String {
    let one = |(name, value): &(Option<&'static str>, Value)| match name {
        Some("and") => format!("and_={}", shown(value)),
        Some(name) => format!("{name}={}", shown(value)),
        None => shown(value),
    };
    format!("{}({})", call.function, call.arguments.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn column(name: &str) -> String {
    format!("d[{}]", quoted(name))
}

/// How tightly Python binds arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Lowest,
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
    use Binding::{Product, Sign, Sum, Whole};
    let listed = |nodes: &[Node]| nodes.iter().map(plain).collect::<Vec<_>>().join(", ");
    match node {
        Node::Number(value) if *value < 0.0 => (number(*value), Sign),
        Node::Number(value) => (number(*value), Whole),
        Node::Text { text, .. } => (quoted(text), Whole),
        Node::Null => ("np.nan".into(), Whole),
        Node::Name { name, .. } | Node::Parameter { name, .. } => (column(name), Whole),
        Node::Negate(operand) => (format!("-{}", expression(operand, Binding::Power)), Sign),
        Node::Not(operand) => (format!("negation({})", plain(operand)), Whole),
        Node::Binary { operator, left, right } => {
            let both = |function: &str| format!("{function}({}, {})", plain(left), plain(right));
            match operator {
                Operator::Add => (format!("{} + {}", expression(left, Sum), expression(right, Product)), Sum),
                Operator::Subtract => {
                    (format!("{} - {}", expression(left, Sum), expression(right, Product)), Sum)
                }
                Operator::Multiply => {
                    (format!("{} * {}", expression(left, Product), expression(right, Sign)), Product)
                }
                Operator::Divide => {
                    let by = match &**right {
                        Node::Number(value) if *value != 0.0 => number(*value),
                        other => format!("nonzero({})", plain(other)),
                    };
                    (format!("{} / {by}", expression(left, Product)), Product)
                }
                Operator::Power => (both("power"), Whole),
                Operator::Remainder => (both("remainder"), Whole),
                Operator::And => (both("both"), Whole),
                Operator::Or => (both("either"), Whole),
                _ => (
                    format!("holds({}, {}, {})", plain(left), quoted(comparison(*operator)), plain(right)),
                    Whole,
                ),
            }
        }
        Node::IsNull { operand, negated } => {
            let text = format!("is_missing({})", plain(operand));
            (if *negated { format!("negation({text})") } else { text }, Whole)
        }
        Node::Between { operand, low, high, negated } => {
            let operand = plain(operand);
            let text = format!(
                "both(holds({operand}, \">=\", {}), holds({operand}, \"<=\", {}))",
                plain(low),
                plain(high)
            );
            (if *negated { format!("negation({text})") } else { text }, Whole)
        }
        Node::In { operand, list, negated } => {
            let text = format!("is_one_of({}, [{}])", plain(operand), listed(list));
            (if *negated { format!("negation({text})") } else { text }, Whole)
        }
        Node::Case { operand, branches, otherwise } => {
            let one = |(condition, result): &(Node, Node)| {
                let condition = match operand {
                    Some(operand) => format!("holds({}, \"==\", {})", plain(operand), plain(condition)),
                    None => plain(condition),
                };
                format!("({condition}, {})", plain(result))
            };
            let branches = branches.iter().map(one).collect::<Vec<_>>().join(", ");
            let otherwise =
                otherwise.as_ref().map_or(String::new(), |node| format!(", otherwise={}", plain(node)));
            (format!("case([{branches}]{otherwise})"), Whole)
        }
        Node::Scalar { function: ScalarFunction::Log, arguments } => match &arguments[..] {
            [base, value] => (format!("ln({}) / nonzero(ln({}))", plain(value), plain(base)), Product),
            _ => (format!("ln({})", listed(arguments)), Whole),
        },
        Node::Scalar { function, arguments } => {
            let name = match scalar(*function) {
                name @ ("exp" | "abs" | "sign" | "floor" | "ceil") => format!("np.{name}"),
                name => name.to_owned(),
            };
            (format!("{name}({})", listed(arguments)), Whole)
        }
        Node::Time { function, argument, periods, .. } => {
            let periods = periods.as_ref().map_or("1".to_owned(), |node| plain(node));
            let periods = match function {
                TimeFunction::Lead => format!("-{periods}"),
                _ => periods,
            };
            let lagged = format!("lag_by_time({}, {periods}, d[\"entity\"], d[\"time\"])", plain(argument));
            match function {
                TimeFunction::Difference => (format!("{} - {lagged}", expression(argument, Product)), Sum),
                _ => (lagged, Whole),
            }
        }
        Node::Window(window) => (over(window), Whole),
    }
}

fn comparison(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        other => other.sign(),
    }
}

fn over(window: &WindowNode) -> String {
    let mut arguments = vec![
        window.argument.as_ref().map_or("1.0".to_owned(), plain),
        quoted(aggregate(window.aggregate)),
        "d".to_owned(),
    ];
    if !window.partition.is_empty() {
        let by = window.partition.iter().map(plain).collect::<Vec<_>>().join(", ");
        arguments.push(format!("by=[{by}]"));
    }
    if let Some(filter) = &window.filter {
        arguments.push(format!("where={}", plain(filter)));
    }
    if let Some(order) = &window.order {
        arguments.push(format!("order={}", plain(order)));
        if window.descending {
            arguments.push("descending=True".into());
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
        TermExpression::Function(function, of) => format!("np.{}({})", function.name(), of_term(of)),
        TermExpression::Binary(sign, one, other) => {
            let part = |term: &TermExpression| match term {
                TermExpression::Binary(..) => format!("({})", of_term(term)),
                other => of_term(other),
            };
            let sign = if *sign == '^' { "**".to_owned() } else { sign.to_string() };
            format!("{} {sign} {}", part(one), part(other))
        }
        TermExpression::Lag(periods, of) => {
            format!("lag_by_time({}, {periods}, d[\"entity\"], d[\"time\"])", of_term(of))
        }
        TermExpression::Difference(periods, of) => {
            let now = of_term(of);
            format!("({now} - lag_by_time({now}, {periods}, d[\"entity\"], d[\"time\"]))")
        }
    }
}
