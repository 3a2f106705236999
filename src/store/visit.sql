-- The outcome of the last visit of each interview that did not go on since, in short, like the
-- table `interview`; beside it, so that the stores of earlier days keep their tables.
CREATE TABLE IF NOT EXISTS visit (
  interview BLOB PRIMARY KEY,
  disposition TEXT NOT NULL,
  again TEXT
) STRICT, WITHOUT ROWID;
