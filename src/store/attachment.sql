-- Files that were given as answers, each named by the hash of its content.
CREATE TABLE IF NOT EXISTS attachment (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
