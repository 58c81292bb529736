//! What a Frictionless `datapackage.json` beside the files says of them: encodings, what stands for missing values,
//! what columns are called in words.

use serde::Deserialize;

/// The file's name.
pub(super) const NAME: &str = "datapackage.json";

/// A package, as far as a manifest can use it; what else is in it is passed over.
#[derive(Debug, Default, Deserialize)]
pub(super) struct DataPackage {
    #[serde(default)]
    resources: Vec<Resource>,
}

/// One file of a package.
#[derive(Debug, Deserialize)]
pub(super) struct Resource {
    #[serde(default)]
    path: Paths,
    /// As IANA calls it.
    pub(super) encoding: Option<String>,
    #[serde(default)]
    dialect: Dialect,
    #[serde(default)]
    schema: Schema,
}

#[derive(Debug, Default, Deserialize)]
struct Dialect {
    delimiter: Option<String>,
}

/// A path, or those of the pieces of a table.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Paths {
    One(String),
    Many(Vec<String>),
}

impl Default for Paths {
    fn default() -> Self {
        Paths::Many(Vec::new())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Schema {
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default)]
    missing_values: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Field {
    #[serde(default)]
    name: String,
    title: Option<String>,
    description: Option<String>,
}

impl DataPackage {
    /// The package among some files; what is wrong with it, where it is none.
    pub(super) fn among(files: &[(String, Vec<u8>)]) -> Result<Self, String> {
        match files.iter().find(|(name, _)| name == NAME) {
            Some((_, bytes)) => {
                serde_json::from_slice(bytes).map_err(|error| format!("not a data package: {error}"))
            }
            None => Ok(Self::default()),
        }
    }

    /// What it says of a file.
    pub(super) fn resource(&self, file: &str) -> Option<&Resource> {
        let is = |path: &str| path.trim_start_matches("./") == file;
        self.resources.iter().find(|resource| match &resource.path {
            Paths::One(path) => is(path),
            Paths::Many(paths) => paths.iter().any(|path| is(path)),
        })
    }
}

impl Resource {
    /// The character between fields.
    pub(super) fn delimiter(&self) -> Option<char> {
        self.dialect.delimiter.as_deref().and_then(|text| text.chars().next())
    }

    /// What stands for missing values beside an empty cell.
    pub(super) fn missing(&self) -> Vec<String> {
        self.schema.missing_values.iter().filter(|text| !text.trim().is_empty()).cloned().collect()
    }

    /// What columns are called in words, by their names.
    pub(super) fn labels(&self) -> Vec<(String, String)> {
        let said = |field: &Field| field.title.clone().or_else(|| field.description.clone());
        self.schema.fields.iter().filter_map(|field| Some((field.name.clone(), said(field)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_package_says_what_its_files_are() {
        let text = r#"{"name": "p", "resources": [
            {"name": "gdp", "path": "./data/gdp.csv", "encoding": "gb18030", "dialect": {"delimiter": ";"},
             "schema": {"fields": [{"name": "v", "type": "number", "title": "GDP"}, {"name": "w"}], "missingValues": ["", "-"]}},
            {"name": "parts", "path": ["a.csv", "b.csv"]}]}"#;
        let package = DataPackage::among(&[(NAME.into(), text.into())]).unwrap();
        let gdp = package.resource("data/gdp.csv").unwrap();
        assert_eq!((gdp.encoding.as_deref(), gdp.delimiter()), (Some("gb18030"), Some(';')));
        assert_eq!(gdp.missing(), ["-"]);
        assert_eq!(gdp.labels(), [("v".to_owned(), "GDP".to_owned())]);
        assert!(package.resource("b.csv").is_some() && package.resource("c.csv").is_none());
        assert!(DataPackage::among(&[(NAME.into(), b"[".to_vec())]).is_err());
        assert!(DataPackage::among(&[]).unwrap().resource("a.csv").is_none());
    }
}
