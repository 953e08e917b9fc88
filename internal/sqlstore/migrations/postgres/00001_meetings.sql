-- +goose Up
-- The same tables as in the SQLite folder, which has the comments on columns.
-- Text compares by bytes (COLLATE "C"), as there. JSON is kept as the text that
-- was given: the hash of an audit entry is over its bytes.
CREATE TABLE meeting (
    id  TEXT   COLLATE "C" NOT NULL PRIMARY KEY CHECK (id <> ''),
    seq BIGINT NOT NULL DEFAULT 0 CHECK (seq >= 0)
);

CREATE TABLE event (
    meeting TEXT   COLLATE "C" NOT NULL REFERENCES meeting (id),
    seq     BIGINT NOT NULL CHECK (seq > 0),
    at      BIGINT NOT NULL,
    type    TEXT   COLLATE "C" NOT NULL,
    body    TEXT   COLLATE "C" NOT NULL CHECK (body::json IS NOT NULL),
    PRIMARY KEY (meeting, seq)
);

-- forbid is the trigger of rows that never change; its argument says which.
-- 23001 is restrict_violation.
-- +goose StatementBegin
CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = '23001';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
    FOR EACH ROW EXECUTE FUNCTION forbid('an event is never changed');
