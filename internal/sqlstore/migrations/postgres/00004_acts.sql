-- +goose Up
CREATE TABLE act (
    id      TEXT   COLLATE "C" NOT NULL PRIMARY KEY CHECK (id <> ''),
    meeting TEXT   COLLATE "C" NOT NULL,
    seq     BIGINT NOT NULL,
    FOREIGN KEY (meeting, seq) REFERENCES event (meeting, seq)
);
