-- What is half typed in an interview; gone once it is answered. It never travels.
CREATE TABLE IF NOT EXISTS draft (interview BLOB PRIMARY KEY, place TEXT NOT NULL, text TEXT NOT NULL) STRICT;
