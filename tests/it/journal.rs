//! Segments: the same bytes always, and nothing but those bytes.

use doorstep::journal::{
    Address, DeviceKey, Disposition, Draft, Event, Fact, InterviewId, RowKey, Segment, Stamp, decode_event,
    encode_event,
};
use doorstep::value::{Answer, Hash, Missing, Value};
use proptest::prelude::*;

pub fn key(n: u8) -> DeviceKey {
    DeviceKey::from_secret([n; 32])
}

pub fn address(name: &str) -> Address {
    Address { name: name.to_owned(), rows: Vec::new() }
}

pub fn event(wall: i64, fact: Fact) -> Event {
    Event { stamp: Stamp { wall, counter: 0 }, fact }
}

pub fn started() -> Fact {
    Fact::Started {
        questionnaire: Hash::of(b"q"),
        round: "baseline".into(),
        enumerator: "amina".into(),
        language: "ar".into(),
        at: "2026-03-02T09:12:00+03:00".parse().unwrap(),
        seed: u64::MAX,
    }
}

pub fn draft(interview: u8, parents: Vec<Hash>, events: Vec<Event>) -> Draft {
    Draft {
        interview: InterviewId([interview; 16]),
        sequence: 3,
        previous: Some(Hash::of(b"before")),
        parents,
        questionnaire: Hash::of(b"q"),
        events,
    }
}

fn values() -> impl Strategy<Value = Answer> {
    let text = ".{0,12}";
    prop_oneof![
        (0..6_usize).prop_map(|n| Answer::Missing(Missing::ALL[n])),
        any::<bool>().prop_map(|b| Answer::Value(Value::Boolean(b))),
        any::<i64>().prop_map(|i| Answer::Value(Value::Integer(i))),
        any::<f64>().prop_filter("finite", |d| d.is_finite()).prop_map(|d| Answer::Value(Value::Decimal(d))),
        text.prop_map(|t| Answer::Value(Value::Text(t))),
        (-100_000..100_000_i32).prop_map(|d| {
            Answer::Value(Value::Date(chrono::NaiveDate::from_num_days_from_ce_opt(d).unwrap()))
        }),
        (0..86_400_u32).prop_map(|s| {
            Answer::Value(Value::Time(chrono::NaiveTime::from_num_seconds_from_midnight_opt(s, 0).unwrap()))
        }),
        "[a-z]{1,8}".prop_map(|t| Answer::Value(Value::Choice(t))),
        prop::collection::vec("[a-z]{1,8}", 0..4).prop_map(|t| Answer::Value(Value::Choices(t))),
    ]
}

fn addresses() -> impl Strategy<Value = Address> {
    let row = prop_oneof![any::<u32>().prop_map(RowKey::Number), "[a-z]{0,5}".prop_map(RowKey::Choice)];
    ("[a-z_0-9]{0,10}", prop::collection::vec(row, 0..3)).prop_map(|(name, rows)| Address { name, rows })
}

fn facts() -> impl Strategy<Value = Fact> {
    prop_oneof![
        Just(started()),
        (addresses(), values()).prop_map(|(address, answer)| Fact::Answered { address, answer }),
        addresses().prop_map(|address| Fact::Cleared { address }),
        addresses().prop_map(|address| Fact::RowAdded { address }),
        addresses().prop_map(|address| Fact::RowRemoved { address }),
        addresses().prop_map(|to| Fact::Moved { to }),
        ".{0,5}".prop_map(|language| Fact::LanguageChanged { language }),
        (addresses(), ".{0,20}").prop_map(|(address, text)| Fact::Commented { address, text }),
        (addresses(), ".{0,9}", ".{0,9}").prop_map(|(address, check, reason)| Fact::Overrode {
            address,
            check,
            reason
        }),
        Just(Fact::Paused),
        Just(Fact::Resumed),
        Just(Fact::Finalised),
        any::<[u8; 32]>().prop_map(|hash| Fact::VersionChanged { questionnaire: Hash(hash) }),
        visits(),
        ".{0,20}".prop_map(|reason| Fact::Reopened { reason }),
    ]
}

/// Outcomes of visits, with and without an appointment.
pub fn visits() -> impl Strategy<Value = Fact> {
    let dispositions: Vec<Disposition> = Disposition::all().collect();
    let moment = (0..4_102_444_800_000_i64, -50_400..50_400_i32).prop_map(|(millis, offset)| {
        let offset = chrono::FixedOffset::east_opt(offset).unwrap();
        chrono::DateTime::from_timestamp_millis(millis).unwrap().with_timezone(&offset)
    });
    (prop::sample::select(dispositions), ".{0,20}", prop::option::of(moment))
        .prop_map(|(disposition, note, again)| Fact::Visited { disposition, note, again })
}

fn events() -> impl Strategy<Value = Event> {
    (any::<i64>(), any::<u32>(), facts())
        .prop_map(|(wall, counter, fact)| Event { stamp: Stamp { wall, counter }, fact })
}

