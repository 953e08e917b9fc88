-- +goose Up
-- A meeting as people work on it. The state is the newest event's; membership
-- follows the state's list of members.
CREATE TABLE desk_meeting (
    meeting TEXT    NOT NULL PRIMARY KEY REFERENCES meeting (id),
    changed INTEGER NOT NULL, -- Unix milliseconds
    listed  TEXT    NOT NULL CHECK (json_valid(listed)), -- desk.Listed, for lists of meetings
    state   TEXT    NOT NULL CHECK (json_valid(state))   -- desk.State
) STRICT, WITHOUT ROWID;

-- What people changed of a machine's text, by segment. The newest row of a segment
-- says all that differs from the machine's.
CREATE TABLE desk_edit (
    recording TEXT    NOT NULL REFERENCES recording (id),
    segment   TEXT    NOT NULL CHECK (segment <> ''),
    seq       INTEGER NOT NULL,
    body      TEXT    NOT NULL CHECK (json_valid(body)), -- desk.Edit
    PRIMARY KEY (recording, segment, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX desk_edit_in_order ON desk_edit (recording, seq);

-- The words of a document, for search and the glossary.
CREATE TABLE desk_document (
    meeting  TEXT NOT NULL REFERENCES desk_meeting (meeting),
    document TEXT NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (meeting, document)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER desk_edit_is_not_changed BEFORE UPDATE ON desk_edit
BEGIN
    SELECT RAISE(ABORT, 'an edit is never changed');
END;
-- +goose StatementEnd
