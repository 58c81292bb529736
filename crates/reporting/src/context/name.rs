//! Where to look up what units and variables are called.

use std::collections::BTreeMap;

use crate::name::Name;
use crate::report_unit::ReportUnit;
use crate::variable_definition::VariableDefinition;

/// The names of a report's units and variables, with their places in its order.
pub(crate) struct Names {
    units: BTreeMap<String, (usize, Name)>,
    printed: BTreeMap<String, String>,
    in_chinese: bool,
    variables: BTreeMap<String, (usize, Name)>,
}

impl Names {
    /// Units go by their id and by their printed name.
    pub(crate) fn new(units: &[&ReportUnit], variables: &[VariableDefinition], language: &str) -> Self {
        let mut unit_names = BTreeMap::new();
        let mut printed = BTreeMap::new();
        for (rank, unit) in units.iter().enumerate() {
            let name = Name::new(&unit.id, &unit.label);
            unit_names.insert(unit.printed().to_owned(), (rank, name.clone()));
            unit_names.insert(unit.id.clone(), (rank, name));
            printed.insert(unit.id.clone(), unit.printed().to_owned());
        }
        let variables = variables
            .iter()
            .enumerate()
            .map(|(rank, variable)| (variable.id.clone(), (rank, Name::new(&variable.id, &variable.label))))
            .collect();
        Self { units: unit_names, printed, in_chinese: language == "zh", variables }
    }

    /// A unit's name; what isn't known goes by its id.
    pub(crate) fn unit(&self, id: &str) -> Name {
        self.units.get(id).map_or_else(|| Name::of_id(id), |(_, name)| name.clone())
    }

    /// The name that a unit is printed by, in addresses too; what isn't known goes by its id.
    pub(crate) fn printed<'a>(&'a self, id: &'a str) -> &'a str {
        self.printed.get(id).map_or(id, String::as_str)
    }

    /// A unit's name within a sentence: in a report in Chinese that name alone, elsewhere both.
    pub(crate) fn spoken(&self, id: &str) -> String {
        let name = self.unit(id);
        if self.in_chinese && !name.zh.is_empty() { name.zh } else { name.both }
    }

    /// What stands between names.
    pub(crate) fn comma(&self) -> &'static str {
        if self.in_chinese { "、" } else { ", " }
    }

    /// A unit's place, the unknown ones last.
    pub(crate) fn unit_rank(&self, id: &str) -> usize {
        self.units.get(id).map_or(usize::MAX, |(rank, _)| *rank)
    }

    /// A variable's name; what isn't known goes by its id.
    pub(crate) fn variable(&self, id: &str) -> Name {
        self.variables.get(id).map_or_else(|| Name::of_id(id), |(_, name)| name.clone())
    }

    /// A variable within a sentence: in a report in Chinese its name with its id, elsewhere the id, as in the tables.
    pub(crate) fn spoken_variable(&self, id: &str) -> String {
        let zh = self.variable(id).zh;
        if self.in_chinese && !zh.is_empty() && zh != id { format!("{zh}（{id}）") } else { id.to_owned() }
    }

    /// A variable's place, the unknown ones last.
    pub(crate) fn variable_rank(&self, id: &str) -> usize {
        self.variables.get(id).map_or(usize::MAX, |(rank, _)| *rank)
    }
}
