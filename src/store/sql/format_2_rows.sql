INSERT INTO meta SELECT * FROM meta_1;
INSERT INTO questionnaire SELECT * FROM questionnaire_1;
INSERT OR IGNORE INTO known (bytes) SELECT DISTINCT device FROM segment_1;
INSERT INTO segment SELECT s.interview, s.id, k.n, s.sequence, s.body FROM segment_1 s JOIN known k ON k.bytes = s.device;
INSERT INTO head SELECT device, sequence, id, came FROM (SELECT device, sequence, id,
  row_number() OVER (PARTITION BY device ORDER BY sequence DESC, id DESC) AS place,
  count(*) OVER (PARTITION BY device) AS came FROM segment) WHERE place = 1;
INSERT INTO live (interview, device, questionnaire, parents, birth, own)
  SELECT interview, device, questionnaire, parents, zeroblob(32), 0 FROM live_1;
INSERT INTO live_event SELECT l.run, e.n, e.body FROM live_event_1 e
  JOIN live l ON l.interview = e.interview AND l.device = e.device;
INSERT INTO attachment SELECT * FROM attachment_1;
INSERT INTO draft SELECT * FROM draft_1;
INSERT INTO quarantine SELECT * FROM quarantine_1;
INSERT INTO receipt SELECT * FROM receipt_1;
DROP TABLE meta_1;
DROP TABLE questionnaire_1;
DROP TABLE segment_1;
DROP TABLE live_event_1;
DROP TABLE live_1;
DROP TABLE attachment_1;
DROP TABLE draft_1;
DROP TABLE quarantine_1;
DROP TABLE receipt_1;
