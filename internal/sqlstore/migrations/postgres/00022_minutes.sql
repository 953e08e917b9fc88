-- +goose Up
CREATE TABLE desk_minutes (
    meeting TEXT COLLATE "C" NOT NULL REFERENCES desk_meeting (meeting),
    version TEXT COLLATE "C" NOT NULL CHECK (version <> ''),
    body    TEXT COLLATE "C" NOT NULL CHECK (body::json IS NOT NULL),
    PRIMARY KEY (meeting, version)
);

CREATE TRIGGER desk_minutes_is_not_changed BEFORE UPDATE ON desk_minutes
    FOR EACH ROW EXECUTE FUNCTION forbid('minutes that were brought in are never changed');
