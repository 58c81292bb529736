//! The summary of agreement, for templates.

use serde::Serialize;

use crate::comparison::Agreement;
use crate::name::Name;
use crate::table_spec::TableSpec;
use crate::tidy_estimate::TidyEstimate;

/// Agreement with the publication, table by table and overall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgreementView {
    /// The tables that something was published of.
    pub tables: Vec<TableAgreement>,
    /// All of them together.
    pub overall: Agreement,
    /// Whether every published coefficient was met, digits, signs and stars.
    pub complete: bool,
}

/// Agreement of one table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableAgreement {
    /// The table.
    pub table: Name,
    /// The counts.
    pub agreement: Agreement,
}

impl AgreementView {
    pub(crate) fn new(tables: &[TableSpec], rows: &[TidyEstimate]) -> Self {
        let overall = Agreement::of(rows);
        let tables = tables
            .iter()
            .map(|table| TableAgreement {
                table: Name::new(&table.id, &table.title),
                agreement: Agreement::of(rows.iter().filter(|row| row.table == table.id)),
            })
            .filter(|table| table.agreement.published > 0)
            .collect();
        Self { tables, overall, complete: overall.published > 0 && overall.is_complete() }
    }
}
