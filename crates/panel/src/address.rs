//! Where a raw value was read.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The address of one cell of a raw file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CellAddress {
    /// The file's name as the manifest gives it.
    pub file: String,
    /// The sheet, in a workbook.
    pub sheet: Option<String>,
    /// The row as a reader sees it in the file, counted from 1.
    pub row: u32,
    /// The column, counted from 1.
    pub column: u32,
}

impl CellAddress {
    /// The cell as spreadsheets name it: column letters, then the row ("D15").
    pub fn cell(&self) -> String {
        format!("{}{}", column_letters(self.column), self.row)
    }
}

impl fmt::Display for CellAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}!", self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(formatter, "{sheet}!")?;
        }
        formatter.write_str(&self.cell())
    }
}

/// Column 1 is A, 26 is Z, 27 is AA.
fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_count_like_a_spreadsheet() {
        for (column, letters) in
            [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA"), (702, "ZZ"), (703, "AAA")]
        {
            assert_eq!(column_letters(column), letters);
        }
    }

    #[test]
    fn an_address_reads_file_sheet_cell() {
        let address =
            CellAddress { file: "gdp.xlsx".into(), sheet: Some("Sheet1".into()), row: 15, column: 4 };
        assert_eq!(address.to_string(), "gdp.xlsx!Sheet1!D15");
        let plain = CellAddress { sheet: None, ..address };
        assert_eq!(plain.to_string(), "gdp.xlsx!D15");
    }
}
