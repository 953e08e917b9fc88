-- +goose Up
-- Minutes that people brought in, by their version (desk.MinutesVersion). What was
-- withdrawn has no row any more.
CREATE TABLE desk_minutes (
    meeting TEXT NOT NULL REFERENCES desk_meeting (meeting),
    version TEXT NOT NULL CHECK (version <> ''),
    body    TEXT NOT NULL CHECK (json_valid(body)), -- minutes.Minutes
    PRIMARY KEY (meeting, version)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER desk_minutes_is_not_changed BEFORE UPDATE ON desk_minutes
BEGIN
    SELECT RAISE(ABORT, 'minutes that were brought in are never changed');
END;
-- +goose StatementEnd
