//! Columns of values, and how numbers are written.

use vintner_diagnostics::Node;
use vintner_panel::tidy_columns;

use super::{Check, Place, items};
use crate::layout::Layout;
use crate::number_rule::{DecimalMark, Grouping, NumberRule, Percent};
use crate::source::{Source, ValueColumn, ValueKind};

impl Check<'_> {
    pub(super) fn numbers(&mut self, rule: &NumberRule, node: Option<&Node>) {
        let mark = match rule.decimal {
            Some(DecimalMark::Point) => Some(Grouping::Point),
            Some(DecimalMark::Comma) => Some(Grouping::Comma),
            None => None,
        };
        let indian = rule.grouping.contains(&Grouping::Indian)
            && (rule.decimal == Some(DecimalMark::Comma) || rule.grouping.contains(&Grouping::Point));
        let both =
            indian || rule.grouping.contains(&Grouping::Point) && rule.grouping.contains(&Grouping::Comma);
        if mark.is_some_and(|mark| rule.grouping.contains(&mark)) || both {
            let message = "one mark can't stand both before a fraction and between groups".into();
            self.fault(node, message, "write `decimal` and `grouping` as two marks, such as \",\" and \".\"");
        }
        let is_digit =
            |text: &str| text.chars().any(|character| character.is_ascii_digit() || ".,".contains(character));
        for sign in rule.currency.iter().filter(|sign| sign.trim().is_empty() || is_digit(sign)) {
            self.fault(
                node,
                format!("{sign:?} is no currency sign"),
                "for example `currency: [\"$\", \"US$\"]`",
            );
        }
        let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit() || ".,+-".contains(c));
        for flag in rule.flags.0.keys().filter(|flag| is_number(flag.trim())) {
            let message = format!("the flag {flag:?} may be a part of a number");
            let hint =
                "a flag is a mark such as \"p\", \"*\" or \"[{digits}]\"; raised digits are \"{raised}\"";
            self.fault(node, message, hint);
        }
    }

    pub(super) fn columns(&mut self, source: &Source, place: Place<'_>) {
        if source.columns.is_empty() {
            self.fault(
                place.field("columns"),
                "a source without columns".into(),
                "list at least one variable",
            );
        }
        let nodes = items(place.field("columns"));
        let across = source.layout == Layout::Wide && source.header_rows > 1;
        let named = source.layout == Layout::Long
            || source.variable_column.is_some()
            || source.has_times_within()
            || across && (source.columns.len() > 1 || source.has_variables_across());
        if !named && source.columns.len() > 1 {
            let message = "a table of years or entities across holds one variable".into();
            let hint = "name the column that says which variable a row holds as `variable_column`; where headers say \
                        it, set `header_rows`, or write what they are beside the time: `gdp_{time}`";
            self.fault(place.field("columns"), message, hint);
        }
        for (index, column) in source.columns.iter().enumerate() {
            let node = nodes.get(index).or(place.source);
            let earlier = source.columns.get(..index).unwrap_or_default();
            self.column(column, earlier, named, node);
        }
    }

    fn column(&mut self, column: &ValueColumn, earlier: &[ValueColumn], named: bool, node: Option<&Node>) {
        let variable = &column.variable;
        let field = |name: &str| node.and_then(|node| node.get(name)).or(node);
        match &column.column {
            None if named => {
                self.fault(
                    node,
                    format!("`{variable}` has no `column`"),
                    "name the column or row that holds it",
                );
            }
            Some(_) if !named => {
                let message = format!("`column` of `{variable}` says nothing in a table of one variable");
                self.fault(field("column"), message, "leave it out, or set `variable_column`");
            }
            Some(text) if earlier.iter().any(|other| other.column.as_ref() == Some(text)) => {
                let message = format!("the column {text:?} is read twice");
                self.fault(field("column"), message, "read it once; derive a second variable later");
            }
            _ => {}
        }
        if variable.contains('@') || variable == "entity" || variable == "time" {
            let message = format!("a variable can't be called `{variable}`");
            self.fault(field("variable"), message, "tables have columns of that name for their keys");
        }
        self.numbers(&column.numbers, field("numbers"));
        if column.kind == ValueKind::Integer && column.numbers.percent == Some(Percent::Fraction) {
            let message = format!("`percent: fraction` of `{variable}` gives no whole numbers");
            self.fault(field("numbers"), message, "leave out `type: integer`");
        }
        if column.kind != ValueKind::Number {
            let set = [
                ("scale", column.scale.is_some()),
                ("numbers", !column.numbers.is_empty() && column.kind == ValueKind::Text),
                ("range", column.range.is_some() && column.kind == ValueKind::Text),
            ];
            for (name, _) in set.iter().filter(|(_, set)| *set) {
                let message = format!("`{name}` of `{variable}` is for numbers");
                self.fault(field(name), message, "leave it out, or mend `type`");
            }
        }
        if variable.trim().is_empty() {
            self.fault(field("variable"), "a variable without an id".into(), "give it an id");
        }
        let flagged = |other: &ValueColumn| tidy_columns::flag(&other.variable) == *variable;
        if earlier.iter().any(flagged) {
            let message = format!("`{variable}` is what the marks beside another variable are called");
            self.fault(field("variable"), message, "call it otherwise");
        }
        if earlier.iter().any(|other| other.variable == *variable) {
            let message = format!("the variable `{variable}` comes twice in a source");
            self.fault(field("variable"), message, "give each column its own variable");
        }
        if let Some([Some(least), Some(most)]) = column.range
            && least > most
        {
            let message = format!("the range of `{variable}` runs backwards, from {least} to {most}");
            self.fault(field("range"), message, "write the least value first");
        }
        if column.range.is_some_and(|range| range.iter().flatten().any(|bound| !bound.is_finite())) {
            let message = format!("the range of `{variable}` has a bound that is no number");
            self.fault(field("range"), message, "write null for an open side");
        }
        if column.scale.is_some_and(|scale| !scale.is_finite() || scale == 0.0) {
            let message = format!("the scale of `{variable}` is not a number that can be multiplied by");
            self.fault(field("scale"), message, "write a finite number other than 0");
        }
    }
}
