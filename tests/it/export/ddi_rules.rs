//! What DDI-Codebook 2.5 asks of the elements that are written: read in the DDI Alliance's `codebook.xsd` of 2012-01-17, type by
//! type. No package has that schema, so its rules stand here as a table, and a document is held against them.

use std::collections::HashSet;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An element: its name, what may stand in it, and its own attributes.
///
/// Children stand in the order of the schema: `name!` once, `name?` at most once, `name*` any number, `name+` at least one; with
/// `|` between them they stand in any order. `#` is text. Attributes have their type behind a colon, and `!` if they must be there.
type Rule = (&'static str, &'static str, &'static str);

const RULES: &[Rule] = &[
    ("codeBook", "docDscr* stdyDscr+ fileDscr* dataDscr* otherMat*", "version:2.5 codeBookAgency:name"),
    ("docDscr", "citation? guide? docStatus? docSrc* controlledVocabUsed* notes*", ""),
    (
        "stdyDscr",
        "citation+ studyAuthorization* stdyInfo* studyDevelopment* method* dataAccs* othrStdyMat* notes*",
        "access:refs",
    ),
    (
        "citation",
        "titlStmt! rspStmt? prodStmt? distStmt? serStmt* verStmt* biblCit? holdings* notes*",
        "MARCURI:text",
    ),
    ("titlStmt", "titl! subTitl* altTitl* parTitl* IDNo*", ""),
    ("prodStmt", "producer* copyright? prodDate* prodPlac* software* fundAg* grantNo*", ""),
    ("verStmt", "version? verResp? notes*", ""),
    ("stdyInfo", "studyBudget* subject* abstract* sumDscr* qualityStatement? notes* exPostEvaluation*", ""),
    (
        "sumDscr",
        "timePrd* collDate* nation* geogCover* geogUnit* geoBndBox? boundPoly? anlyUnit* universe* dataKind*",
        "",
    ),
    ("method", "dataColl* notes* anlyInfo* stdyClas*", ""),
    (
        "dataColl",
        "timeMeth* dataCollector* collectorTraining* frequenc* sampProc* sampleFrame* targetSampleSize* deviat* collMode* \
         resInstru* instrumentDevelopment* sources? collSitu* actMin* ConOps* weight* cleanOps*",
        "",
    ),
    ("dataAccs", "setAvail* useStmt* notes*", ""),
    ("useStmt", "confDec? specPerm? restrctn? contact* citReq? deposReq? conditions? disclaimer?", ""),
    ("fileDscr", "fileTxt* locMap? notes*", "URI:text sdatrefs:refs methrefs:refs pubrefs:refs access:refs"),
    (
        "fileTxt",
        "fileName? fileCitation? fileCont? fileStrc? dimensns? fileType? format? filePlac? dataChck* ProcStat? dataMsng? \
         software* verStmt?",
        "",
    ),
    ("dimensns", "caseQnty* varQnty* logRecL* recPrCas* recNumTot*", ""),
    ("dataDscr", "varGrp* nCubeGrp* var* nCube* notes*", ""),
    (
        "varGrp",
        "labl* txt* concept* defntn? universe? notes*",
        "type:section,multipleResp,grid,display,repetition,subject,version,iteration,analysis,pragmatic,record,file,randomized,\
         other var:refs varGrp:refs name:text sdatrefs:refs methrefs:refs pubrefs:refs access:refs",
    ),
    (
        "var",
        "location* labl* imputation? security? embargo? respUnit? anlysUnit? qstn* valrng* invalrng* undocCod* universe* \
         TotlResp? sumStat* txt* stdCatgry* catgryGrp* catgry* codInstr* verStmt* concept* derivation? varFormat? geoMap* \
         catLevel* notes*",
        "name!:text wgt:wgt,not-wgt wgt-var:refs weight:refs qstn:refs files:refs vendor:text dcml:text intrvl:contin,discrete \
         rectype:text representationType:text,numeric,code,datetime,other",
    ),
    ("qstn", "#|preQTxt|qstnLit|postQTxt|forward|backward|ivuInstr", "qstn:refs var:refs seqNo:text"),
    ("valrng", "item|range", ""),
    ("range", "", "UNITS:INT,REAL min:text minExclusive:text max:text maxExclusive:text"),
    (
        "catgry",
        "catValu? labl* txt* catStat* mrow?",
        "missing:Y,N missType:text country:text excls:true,false catgry:refs",
    ),
    ("derivation", "drvdesc? drvcmd?", "var:refs"),
    ("drvcmd", "#", "syntax:text"),
    (
        "varFormat",
        "#",
        "type:character,numeric formatname:text schema:SAS,SPSS,IBM,ANSI,ISO,XML-Data,other category:date,time,currency,other URI:text",
    ),
    (
        "sumStat",
        "#",
        "wgtd:wgtd,not-wgtd wgt-var:refs weight:refs type!:mean,medn,mode,vald,invd,min,max,stdev,other",
    ),
    ("collDate", "#", "date:text event:start,end,single cycle:text"),
    ("universe", "#|concept|txt", "level:text clusion:I,E"),
    ("fileType", "#", "charset:text"),
    ("software", "#", "date:text version:text"),
    ("version", "#", "date:text type:text"),
    ("IDNo", "#", "agency:text level:text"),
    ("labl", "#", "level:text vendor:text country:text sdatrefs:refs"),
    ("security", "#", "date:text"),
    ("txt", "#", "level:text sdatrefs:refs"),
    ("qstnLit", "#", "sdatrefs:refs"),
    ("dataKind", "#", "type:text"),
];

/// Elements of text without attributes of their own.
const TEXTS: &[&str] = &[
    "titl",
    "altTitl",
    "parTitl",
    "anlyUnit",
    "sampProc",
    "collMode",
    "resInstru",
    "weight",
    "restrctn",
    "fileName",
    "fileCont",
    "caseQnty",
    "varQnty",
    "ivuInstr",
    "catValu",
];

/// What every element may have.
const GLOBAL: &str = "ID:id xml:lang:language source:archive,producer";

/// An element of a document.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Self>,
    has_text: bool,
}

