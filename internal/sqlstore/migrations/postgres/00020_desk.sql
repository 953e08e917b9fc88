-- +goose Up
CREATE TABLE desk_meeting (
    meeting TEXT   COLLATE "C" NOT NULL PRIMARY KEY REFERENCES meeting (id),
    changed BIGINT NOT NULL,
    listed  TEXT   COLLATE "C" NOT NULL CHECK (listed::json IS NOT NULL),
    state   TEXT   COLLATE "C" NOT NULL CHECK (state::json IS NOT NULL)
);

CREATE TABLE desk_edit (
    recording TEXT   COLLATE "C" NOT NULL REFERENCES recording (id),
    segment   TEXT   COLLATE "C" NOT NULL CHECK (segment <> ''),
    seq       BIGINT NOT NULL,
    body      TEXT   COLLATE "C" NOT NULL CHECK (body::json IS NOT NULL),
    PRIMARY KEY (recording, segment, seq)
);

CREATE INDEX desk_edit_in_order ON desk_edit (recording, seq);

CREATE TABLE desk_document (
    meeting  TEXT COLLATE "C" NOT NULL REFERENCES desk_meeting (meeting),
    document TEXT COLLATE "C" NOT NULL,
    text     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (meeting, document)
);

CREATE TRIGGER desk_edit_is_not_changed BEFORE UPDATE ON desk_edit
    FOR EACH ROW EXECUTE FUNCTION forbid('an edit is never changed');
