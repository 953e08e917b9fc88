CREATE INDEX recording_of_meeting ON recording (meeting, started);

CREATE TABLE act (
    id      TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    meeting TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    FOREIGN KEY (meeting, seq) REFERENCES event (meeting, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    seq     INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0), -- from 1, without holes
    at      INTEGER NOT NULL, -- Unix milliseconds
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  TEXT    NOT NULL CHECK (json_valid(detail)),
    prev    BLOB    NOT NULL,
    hash    BLOB    NOT NULL UNIQUE
) STRICT;

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

CREATE TABLE event (
    meeting TEXT    NOT NULL REFERENCES meeting (id),
    seq     INTEGER NOT NULL CHECK (seq > 0),
    at      INTEGER NOT NULL, -- Unix milliseconds
    type    TEXT    NOT NULL,
    body    TEXT    NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (meeting, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE final (
    recording   TEXT    NOT NULL REFERENCES recording (id),
    from_sample INTEGER NOT NULL CHECK (from_sample >= 0),
    to_sample   INTEGER NOT NULL CHECK (to_sample > from_sample),
    epoch       INTEGER NOT NULL,
    digest      BLOB    NOT NULL,
    PRIMARY KEY (recording, from_sample)
) STRICT, WITHOUT ROWID;

CREATE TABLE layer (
    recording TEXT    NOT NULL REFERENCES recording (id),
    name      TEXT    NOT NULL CHECK (name <> ''),
    model     TEXT    NOT NULL,
    made      INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (recording, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE meeting (
    id  TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    seq INTEGER NOT NULL DEFAULT 0 CHECK (seq >= 0)
) STRICT;

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

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;

CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;

CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'an event is never changed');
END;

CREATE TRIGGER segment_is_not_changed BEFORE UPDATE ON segment
BEGIN
    SELECT RAISE(ABORT, 'what a machine wrote is never changed');
END;

