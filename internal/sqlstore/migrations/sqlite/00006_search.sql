-- +goose Up
-- What can be found, made from the other tables whenever a meeting has changed
-- since (search_state.seq is not meeting.seq). Nothing here is of value by itself.
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

-- The words are parted by spaces and hold nothing but letters and digits, so the
-- plainest tokenizer gives them back: for it all beyond ASCII is part of a word.
CREATE VIRTUAL TABLE search_words USING fts5 (plain, content='search', content_rowid='id', tokenize='ascii');

-- +goose StatementBegin
CREATE TRIGGER search_added AFTER INSERT ON search
BEGIN
    INSERT INTO search_words (rowid, plain) VALUES (new.id, new.plain);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_removed AFTER DELETE ON search
BEGIN
    INSERT INTO search_words (search_words, rowid, plain) VALUES ('delete', old.id, old.plain);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER search_changed AFTER UPDATE OF plain ON search
BEGIN
    INSERT INTO search_words (search_words, rowid, plain) VALUES ('delete', old.id, old.plain);
    INSERT INTO search_words (rowid, plain) VALUES (new.id, new.plain);
END;
-- +goose StatementEnd
