-- The tables of a store, format 2. docs/file-formats.md explains them.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- What is named in many rows, once: public keys of devices, hashes of questionnaires.
CREATE TABLE known (n INTEGER PRIMARY KEY, bytes BLOB NOT NULL UNIQUE) STRICT;
-- The exact files of every questionnaire that an interview here was asked with.
CREATE TABLE questionnaire (hash BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
-- What bodies are packed with, made from invented interviews of a questionnaire.
CREATE TABLE dictionary (id INTEGER PRIMARY KEY, questionnaire BLOB NOT NULL, body BLOB NOT NULL) STRICT;
-- Closed segments, for ever; those of an interview beside each other.
CREATE TABLE segment (
  interview BLOB NOT NULL,
  id BLOB NOT NULL,
  device INTEGER NOT NULL REFERENCES known,
  sequence INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (interview, id)
) STRICT, WITHOUT ROWID;
-- The latest segment of each device, which may be gone from here: what its next one goes on from;
-- and how many of the device's segments ever came in.
CREATE TABLE head (
  device INTEGER PRIMARY KEY REFERENCES known,
  sequence INTEGER NOT NULL,
  segment BLOB NOT NULL,
  came INTEGER NOT NULL
) STRICT;
CREATE TRIGGER segment_stays BEFORE UPDATE ON segment
  BEGIN SELECT RAISE(ABORT, 'segments never change'); END;
CREATE TRIGGER segment_is_kept BEFORE DELETE ON segment
  WHEN NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.interview = old.interview)
  BEGIN SELECT RAISE(ABORT, 'segments never vanish'); END;
-- Runs of events that are not closed yet: an interview in progress on one device.
CREATE TABLE live (
  run INTEGER PRIMARY KEY,
  interview BLOB NOT NULL,
  device BLOB NOT NULL,
  questionnaire BLOB NOT NULL,
  parents BLOB NOT NULL,
  -- The hash of its first event: laptops with copied disks open runs that nothing else tells apart.
  birth BLOB NOT NULL,
  -- Whether it was opened here, and did not come from another store.
  own INTEGER NOT NULL,
  UNIQUE (interview, device, questionnaire, parents, birth)
) STRICT;
CREATE TABLE live_event (
  run INTEGER NOT NULL REFERENCES live ON DELETE CASCADE,
  -- The order in which the device wrote them: its clock may be set back in the middle.
  n INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (run, n, body)
) STRICT, WITHOUT ROWID;
-- What the segments and live events say of each interview, in short; can be made anew from them.
CREATE TABLE interview (
  id BLOB PRIMARY KEY,
  questionnaire INTEGER NOT NULL REFERENCES known,
  round TEXT NOT NULL,
  enumerator TEXT NOT NULL,
  device INTEGER NOT NULL REFERENCES known,
  state INTEGER NOT NULL,
  -- Milliseconds since 1970, and the place's offset from UTC in seconds.
  started INTEGER NOT NULL,
  start_offset INTEGER NOT NULL,
  wall INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  answers INTEGER NOT NULL,
  conflicts INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- The outcome of the last visit of each interview that did not go on since, in short.
CREATE TABLE visit (
  interview BLOB PRIMARY KEY,
  disposition TEXT NOT NULL,
  again TEXT
) STRICT, WITHOUT ROWID;
-- What is half typed in an interview; gone once it is answered. It never travels.
CREATE TABLE draft (interview BLOB PRIMARY KEY, place TEXT NOT NULL, text TEXT NOT NULL) STRICT;
-- Files that were given as answers, each named by the hash of its content.
CREATE TABLE attachment (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
-- Interviews whose consent was withdrawn: all that is left of them.
CREATE TABLE withdrawal (id BLOB PRIMARY KEY, interview BLOB NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX withdrawal_of_interview ON withdrawal (interview);
-- Segments that an office has said it has.
CREATE TABLE acknowledged (segment BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
-- Segments that arrived damaged, with the reason.
CREATE TABLE quarantine (
  hash BLOB PRIMARY KEY,
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- One row for each merge of one source.
CREATE TABLE receipt (id INTEGER PRIMARY KEY, wall INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
