-- +goose Up
ALTER TABLE recording ADD COLUMN outside INTEGER NOT NULL DEFAULT 0 CHECK (outside IN (0, 1)); -- made of a file that was brought

-- What people closed, erased or filled of a recording afterwards, as the recording
-- says. Positions are samples at 16 kHz.
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

-- An event is never changed, but for the text of an erased stretch that it quotes.
DROP TRIGGER event_is_not_changed;
-- +goose StatementBegin
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
WHEN NOT (new.meeting = old.meeting AND new.seq = old.seq AND new.at = old.at AND new.type = old.type
    AND coalesce(json_extract(new.body, '$.erased'), 0) = 1)
BEGIN
    SELECT RAISE(ABORT, 'an event is never changed');
END;
-- +goose StatementEnd

-- Words that are taken out of the index are overwritten at once, not when it is merged.
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
