-- +goose Up
CREATE TABLE search (
    id        BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meeting   TEXT    COLLATE "C" NOT NULL REFERENCES meeting (id),
    kind      TEXT    COLLATE "C" NOT NULL,
    recording TEXT    COLLATE "C" NOT NULL,
    ref       TEXT    COLLATE "C" NOT NULL,
    part      BIGINT  NOT NULL,
    sample    BIGINT  NOT NULL,
    item      TEXT    COLLATE "C" NOT NULL,
    needs     TEXT    COLLATE "C" NOT NULL,
    closed    BOOLEAN NOT NULL,
    at        BIGINT  NOT NULL,
    heading   TEXT    COLLATE "C" NOT NULL,
    text      TEXT    COLLATE "C" NOT NULL,
    exact     TEXT    COLLATE "C" NOT NULL,
    plain     TEXT    COLLATE "C" NOT NULL,
    UNIQUE (meeting, kind, recording, ref, part)
);

CREATE TABLE search_state (
    meeting TEXT   COLLATE "C" NOT NULL PRIMARY KEY REFERENCES meeting (id),
    seq     BIGINT NOT NULL,
    title   TEXT   COLLATE "C" NOT NULL
);

-- The words are parted by spaces already: no parser or dictionary has a say.
CREATE INDEX search_words ON search USING gin (array_to_tsvector(string_to_array(plain, ' ')));
