//! The codebook for archives.

use std::fs;

use super::done;
use super::types::types;

#[test]
fn ddi_has_its_elements_in_the_order_of_the_schema() {
    use quick_xml::events::Event;
    // What may stand in a variable, in this order (the complex type `varType` of DDI-Codebook 2.5).
    const ORDER: [&str; 26] = [
        "location",
        "labl",
        "imputation",
        "security",
        "embargo",
        "respUnit",
        "anlysUnit",
        "qstn",
        "valrng",
        "invalrng",
        "undocCod",
        "universe",
        "TotlResp",
        "sumStat",
        "txt",
        "stdCatgry",
        "catgryGrp",
        "catgry",
        "codInstr",
        "verStmt",
        "concept",
        "derivation",
        "varFormat",
        "geoMap",
        "catLevel",
        "notes",
    ];
    let folder = types();
    let folder = folder.path();
    let arabic =
        "language = \"ar\"\nname = \"العربية\"\nstatus = \"draft\"\n[labels]\nsafe = \"هل تشعر بالأمان؟\"\n";
    fs::create_dir_all(folder.join("questionnaire/translations")).unwrap();
    fs::write(folder.join("questionnaire/translations/ar.toml"), arabic).unwrap();
    done(folder, &["export", "ddi", "--missing", "refused=-99", "--out", "out.xml"]);
    let text = fs::read_to_string(folder.join("out.xml")).unwrap();
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut path, mut top, mut within, mut variables) = (Vec::<String>::new(), Vec::new(), 0, 0);
    loop {
        let event = reader.read_event().unwrap();
        let name = match &event {
            Event::Start(element) | Event::Empty(element) => element.name().0.to_owned(),
            Event::End(_) => {
                path.pop();
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        if path == ["codeBook"] {
            top.push(name.clone());
        } else if path == ["codeBook", "dataDscr"] && name == "var" {
            (within, variables) = (0, variables + 1);
        } else if path == ["codeBook", "dataDscr", "var"] {
            let place = ORDER.iter().position(|known| *known == name).unwrap_or_else(|| panic!("{name}"));
            assert!(place >= within, "{name} stands after {}", ORDER[within]);
            within = place;
        }
        if matches!(event, Event::Start(_)) {
            path.push(name);
        }
    }
    top.dedup();
    assert_eq!(top, ["docDscr", "stdyDscr", "fileDscr", "dataDscr"]);
    assert!(variables > 25, "{variables}");
    for part in [
        "<qstnLit xml:lang=\"ar\">هل تشعر بالأمان؟</qstnLit>",
        "<catgry missing=\"Y\">",
        "<catValu>-99</catValu>",
        "<universe xml:lang=\"en\">Ask only if A4 is 4711.</universe>",
        "<fileName>people.csv</fileName>",
        "<caseQnty>3</caseQnty>",
        "cycle=\"baseline\">2026-03-02</collDate>",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(
        !text.contains("name=\"home\"") && !text.contains("name=\"remark\""),
        "what stays inside is not described"
    );
}
