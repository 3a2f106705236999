-- The tables of a store, format 1. docs/file-formats.md explains them.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- The exact files of every questionnaire that an interview here was asked with.
CREATE TABLE questionnaire (hash BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
-- Closed segments, for ever.
CREATE TABLE segment (
  id BLOB PRIMARY KEY,
  interview BLOB NOT NULL,
  device BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX segment_of_interview ON segment (interview);
CREATE INDEX segment_of_device ON segment (device, sequence);
CREATE TRIGGER segment_stays BEFORE UPDATE ON segment
  BEGIN SELECT RAISE(ABORT, 'segments never change'); END;
CREATE TRIGGER segment_is_kept BEFORE DELETE ON segment
  BEGIN SELECT RAISE(ABORT, 'segments never vanish'); END;
-- Runs of events that are not closed yet: an interview in progress on one device.
CREATE TABLE live (
  interview BLOB NOT NULL,
  device BLOB NOT NULL,
  questionnaire BLOB NOT NULL,
  parents BLOB NOT NULL,
  PRIMARY KEY (interview, device)
) STRICT, WITHOUT ROWID;
CREATE TABLE live_event (
  interview BLOB NOT NULL,
  device BLOB NOT NULL,
  -- The order in which the device wrote them: its clock may be set back in the middle.
  n INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (interview, device, n, body),
  FOREIGN KEY (interview, device) REFERENCES live ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- What the segments and live events say of each interview, in short; can be made anew from them.
CREATE TABLE interview (
  id BLOB PRIMARY KEY,
  questionnaire BLOB NOT NULL,
  round TEXT NOT NULL,
  enumerator TEXT NOT NULL,
  device BLOB NOT NULL,
  state INTEGER NOT NULL,
  started TEXT NOT NULL,
  wall INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  answers INTEGER NOT NULL,
  conflicts INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Segments that arrived damaged, with the reason.
CREATE TABLE quarantine (
  hash BLOB PRIMARY KEY,
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- One row for each merge of one source.
CREATE TABLE receipt (id INTEGER PRIMARY KEY, wall INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
