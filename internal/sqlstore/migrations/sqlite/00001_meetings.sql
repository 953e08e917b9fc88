-- +goose Up
-- seq is that of the meeting's newest event: whoever changes something of a
-- meeting takes the next one in the change's own transaction.
CREATE TABLE meeting (
    id  TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    seq INTEGER NOT NULL DEFAULT 0 CHECK (seq >= 0)
) STRICT;

CREATE TABLE event (
    meeting TEXT    NOT NULL REFERENCES meeting (id),
    seq     INTEGER NOT NULL CHECK (seq > 0),
    at      INTEGER NOT NULL, -- Unix milliseconds
    type    TEXT    NOT NULL,
    body    TEXT    NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (meeting, seq)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'an event is never changed');
END;
-- +goose StatementEnd