/// Fails where a document is not as the schema asks.
#[track_caller]
pub fn holds(xml: &str) {
    let wrong = faults(xml);
    assert!(wrong.is_empty(), "{} faults, such as {:?}", wrong.len(), &wrong[..wrong.len().min(10)]);
}

fn faults(xml: &str) -> Vec<String> {
    let root = read(xml);
    let (mut ids, mut refs, mut wrong) = (HashSet::new(), Vec::new(), Vec::new());
    check(&root, &mut ids, &mut refs, &mut wrong);
    wrong.extend(refs.iter().filter(|id| !ids.contains(*id)).map(|id| format!("nothing has the ID {id}")));
    wrong
}

#[test]
fn faults_are_found() {
    let study = "<stdyDscr><citation><titlStmt><titl>T</titl></titlStmt></citation></stdyDscr>";
    let found = |rest: &str| faults(&format!("<codeBook version=\"2.5\">{study}{rest}</codeBook>"));
    assert_eq!(found("<dataDscr><var ID=\"V1\" name=\"a\"/></dataDscr>"), Vec::<String>::new());
    for (rest, fault) in [
        (
            "<dataDscr><var name=\"a\"><varFormat/><labl>x</labl></var></dataDscr>",
            "labl in var, or not in that place",
        ),
        ("<dataDscr><var name=\"a\"><security/><security/></var></dataDscr>", "var has security 2 times"),
        ("<dataDscr><var/></dataDscr>", "var lacks name!"),
        ("<dataDscr>text</dataDscr>", "dataDscr has text"),
        ("<dataDscr><var name=\"a\" files=\"F9\"/></dataDscr>", "nothing has the ID F9"),
        ("<dataDscr><varGrp ID=\"1\"/></dataDscr>", "varGrp ID=\"1\" is not id"),
        ("<dataDscr><varGrp ID=\"a\"/><varGrp ID=\"a\"/></dataDscr>", "two elements have the ID a"),
        ("<dataDscr><varGrp type=\"part\"/></dataDscr>", "varGrp type=\"part\" is not section"),
        (
            "<dataDscr><varGrp><labl xml:lang=\"en_GB\">x</labl></varGrp></dataDscr>",
            "labl xml:lang=\"en_GB\" is not language",
        ),
        ("<dataDscr/><fileDscr/>", "fileDscr in codeBook, or not in that place"),
    ] {
        let found = found(rest);
        assert!(found.len() == 1 && found[0].starts_with(fault), "{rest}: {found:?}");
    }
}

