//! A writer of XML, as little of it as the codebook needs.

use std::borrow::Cow;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::export::LOST;

/// The attributes of an element.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

/// Writes elements, indented.
pub(super) struct Xml<W: Write> {
    writer: Writer<W>,
    /// How many characters a mark stands for.
    marked: usize,
}

impl<W: Write> Xml<W> {
    /// Begins a document.
    pub fn new(to: W) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(to, b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self { writer, marked: 0 })
    }

    /// An element with what `inside` writes.
    pub fn within(
        &mut self,
        name: &str,
        attributes: Attributes<'_>,
        inside: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let element = self.element(name, attributes);
        self.writer.write_event(Event::Start(element))?;
        inside(self)?;
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element with text alone.
    pub fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) -> io::Result<()> {
        let element = self.element(name, attributes);
        let text = self.allowed(text);
        self.writer.write_event(Event::Start(element))?;
        self.writer.write_event(Event::Text(BytesText::new(&text)))?;
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element with attributes alone.
    pub fn empty(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        let element = self.element(name, attributes);
        self.writer.write_event(Event::Empty(element))
    }

    /// Ends the document, and gives how many characters a mark stands for.
    pub fn end(mut self) -> io::Result<usize> {
        self.writer.get_mut().write_all(b"\n")?;
        self.writer.get_mut().flush()?;
        Ok(self.marked)
    }

    fn element<'a>(&mut self, name: &'a str, attributes: Attributes<'_>) -> BytesStart<'a> {
        let mut element = BytesStart::new(name);
        for (key, value) in attributes {
            element.push_attribute((*key, self.allowed(value).as_ref()));
        }
        element
    }

    /// A text without the characters that XML 1.0 cannot hold: a mark stands in their place.
    fn allowed<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let lost = text.chars().filter(|c| !is_allowed(*c)).count();
        self.marked += lost;
        if lost == 0 {
            return Cow::Borrowed(text);
        }
        Cow::Owned(text.chars().map(|c| if is_allowed(c) { c } else { LOST }).collect())
    }
}

/// Whether XML 1.0 can hold a character.
fn is_allowed(c: char) -> bool {
    (c >= ' ' || matches!(c, '\t' | '\n' | '\r')) && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::Xml;

    #[test]
    fn what_xml_cannot_hold_is_marked_and_the_rest_escaped() {
        let mut bytes = Vec::new();
        let mut xml = Xml::new(&mut bytes).unwrap();
        xml.text("labl", &[("xml:lang", "a\"<b")], "1 < 2 & \u{1}\u{1f600}").unwrap();
        assert_eq!(xml.end().unwrap(), 1);
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            text.contains("<labl xml:lang=\"a&quot;&lt;b\">1 &lt; 2 &amp; \u{fffd}\u{1f600}</labl>"),
            "{text}"
        );
    }
}
