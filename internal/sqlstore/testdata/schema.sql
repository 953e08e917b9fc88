CREATE INDEX audit_of_subject ON audit (subject, seq);

CREATE INDEX desk_edit_in_order ON desk_edit (recording, seq);

CREATE INDEX membership_of_account ON membership (account, meeting);

CREATE INDEX recording_of_meeting ON recording (meeting, started);

CREATE INDEX session_by_expiry ON session (expires);

CREATE INDEX session_of_account ON session (account);

CREATE TABLE account (
    id            TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    login         TEXT    NOT NULL UNIQUE CHECK (login <> ''), -- to sign in with, in the form that accounts.CheckLogin gives
    name          TEXT    NOT NULL CHECK (name <> ''), -- as others see the person
    language      TEXT    NOT NULL, -- of the interface; '' for the browser's
    administrator INTEGER NOT NULL CHECK (administrator IN (0, 1)),
    disabled      INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    password      TEXT    NOT NULL, -- argon2id, PHC string
    made          INTEGER NOT NULL  -- Unix milliseconds
) STRICT;

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

CREATE TABLE desk_document (
    meeting  TEXT NOT NULL REFERENCES desk_meeting (meeting),
    document TEXT NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (meeting, document)
) STRICT, WITHOUT ROWID;

CREATE TABLE desk_edit (
    recording TEXT    NOT NULL REFERENCES recording (id),
    segment   TEXT    NOT NULL CHECK (segment <> ''),
    seq       INTEGER NOT NULL,
    body      TEXT    NOT NULL CHECK (json_valid(body)), -- desk.Edit
    PRIMARY KEY (recording, segment, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE desk_meeting (
    meeting TEXT    NOT NULL PRIMARY KEY REFERENCES meeting (id),
    changed INTEGER NOT NULL, -- Unix milliseconds
    listed  TEXT    NOT NULL CHECK (json_valid(listed)), -- desk.Listed, for lists of meetings
    state   TEXT    NOT NULL CHECK (json_valid(state))   -- desk.State
) STRICT, WITHOUT ROWID;

CREATE TABLE desk_minutes (
    meeting TEXT NOT NULL REFERENCES desk_meeting (meeting),
    version TEXT NOT NULL CHECK (version <> ''),
    body    TEXT NOT NULL CHECK (json_valid(body)), -- minutes.Minutes
    PRIMARY KEY (meeting, version)
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

CREATE TABLE membership (
    meeting TEXT    NOT NULL REFERENCES meeting (id),
    account TEXT    NOT NULL REFERENCES account (id),
    role    TEXT    NOT NULL CHECK (role <> ''),
    since   INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (meeting, account, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE recording (
    id         TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    meeting    TEXT    NOT NULL REFERENCES meeting (id),
    started    INTEGER NOT NULL, -- Unix milliseconds
    language   TEXT    NOT NULL,
    final_upto INTEGER NOT NULL DEFAULT 0 CHECK (final_upto >= 0),
    epoch      INTEGER NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    length     INTEGER CHECK (length >= final_upto), -- NULL while it goes on
    adopted    TEXT    NOT NULL DEFAULT 'live'
, outside INTEGER NOT NULL DEFAULT 0 CHECK (outside IN (0, 1))) STRICT;

CREATE TABLE search (
    id        INTEGER NOT NULL PRIMARY KEY,
    meeting   TEXT    NOT NULL REFERENCES meeting (id),
    kind      TEXT    NOT NULL, -- package search's
    recording TEXT    NOT NULL, -- '' when nothing can be heard
    ref       TEXT    NOT NULL, -- id within its kind, or its recording
    part      INTEGER NOT NULL, -- of a long text, from 0
    sample    INTEGER NOT NULL,
    item      TEXT    NOT NULL,
    needs     TEXT    NOT NULL, -- permission without which it is not found
    closed    INTEGER NOT NULL CHECK (closed IN (0, 1)), -- and see_closed
    at        INTEGER NOT NULL, -- Unix milliseconds
    heading   TEXT    NOT NULL,
    text      TEXT    NOT NULL,
    exact     TEXT    NOT NULL, -- the text's and heading's words, as search.Forms
    plain     TEXT    NOT NULL, -- without diacritics, đ as d
    UNIQUE (meeting, kind, recording, ref, part)
) STRICT;

CREATE TABLE search_state (
    meeting TEXT    NOT NULL PRIMARY KEY REFERENCES meeting (id),
    seq     INTEGER NOT NULL,
    title   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search_words USING fts5 (plain, content='search', content_rowid='id', tokenize='ascii');

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

CREATE TABLE session (
    token   BLOB    NOT NULL PRIMARY KEY, -- SHA-256 of the cookie's
    account TEXT    REFERENCES account (id), -- NULL before sign-in
    data    BLOB    NOT NULL,
    made    INTEGER NOT NULL, -- Unix milliseconds, as the others
    seen    INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    ended   INTEGER,
    address TEXT    NOT NULL,
    agent   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stretch (
    recording   TEXT    NOT NULL REFERENCES recording (id),
    seq         INTEGER NOT NULL CHECK (seq >= 0), -- of its record in the recording
    from_sample INTEGER NOT NULL CHECK (from_sample >= 0),
    to_sample   INTEGER NOT NULL CHECK (to_sample > from_sample),
    kind        TEXT    NOT NULL, -- closed, erased or filled
    who         TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    at          INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (recording, seq, from_sample)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;

CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;

CREATE TRIGGER desk_edit_is_not_changed BEFORE UPDATE ON desk_edit
BEGIN
    SELECT RAISE(ABORT, 'an edit is never changed');
END;

CREATE TRIGGER desk_minutes_is_not_changed BEFORE UPDATE ON desk_minutes
BEGIN
    SELECT RAISE(ABORT, 'minutes that were brought in are never changed');
END;

CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
WHEN NOT (new.meeting = old.meeting AND new.seq = old.seq AND new.at = old.at AND new.type = old.type
    AND coalesce(json_extract(new.body, '$.erased'), 0) = 1)
BEGIN
    SELECT RAISE(ABORT, 'an event is never changed');
END;

CREATE TRIGGER search_added AFTER INSERT ON search
BEGIN
    INSERT INTO search_words (rowid, plain) VALUES (new.id, new.plain);
END;

CREATE TRIGGER search_changed AFTER UPDATE OF plain ON search
BEGIN
    INSERT INTO search_words (search_words, rowid, plain) VALUES ('delete', old.id, old.plain);
    INSERT INTO search_words (rowid, plain) VALUES (new.id, new.plain);
END;

CREATE TRIGGER search_removed AFTER DELETE ON search
BEGIN
    INSERT INTO search_words (search_words, rowid, plain) VALUES ('delete', old.id, old.plain);
END;

CREATE TRIGGER segment_is_not_changed BEFORE UPDATE ON segment
BEGIN
    SELECT RAISE(ABORT, 'what a machine wrote is never changed');
END;

