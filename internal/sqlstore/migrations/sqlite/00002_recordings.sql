-- +goose Up
-- Positions are samples at 16 kHz.
CREATE TABLE recording (
    id         TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    meeting    TEXT    NOT NULL REFERENCES meeting (id),
    started    INTEGER NOT NULL, -- Unix milliseconds
    language   TEXT    NOT NULL,
    final_upto INTEGER NOT NULL DEFAULT 0 CHECK (final_upto >= 0),
    epoch      INTEGER NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    length     INTEGER CHECK (length >= final_upto), -- NULL while it goes on
    adopted    TEXT    NOT NULL DEFAULT 'live'
) STRICT;

CREATE INDEX recording_of_meeting ON recording (meeting, started);

CREATE TABLE layer (
    recording TEXT    NOT NULL REFERENCES recording (id),
    name      TEXT    NOT NULL CHECK (name <> ''),
    model     TEXT    NOT NULL,
    made      INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (recording, name)
) STRICT, WITHOUT ROWID;

-- What was accepted into the live layer; digest tells a repetition from another text.
CREATE TABLE final (
    recording   TEXT    NOT NULL REFERENCES recording (id),
    from_sample INTEGER NOT NULL CHECK (from_sample >= 0),
    to_sample   INTEGER NOT NULL CHECK (to_sample > from_sample),
    epoch       INTEGER NOT NULL,
    digest      BLOB    NOT NULL,
    PRIMARY KEY (recording, from_sample)
) STRICT, WITHOUT ROWID;

CREATE TABLE segment (
    recording   TEXT    NOT NULL,
    layer       TEXT    NOT NULL,
    n           INTEGER NOT NULL CHECK (n > 0), -- from 1, in order
    from_sample INTEGER NOT NULL,
    to_sample   INTEGER NOT NULL CHECK (to_sample >= from_sample),
    body        TEXT    NOT NULL CHECK (json_valid(body)), -- transcribe.Segment
    PRIMARY KEY (recording, layer, n),
    FOREIGN KEY (recording, layer) REFERENCES layer (recording, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE coverage (
    recording   TEXT    NOT NULL,
    layer       TEXT    NOT NULL,
    from_sample INTEGER NOT NULL CHECK (from_sample >= 0),
    to_sample   INTEGER NOT NULL CHECK (to_sample > from_sample),
    kind        TEXT    NOT NULL,
    note        TEXT    NOT NULL,
    PRIMARY KEY (recording, layer, from_sample),
    FOREIGN KEY (recording, layer) REFERENCES layer (recording, name)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER segment_is_not_changed BEFORE UPDATE ON segment
BEGIN
    SELECT RAISE(ABORT, 'what a machine wrote is never changed');
END;
-- +goose StatementEnd
