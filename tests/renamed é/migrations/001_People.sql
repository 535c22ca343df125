CREATE TABLE people (name text NOT NULL);
