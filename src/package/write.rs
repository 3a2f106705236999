//! Making a package.

use std::io::{self, Write};

use age::stream::StreamWriter;
use age::x25519::Recipient;

use super::end::End;
use super::frame::framed;
use super::{Header, MAGIC, PackageError};
use crate::journal::DeviceKey;
use crate::merge::Parcel;
use crate::value::Hash;

/// A package that is being made.
pub struct Writer<W: Write> {
    payload: Payload<W>,
    segments: u64,
    bytes: u64,
}

enum Payload<W: Write> {
    Plain(Hashing<W>),
    Sealed(Box<StreamWriter<Hashing<W>>>),
}

/// Hashes what goes through.
struct Hashing<W> {
    inner: W,
    hasher: Box<blake3::Hasher>,
    length: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> Writer<W> {
    /// Begins a package, sealed to these recipients; to nobody, if there are none. What the header
    /// says of that follows the recipients.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(out: W, header: &Header, recipients: &[Recipient]) -> Result<Self, PackageError> {
        let header = Header { sealed: !recipients.is_empty(), ..header.clone() };
        let mut out = Hashing { inner: out, hasher: Box::default(), length: 0 };
        let bytes = header.bytes();
        out.write_all(MAGIC)?;
        out.write_all(&(bytes.len() as u32).to_le_bytes())?;
        out.write_all(&bytes)?;
        let recipients = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
        let payload = match age::Encryptor::with_recipients(recipients) {
            Ok(sealing) if header.sealed => Payload::Sealed(Box::new(sealing.wrap_output(out)?)),
            Err(error) if header.sealed => return Err(io::Error::other(error.to_string()).into()),
            _ => Payload::Plain(out),
        };
        Ok(Self { payload, segments: 0, bytes: 0 })
    }

    /// Puts a parcel in.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put(&mut self, parcel: &Parcel) -> Result<(), PackageError> {
        self.segments += u64::from(matches!(parcel, Parcel::Segment { .. } | Parcel::Acknowledged(_)));
        self.put_bytes(&framed(parcel))
    }

    /// Puts bytes in that are frames already.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn put_bytes(&mut self, bytes: &[u8]) -> Result<(), PackageError> {
        match &mut self.payload {
            Payload::Plain(out) => out.write_all(bytes)?,
            Payload::Sealed(out) => out.write_all(bytes)?,
        }
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// How many bytes of parcels are in it.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many segments are in it, or acknowledged by it.
    #[must_use]
    pub fn segments(&self) -> u64 {
        self.segments
    }

    /// Ends the package, signed with the key of the device that its header names; gives what was
    /// written to, flushed.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self, key: &DeviceKey, is_last: bool) -> Result<W, PackageError> {
        let mut out = match self.payload {
            Payload::Plain(out) => out,
            Payload::Sealed(out) => out.finish()?,
        };
        let hash = Hash(*out.hasher.finalize().as_bytes());
        let end = End { length: out.length, hash, segments: self.segments, is_last };
        out.inner.write_all(&end.signed(key))?;
        out.inner.flush()?;
        Ok(out.inner)
    }
}
