//! Parameters of a stage put into its expressions.

use std::collections::BTreeMap;

use vintner_transform::{Node, WindowNode};

/// The expression with numbers in the place of parameters; a plain name that is a column stays one.
pub(crate) fn substituted(node: &Node, parameters: &BTreeMap<String, f64>) -> Node {
    let of = |node: &Node| substituted(node, parameters);
    let boxed = |node: &Node| Box::new(of(node));
    let all = |nodes: &[Node]| nodes.iter().map(of).collect::<Vec<_>>();
    match node {
        Node::Name { name, .. } | Node::Parameter { name, .. } => match parameters.get(name) {
            Some(value) => Node::Number(*value),
            None => node.clone(),
        },
        Node::Number(_) | Node::Text { .. } | Node::Null => node.clone(),
        Node::Negate(operand) => Node::Negate(boxed(operand)),
        Node::Not(operand) => Node::Not(boxed(operand)),
        Node::Binary { operator, left, right } => {
            Node::Binary { operator: *operator, left: boxed(left), right: boxed(right) }
        }
        Node::IsNull { operand, negated } => Node::IsNull { operand: boxed(operand), negated: *negated },
        Node::Between { operand, low, high, negated } => {
            Node::Between { operand: boxed(operand), low: boxed(low), high: boxed(high), negated: *negated }
        }
        Node::In { operand, list, negated } => {
            Node::In { operand: boxed(operand), list: all(list), negated: *negated }
        }
        Node::Case { operand, branches, otherwise } => Node::Case {
            operand: operand.as_deref().map(boxed),
            branches: branches.iter().map(|(condition, result)| (of(condition), of(result))).collect(),
            otherwise: otherwise.as_deref().map(boxed),
        },
        Node::Scalar { function, arguments } => {
            Node::Scalar { function: *function, arguments: all(arguments) }
        }
        Node::Time { function, argument, periods, position } => Node::Time {
            function: *function,
            argument: boxed(argument),
            periods: periods.as_deref().map(boxed),
            position: *position,
        },
        Node::Window(window) => Node::Window(Box::new(WindowNode {
            aggregate: window.aggregate,
            argument: window.argument.as_ref().map(of),
            filter: window.filter.as_ref().map(of),
            partition: all(&window.partition),
            order: window.order.as_ref().map(of),
            descending: window.descending,
            position: window.position,
        })),
    }
}
