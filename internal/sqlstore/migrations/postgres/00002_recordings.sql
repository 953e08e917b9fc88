-- +goose Up
CREATE TABLE recording (
    id         TEXT   COLLATE "C" NOT NULL PRIMARY KEY CHECK (id <> ''),
    meeting    TEXT   COLLATE "C" NOT NULL REFERENCES meeting (id),
    started    BIGINT NOT NULL,
    language   TEXT   COLLATE "C" NOT NULL,
    final_upto BIGINT NOT NULL DEFAULT 0 CHECK (final_upto >= 0),
    epoch      BIGINT NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    length     BIGINT CHECK (length >= final_upto),
    adopted    TEXT   COLLATE "C" NOT NULL DEFAULT 'live'
);

CREATE INDEX recording_of_meeting ON recording (meeting, started);

CREATE TABLE layer (
    recording TEXT   COLLATE "C" NOT NULL REFERENCES recording (id),
    name      TEXT   COLLATE "C" NOT NULL CHECK (name <> ''),
    model     TEXT   COLLATE "C" NOT NULL,
    made      BIGINT NOT NULL,
    PRIMARY KEY (recording, name)
);

CREATE TABLE final (
    recording   TEXT   COLLATE "C" NOT NULL REFERENCES recording (id),
    from_sample BIGINT NOT NULL CHECK (from_sample >= 0),
    to_sample   BIGINT NOT NULL CHECK (to_sample > from_sample),
    epoch       BIGINT NOT NULL,
    digest      BYTEA  NOT NULL,
    PRIMARY KEY (recording, from_sample)
);

CREATE TABLE segment (
    recording   TEXT   COLLATE "C" NOT NULL,
    layer       TEXT   COLLATE "C" NOT NULL,
    n           BIGINT NOT NULL CHECK (n > 0),
    from_sample BIGINT NOT NULL,
    to_sample   BIGINT NOT NULL CHECK (to_sample >= from_sample),
    body        TEXT   COLLATE "C" NOT NULL CHECK (body::json IS NOT NULL),
    PRIMARY KEY (recording, layer, n),
    FOREIGN KEY (recording, layer) REFERENCES layer (recording, name)
);

CREATE TABLE coverage (
    recording   TEXT   COLLATE "C" NOT NULL,
    layer       TEXT   COLLATE "C" NOT NULL,
    from_sample BIGINT NOT NULL CHECK (from_sample >= 0),
    to_sample   BIGINT NOT NULL CHECK (to_sample > from_sample),
    kind        TEXT   COLLATE "C" NOT NULL,
    note        TEXT   COLLATE "C" NOT NULL,
    PRIMARY KEY (recording, layer, from_sample),
    FOREIGN KEY (recording, layer) REFERENCES layer (recording, name)
);

CREATE TRIGGER segment_is_not_changed BEFORE UPDATE ON segment
    FOR EACH ROW EXECUTE FUNCTION forbid('what a machine wrote is never changed');