fn read(xml: &str) -> Element {
    let element = |start: &BytesStart<'_>| Element {
        name: start.name().0.to_owned(),
        attributes: start
            .attributes()
            .map(|attribute| attribute.unwrap())
            .map(|a| {
                (
                    a.key.0.to_owned(),
                    a.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap().into_owned(),
                )
            })
            // What says where names come from is no attribute of the element.
            .filter(|(key, _)| !key.starts_with("xmlns") && !key.starts_with("xsi:"))
            .collect(),
        children: Vec::new(),
        has_text: false,
    };
    let mut reader = Reader::from_str(xml);
    let mut open =
        vec![Element { name: String::new(), attributes: Vec::new(), children: Vec::new(), has_text: false }];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => open.push(element(&start)),
            Event::Empty(start) => open.last_mut().unwrap().children.push(element(&start)),
            Event::End(_) => {
                let closed = open.pop().unwrap();
                open.last_mut().unwrap().children.push(closed);
            }
            Event::Text(text) => open.last_mut().unwrap().has_text |= !text.trim().is_empty(),
            Event::Eof => return open.pop().unwrap().children.pop().unwrap(),
            _ => {}
        }
    }
}

fn check(element: &Element, ids: &mut HashSet<String>, refs: &mut Vec<String>, wrong: &mut Vec<String>) {
    let name = element.name.as_str();
    let (children, attributes) = match RULES.iter().find(|rule| rule.0 == name) {
        Some((_, children, attributes)) => (*children, *attributes),
        None if TEXTS.contains(&name) => ("#", ""),
        None => {
            wrong.push(format!("{name} is not known"));
            return;
        }
    };
    let names: Vec<&str> = element.children.iter().map(|child| child.name.as_str()).collect();
    if element.has_text && !children.split('|').any(|part| part == "#") {
        wrong.push(format!("{name} has text"));
    }
    check_children(name, children, &names, wrong);
    let rules = attributes.split_whitespace().chain(GLOBAL.split_whitespace());
    let rules: Vec<(&str, &str)> = rules.map(|rule| rule.rsplit_once(':').unwrap()).collect();
    for (key, _) in rules.iter().filter(|(key, _)| key.ends_with('!')) {
        if !element.attributes.iter().any(|(own, _)| own == key.trim_end_matches('!')) {
            wrong.push(format!("{name} lacks {key}"));
        }
    }
    for (key, value) in &element.attributes {
        match rules.iter().find(|(known, _)| known.trim_end_matches('!') == key).map(|rule| rule.1) {
            None => wrong.push(format!("{name} has {key}")),
            Some("text") => {}
            Some("id") if is_name(value) => {
                if !ids.insert(value.clone()) {
                    wrong.push(format!("two elements have the ID {value}"));
                }
            }
            Some("refs") if !value.is_empty() => refs.extend(value.split(' ').map(str::to_owned)),
            Some("language") if is_language(value) => {}
            Some(values) if values.split(',').any(|known| known == value) => {}
            Some(kind) => wrong.push(format!("{name} {key}=\"{value}\" is not {kind}")),
        }
    }
    element.children.iter().for_each(|child| check(child, ids, refs, wrong));
}

fn check_children(name: &str, rule: &str, children: &[&str], wrong: &mut Vec<String>) {
    if rule.contains('|') || rule == "#" {
        let is_allowed = |child: &str| rule.split('|').any(|known| known == child);
        wrong.extend(children.iter().filter(|c| !is_allowed(c)).map(|c| format!("{c} in {name}")));
        return;
    }
    let mut rest = children;
    for part in rule.split_whitespace() {
        let (child, times) = part.split_at(part.len() - 1);
        let count = rest.iter().take_while(|found| **found == child).count();
        rest = &rest[count..];
        let is_well = match times {
            "!" => count == 1,
            "?" => count <= 1,
            "+" => count >= 1,
            _ => true,
        };
        if !is_well {
            wrong.push(format!("{name} has {child} {count} times"));
        }
    }
    if let Some(left) = rest.first() {
        wrong.push(format!("{left} in {name}, or not in that place"));
    }
}

/// `xs:ID`: a name without a colon.
fn is_name(value: &str) -> bool {
    let mut letters = value.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || "_-.".contains(letter))
}

/// `xs:language`.
fn is_language(value: &str) -> bool {
    value.split('-').enumerate().all(|(n, part)| {
        (1..=8).contains(&part.len())
            && part.chars().all(|c| c.is_ascii_alphabetic() || (n > 0 && c.is_ascii_digit()))
    })
}