proptest! {
    #[test]
    fn an_event_comes_back_as_it_was(event in events()) {
        prop_assert_eq!(decode_event(&encode_event(&event)).unwrap(), event);
    }

    #[test]
    fn a_segment_comes_back_as_it_was(
        events in prop::collection::vec(events(), 0..8),
        parents in prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..3),
    ) {
        let segment = Segment::close(draft(1, parents, events.clone()), &key(1));
        let back = Segment::decode(segment.bytes()).unwrap();
        prop_assert_eq!(&back, &segment);
        prop_assert_eq!(back.events(), &events[..]);
        prop_assert_eq!(back.id(), Hash::of(segment.bytes()));
    }

    #[test]
    fn no_changed_byte_goes_unseen(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let events = vec![event(1, started()), event(2, Fact::Finalised)];
        let segment = Segment::close(draft(1, vec![], events), &key(1));
        let mut bytes = segment.bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(Segment::decode(&bytes).is_err());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Segment::decode(&bytes);
        let _ = decode_event(&bytes);
    }

    #[test]
    fn cut_off_anywhere_it_is_refused(cut in any::<prop::sample::Index>()) {
        let segment = Segment::close(draft(1, vec![], vec![event(1, started())]), &key(1));
        let cut = cut.index(segment.bytes().len());
        prop_assert!(Segment::decode(&segment.bytes()[..cut]).is_err());
    }
}

/// `docs/file-formats.md` shows these bytes.
#[test]
fn the_documented_bytes_are_these() {
    let answered = event(
        1_772_431_920_000,
        Fact::Answered {
            address: Address { name: "member_age".into(), rows: vec![RowKey::Number(2)] },
            answer: Answer::Value(Value::Integer(34)),
        },
    );
    let hex: String = encode_event(&answered).iter().map(|b| format!("{b:02x}")).collect();
    let page = std::fs::read_to_string(crate::support::root().join("docs/file-formats.md")).unwrap();
    assert!(page.contains(&format!("`{hex}`")), "docs/file-formats.md must show {hex}");
}

/// Bytes and what they mean, for whoever reads our files without us.
#[test]
fn the_bytes_in_the_vectors_mean_what_stands_beside_them() {
    let path = crate::support::root().join("fixtures/formats/vectors.txt");
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let answer = |value| Fact::Answered { address: address("age"), answer: Answer::Value(value) };
    let row =
        Address { name: "member_age".into(), rows: vec![RowKey::Number(2), RowKey::Choice("theft".into())] };
    let facts = [
        started(),
        answer(Value::Integer(-34)),
        answer(Value::Decimal(1.5)),
        answer(Value::Text("سلام".into())),
        answer(Value::Choices(vec!["theft".into(), "dogs".into()])),
        answer(Value::Date("2026-03-02".parse().unwrap())),
        Fact::Answered { address: row.clone(), answer: Answer::Missing(Missing::NotAlone) },
        Fact::Cleared { address: row.clone() },
        Fact::RowAdded { address: row.clone() },
        Fact::RowRemoved { address: row },
        Fact::Moved { to: Address::review() },
        Fact::LanguageChanged { language: "ar".into() },
        Fact::Commented { address: address("age"), text: "guessed".into() },
        Fact::Overrode { address: address("age"), check: ". > 100".into(), reason: "asked twice".into() },
        Fact::Paused,
        Fact::Resumed,
        Fact::Finalised,
        Fact::VersionChanged { questionnaire: Hash::of(b"other") },
        Fact::Visited {
            disposition: Disposition::named("postponed").unwrap(),
            note: "later".into(),
            again: None,
        },
        Fact::Reopened { reason: "a slip".into() },
        Fact::Resolved { address: address("age"), answer: None, reason: "nobody knows".into() },
    ];
    let mut text =
        String::from("# What, and its bytes in hexadecimal. The device's secret key is 32 times 01.\n");
    for (n, fact) in facts.iter().enumerate() {
        let event = event(1_772_431_920_000 + n as i64, fact.clone());
        let bytes = encode_event(&event);
        assert_eq!(decode_event(&bytes).unwrap(), event);
        text += &format!("\n{event:?}\n{}\n", hex(&bytes));
    }
    let events = facts.into_iter().enumerate().map(|(n, fact)| event(1_772_431_920_000 + n as i64, fact));
    let segment = Segment::close(draft(7, vec![Hash::of(b"parent")], events.collect()), &key(1));
    assert_eq!(&Segment::decode(segment.bytes()).unwrap(), &segment);
    text += &format!("\nsegment {} of all these events\n{}\n", segment.id(), hex(segment.bytes()));
    let (stub, bytes) = doorstep::journal::Withdrawal {
        interview: InterviewId([7; 16]),
        device: key(1).id(),
        wall: 1_772_431_920_000,
        round: "baseline".into(),
        reason: "asked by telephone".into(),
        answers: 12,
    }
    .sign(&key(1));
    assert_eq!(doorstep::journal::Withdrawal::decode(&bytes).unwrap(), stub);
    text += &format!("\n{stub:?}\n{}\n", hex(&bytes));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == text, "the format has changed: older files could not be read\n{text}");
}
