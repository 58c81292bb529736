//! Columns that may tell who somebody is: names, addresses, telephone numbers, numbers of identity, places.

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::examined::{data_columns, is_data};

pub(in crate::check) const RULE: Rule = Rule { id: "aea-personal-data", title: "personal data", check };

/// Words of headers, and what they may hold. Those of one word have to be it whole.
const WORDS: [(&str, &[&str]); 7] = [
    (
        "names of people",
        &[
            "firstname",
            "lastname",
            "surname",
            "fullname",
            "fname",
            "lname",
            "respondentname",
            "givenname",
            "familyname",
            "姓名",
        ],
    ),
    ("e-mail addresses", &["email", "mail", "emailaddress", "邮箱"]),
    (
        "telephone numbers",
        &["phone", "telephone", "mobile", "cellphone", "phonenumber", "tel", "电话", "手机"],
    ),
    ("addresses", &["address", "street", "streetaddress", "homeaddress", "postcode", "zipcode", "地址"]),
    (
        "places",
        &[
            "latitude",
            "longitude",
            "lat",
            "lon",
            "lng",
            "gps",
            "gpslatitude",
            "gpslongitude",
            "coordinates",
            "经度",
            "纬度",
        ],
    ),
    (
        "numbers of identity",
        &[
            "ssn",
            "socialsecurity",
            "socialsecuritynumber",
            "passport",
            "nationalid",
            "idnumber",
            "taxid",
            "身份证",
        ],
    ),
    ("dates of birth", &["birthdate", "dateofbirth", "dob", "birthday", "出生日期"]),
];

fn check(subject: &Subject<'_>) -> Outcome {
    let (mut values, mut headers): (Vec<Finding>, Vec<Finding>) = (Vec::new(), Vec::new());
    let (mut unread, mut any) = (Vec::new(), false);
    for path in subject.examined.paths().filter(|path| is_data(path) && !path.starts_with("codebook/")) {
        any = true;
        let Some(columns) = data_columns(subject.examined, path) else {
            unread.push(found(path, "its columns can't be read here"));
            continue;
        };
        for column in &columns {
            let header = column.first().map(String::as_str).unwrap_or_default();
            let plain: String =
                header.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect();
            if let Some((what, _)) = WORDS.iter().find(|(_, words)| words.contains(&plain.as_str())) {
                headers.push(found(path, format!("column `{header}` may hold {what}")));
            }
            let mails = column.iter().skip(1).filter(|text| is_mail(text)).count();
            if mails > 0 {
                values.push(found(
                    path,
                    format!("column `{header}` holds {mails} e-mail addresses in its first rows"),
                ));
            }
        }
    }
    if !any {
        return Outcome::not_applicable("there are no data files");
    }
    let cure = "take the column out, or replace it by a number that tells nobody who it is; where it is public and about no person, tell the data editor";
    if !values.is_empty() {
        values.extend(headers);
        return Outcome::fail(format!("columns with personal data: {}", values.len()), cure).with(values);
    }
    if !headers.is_empty() {
        return Outcome::person(format!("columns that may hold personal data: {}", headers.len()), cure)
            .with(headers);
    }
    match unread.len() {
        0 => Outcome::pass("no column is called like personal data, and none holds e-mail addresses"),
        many => Outcome::person(
            format!("no column is called like personal data; {many} files can't be read here"),
            "look at their columns",
        )
        .with(unread),
    }
}

fn is_mail(text: &str) -> bool {
    let Some((user, host)) = text.trim().split_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty()
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "._+-".contains(letter))
    };
    plain(user)
        && plain(host)
        && host.split('.').count() >= 2
        && host.rsplit('.').next().is_some_and(|top| top.len() >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_user_and_a_host() {
        assert!(is_mail("jane.doe@uni.example") && is_mail(" a+b@c.org "));
        assert!(!is_mail("a@b") && !is_mail("10 @ 5.5 each") && !is_mail("@user"));
    }
}
