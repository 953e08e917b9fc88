-- +goose Up
CREATE TABLE account (
    id            TEXT    COLLATE "C" NOT NULL PRIMARY KEY CHECK (id <> ''),
    login         TEXT    COLLATE "C" NOT NULL UNIQUE CHECK (login <> ''),
    name          TEXT    COLLATE "C" NOT NULL CHECK (name <> ''),
    language      TEXT    COLLATE "C" NOT NULL,
    administrator BOOLEAN NOT NULL,
    disabled      BOOLEAN NOT NULL,
    password      TEXT    COLLATE "C" NOT NULL,
    made          BIGINT  NOT NULL
);

CREATE TABLE membership (
    meeting TEXT   COLLATE "C" NOT NULL REFERENCES meeting (id),
    account TEXT   COLLATE "C" NOT NULL REFERENCES account (id),
    role    TEXT   COLLATE "C" NOT NULL CHECK (role <> ''),
    since   BIGINT NOT NULL,
    PRIMARY KEY (meeting, account, role)
);

CREATE INDEX membership_of_account ON membership (account, meeting);

CREATE TABLE session (
    token   BYTEA  NOT NULL PRIMARY KEY,
    account TEXT   COLLATE "C" REFERENCES account (id),
    data    BYTEA  NOT NULL,
    made    BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    ended   BIGINT,
    address TEXT   COLLATE "C" NOT NULL,
    agent   TEXT   COLLATE "C" NOT NULL
);

CREATE INDEX session_of_account ON session (account);
CREATE INDEX session_by_expiry ON session (expires);

CREATE INDEX audit_of_subject ON audit (subject, seq);
