-- +goose Up
ALTER TABLE recording ADD COLUMN outside BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE stretch (
    recording   TEXT   COLLATE "C" NOT NULL REFERENCES recording (id),
    seq         BIGINT NOT NULL CHECK (seq >= 0),
    from_sample BIGINT NOT NULL CHECK (from_sample >= 0),
    to_sample   BIGINT NOT NULL CHECK (to_sample > from_sample),
    kind        TEXT   COLLATE "C" NOT NULL,
    who         TEXT   COLLATE "C" NOT NULL,
    reason      TEXT   COLLATE "C" NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (recording, seq, from_sample)
);

DROP TRIGGER event_is_not_changed ON event;
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
    FOR EACH ROW WHEN (NOT (new.meeting = old.meeting AND new.seq = old.seq AND new.at = old.at AND new.type = old.type
        AND coalesce(new.body::json ->> 'erased', '') = 'true'))
    EXECUTE FUNCTION forbid('an event is never changed');
