//! What must hold for every table.
#![allow(clippy::unwrap_used)]

use crate::support::{csv_source, read};
use proptest::prelude::*;
use vintner_ingest::read_grid;

fn numbers() -> impl Strategy<Value = Vec<Option<f64>>> {
    let number = any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |number| number.is_finite());
    prop::collection::vec(prop::option::of(number), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Written to CSV and read again, every number has the same bits and every missing value is
    /// missing, each at the address at which its text stands.
    #[test]
    fn numbers_survive_csv(numbers in numbers(), exponents in any::<bool>(), gaps in prop::collection::vec(0usize..3, 40)) {
        let mut text = String::from("city,year,v\n");
        for ((year, number), blank_lines) in (1000..).zip(&numbers).zip(gaps) {
            text.push_str(&"\n".repeat(blank_lines));
            let number = match number {
                Some(number) if exponents => format!("{number:e}"),
                Some(number) => format!("{number}"),
                None => String::new(),
            };
            text.push_str(&format!("甲,{year},{number}\n"));
        }
        let source = csv_source("", text.as_bytes());
        let tidied = read(&source, text.as_bytes()).unwrap();
        let bits: Vec<Option<u64>> = tidied.values().unwrap().iter().map(|value| value.value.map(f64::to_bits)).collect();
        let expected: Vec<Option<u64>> = numbers.iter().map(|number| number.map(f64::to_bits)).collect();
        prop_assert_eq!(bits, expected);

        let lines: Vec<&str> = text.lines().collect();
        let grid = read_grid(&source, text.as_bytes()).unwrap();
        for value in &tidied.values().unwrap() {
            let line = lines[value.address.row as usize - 1];
            let field = line.split(',').nth(value.address.column as usize - 1).unwrap();
            prop_assert_eq!(field, &value.raw);
            prop_assert_eq!(grid.content(&value.address).map(|content| content.raw()), Some(value.raw.clone()));
        }
    }

    /// Numbers in a workbook keep their bits too.
    #[test]
    fn numbers_survive_xlsx(numbers in numbers()) {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        for (column, text) in (0..).zip(["city", "year", "v"]) {
            sheet.write(0, column, text).unwrap();
        }
        for (row, number) in (1..).zip(&numbers) {
            sheet.write(row, 0, "甲").unwrap().write(row, 1, 1000 + row).unwrap();
            if let Some(number) = number {
                sheet.write(row, 2, *number).unwrap();
            }
        }
        let bytes = workbook.save_to_buffer().unwrap();
        let fields = "name: s\nfile: t.xlsx\nformat: xlsx\nentity: city\ntime: year\ncolumns:\n  - {column: v, variable: v}";
        let tidied = read(&crate::support::source(fields, &bytes), &bytes).unwrap();
        // A workbook writes 17 significant digits and so keeps every double, save the sign of zero.
        let read: Vec<Option<f64>> = tidied.values().unwrap().iter().map(|value| value.value).collect();
        prop_assert_eq!(read, numbers);
    }

    /// Whatever the bytes are, reading them ends in values or in faults.
    #[test]
    fn any_text_is_read_or_faults(rows in "[甲乙,0-9.\"\n-]{0,80}") {
        let text = format!("city,year,v\n{rows}");
        let _ = read(&csv_source("", text.as_bytes()), text.as_bytes());
    }
}
