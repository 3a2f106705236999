-- From format 1 to 2: names that stand in many rows once, times as numbers, and the tables that
-- format 1 had only sometimes.
CREATE TABLE IF NOT EXISTS attachment (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS draft (interview BLOB PRIMARY KEY, place TEXT NOT NULL, text TEXT NOT NULL) STRICT;
DROP TABLE IF EXISTS visit;
DROP TRIGGER segment_stays;
DROP TRIGGER segment_is_kept;
DROP INDEX segment_of_interview;
DROP INDEX segment_of_device;
ALTER TABLE meta RENAME TO meta_1;
ALTER TABLE questionnaire RENAME TO questionnaire_1;
ALTER TABLE segment RENAME TO segment_1;
ALTER TABLE live_event RENAME TO live_event_1;
ALTER TABLE live RENAME TO live_1;
ALTER TABLE attachment RENAME TO attachment_1;
ALTER TABLE draft RENAME TO draft_1;
ALTER TABLE quarantine RENAME TO quarantine_1;
ALTER TABLE receipt RENAME TO receipt_1;
-- Summaries are made anew afterwards.
DROP TABLE interview;
