-- +goose Up
-- What a person did, by the id that the person's program gave it: sent twice, it
-- happened once.
CREATE TABLE act (
    id      TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    meeting TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    FOREIGN KEY (meeting, seq) REFERENCES event (meeting, seq)
) STRICT, WITHOUT ROWID;
